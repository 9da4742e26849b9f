import t from 'tap';
import { ceiling, GainStage, gateHoldMs } from '../../src/rtp/gain-stage.js';
import { amplitude, windowed } from '../phone/goertzel.js';

const rates = [8000, 16_000] as const;

/** A sine with this peak, in packets of so many ms, through the stage. */
function through(
  stage: GainStage,
  rate: number,
  ms: number,
  peak: number | ((at: number) => number),
  hz = 400,
  packetMs = 20,
): Int16Array {
  const out = new Int16Array((rate * ms) / 1000);
  for (let n = 0; n < out.length; n++) {
    const level = typeof peak === 'number' ? peak : peak((n * 1000) / rate);
    out[n] = Math.round(level * Math.sin((2 * Math.PI * hz * n) / rate));
  }
  const size = (rate * packetMs) / 1000;
  for (let start = 0; start < out.length; start += size) {
    const packet = out.subarray(start, start + size);
    stage.process(packet, packet.length);
  }
  return out;
}

function db(heard: number, sent: number): number {
  return 20 * Math.log10(heard / sent);
}

const peakOf = (samples: Int16Array): number =>
  samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0);

/** The largest difference between neighbours, which a click makes large. */
const steepest = (samples: Int16Array): number =>
  samples.reduce((most, one, n) => Math.max(most, n > 0 ? Math.abs(one - (samples[n - 1] ?? 0)) : 0), 0);

void t.test('every level is what it says, at both sampling rates', async (t) => {
  for (const rate of rates) {
    for (let gain = -12; gain <= 12; gain += 3) {
      const stage = new GainStage(rate);
      stage.set(gain, 0);
      const heard = through(stage, rate, 500, 3000).subarray(rate / 10);
      const is = db(amplitude(windowed(heard), 400, rate), 3000);
      t.ok(Math.abs(is - gain) < 0.05, `${gain} dB at ${rate} Hz is ${is.toFixed(2)}`);
    }
  }
});

void t.test('neutral is untouched', async (t) => {
  const stage = new GainStage(8000);
  t.ok(stage.idle);
  const samples = Int16Array.from([1, -2, 32_767, -32_768]);
  t.notOk(stage.process(samples, 4));
  t.strictSame([...samples], [1, -2, 32_767, -32_768]);
  stage.set(3, 0);
  t.notOk(stage.idle);
  through(stage, 8000, 100, 1000);
  stage.set(0, 0);
  t.notOk(stage.idle, 'there is a way back to go');
  through(stage, 8000, 40, 1000);
  t.ok(stage.idle);
});

void t.test('what would be too loud is turned down, not cut off', async (t) => {
  const stage = new GainStage(8000);
  stage.set(12, 0);
  const heard = through(stage, 8000, 1000, 20_000);
  t.ok(peakOf(heard.subarray(800)) <= ceiling + 1, `the peak is ${peakOf(heard.subarray(800))}`);
  const settled = windowed(heard.subarray(4000));
  const level = amplitude(settled, 400, 8000);
  t.ok(level > 0.9 * ceiling, `as loud as may be: ${Math.round(level)}`);
  const third = amplitude(settled, 1200, 8000);
  t.ok(db(third, level) < -40, `and still a sine: third harmonic ${db(third, level).toFixed(1)} dB`);
  const after = through(stage, 8000, 1000, 3000).subarray(6000);
  t.ok(
    Math.abs(db(amplitude(windowed(after), 400, 8000), 3000) - 12) < 0.1,
    'quiet speech has its gain back',
  );
});

void t.test('a change of level does not click', async (t) => {
  const stage = new GainStage(8000);
  through(stage, 8000, 100, 3000);
  const own = steepest(through(new GainStage(8000), 8000, 100, 3000));
  stage.set(12, 0);
  const heard = through(stage, 8000, 100, 3000);
  t.ok(steepest(heard) < 1.05 * 4 * own, 'nothing is steeper than the louder tone itself');
});

void t.test('the gate opens within 40 ms and closes after 800 ms of quiet', async (t) => {
  for (const rate of rates) {
    for (const packetMs of [10, 20, 30, 60]) {
      const stage = new GainStage(rate);
      stage.set(0, 600);
      // Mean absolute sample of a sine: 2/π of its peak. 800 → 509, below; 1100 → 700, above.
      through(stage, rate, 1200, 800, 400, packetMs);
      const speech = through(stage, rate, 240, (at) => (at < 127 ? 800 : 1100), 400, packetMs);
      const at = (ms: number): number => (rate * ms) / 1000;
      t.equal(peakOf(speech.subarray(0, at(100))), 0, 'below the threshold nothing is heard');
      t.ok(
        peakOf(speech.subarray(at(127 + 40), at(220))) > 1080,
        `open 40 ms after the onset, ${packetMs} ms packets`,
      );
      const rest = through(stage, rate, 1200, 800, 400, packetMs);
      t.ok(peakOf(rest.subarray(at(gateHoldMs - 150), at(gateHoldMs - 90))) > 780, 'still open before');
      t.equal(peakOf(rest.subarray(at(gateHoldMs + 60))), 0, 'closed after 800 ms');
    }
  }
});

void t.test('the gate does not click', async (t) => {
  const stage = new GainStage(8000);
  stage.set(0, 600);
  through(stage, 8000, 1200, 500);
  const own = steepest(through(new GainStage(8000), 8000, 100, 3000));
  t.ok(steepest(through(stage, 8000, 100, 3000, 430)) < 1.3 * own, 'opening');
  const closing = through(stage, 8000, 1200, 500);
  t.ok(steepest(closing) <= own, 'closing');
});

void t.test('a new gate does not cut off who is speaking; none lets all through', async (t) => {
  const stage = new GainStage(8000);
  stage.set(0, 1800);
  t.ok(peakOf(through(stage, 8000, 700, 100)) > 90, 'open for 800 ms');
  t.equal(peakOf(through(stage, 8000, 200, 100).subarray(1000)), 0, 'then closed');
  stage.set(0, 0);
  t.ok(peakOf(through(stage, 8000, 40, 100).subarray(160)) > 90);
  t.ok(stage.idle);
});
