// Everything comes out as loud as the prompts, and no peak above theirs.
import t from 'tap';
import { evened, highestPeak, level, target } from '../../src/sounds/level.js';
import { truePeak } from '../../src/sounds/limiter.js';
import { loudness, rate } from '../../src/sounds/loudness.js';
import { db, sine } from './signals.js';

void t.test('the loudness of a sine is what BS.1770 says', (t) => {
  // A sine of full scale at 997 Hz has −3.01 LUFS (BS.1770-4, annex 1).
  t.ok(Math.abs(loudness(sine(997, 3, rate, 1)) + 3.01) < 0.05);
  t.ok(Math.abs(loudness(sine(997, 3, rate, 0.1)) + 23.01) < 0.05);
  t.equal(loudness(new Float32Array(rate)), -Infinity, 'silence');
  t.equal(loudness(new Float32Array(0)), -Infinity, 'nothing');
  const half = new Float32Array(10 * rate);
  half.set(sine(997, 5, rate, 0.1));
  t.ok(Math.abs(loudness(half) + 23.01) < 0.3, 'pauses do not count');
  t.end();
});

void t.test('the peak between the samples', (t) => {
  // Samples of a sine at a quarter of the rate lie at ±0.707 of its peak when they begin an eighth of a turn late.
  const sound = Float32Array.from({ length: 1600 }, (_, n) => Math.sin((Math.PI * n) / 2 + Math.PI / 4));
  t.ok(Math.abs(db(truePeak(sound.subarray()))) < 0.2);
  t.end();
});

void t.test('loud, soft and peaky sounds come out alike', (t) => {
  const peaky = sine(300, 4, rate, 0.01);
  for (let n = 1000; n < peaky.length; n += 8000) peaky[n] = 0.9;
  const sounds: [string, Float32Array][] = [
    ['loud', sine(500, 2, rate, 1)],
    ['soft', sine(500, 2, rate, 0.003)],
    ['noise', Float32Array.from({ length: 2 * rate }, (_, n) => 0.3 * Math.sin(n * n * 0.37))],
    ['peaky', peaky],
    ['short', sine(500, 0.1, rate, 0.5)],
  ];
  for (const [name, sound] of sounds) {
    const told = level(sound);
    t.equal(told, loudness(sound), name);
    t.ok(Math.abs(told - target) < 0.5, `${name}: ${told.toFixed(2)} LUFS`);
    t.ok(db(truePeak(sound)) < highestPeak + 0.1, `${name}: peak ${db(truePeak(sound)).toFixed(2)} dBFS`);
  }
  t.end();
});

void t.test('noise of an empty line is not made loud, silence stays silence', (t) => {
  t.ok(level(sine(500, 1, rate, 0.0005)) < target - 5);
  const silence = new Float32Array(rate);
  t.equal(level(silence), -Infinity);
  t.ok(silence.every((sample) => sample === 0));
  t.end();
});

void t.test('a short sound of the box itself: one gain, as far as it may go', (t) => {
  const of = (amplitude: number, mostDb: number) => {
    const samples = Int16Array.from(sine(500, 1, rate, amplitude), (sample) => Math.round(32_767 * sample));
    return loudness(Float32Array.from(evened(samples, mostDb), (sample) => sample / 32_768));
  };
  t.ok(Math.abs(of(0.5, 0) - target) < 0.1, 'turned down');
  t.ok(Math.abs(of(0.02, 20) - target) < 0.1, 'turned up');
  t.ok(of(0.02, 0) < target - 10, 'a soft one stays where it may only be turned down');
  t.ok(of(0.0005, 20) < target - 20, 'noise stays noise');
  const peaky = new Int16Array(rate);
  peaky.fill(20_000, 0, 20);
  t.ok(
    Math.max(...evened(peaky, 20)) <= Math.ceil(32_768 * 10 ** (highestPeak / 20)),
    'no peak above -3 dBFS',
  );
  t.strictSame(evened(new Int16Array(rate), 20), new Int16Array(rate), 'silence');
  t.end();
});
