// Levels in the pass band, what folds back, and that it does not matter how the sound is cut into blocks.
import t from 'tap';
import { Resampler } from '../../src/sounds/resampler.js';
import { db, peakAt, sine } from './signals.js';

const rates = [8000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000, 44_099];

function resample(samples: Float32Array, from: number, to: number, block = 4096): Float32Array {
  const resampler = new Resampler(from, to);
  const parts: number[] = [];
  for (let at = 0; at < samples.length; at += block) {
    parts.push(...resampler.push(samples.subarray(at, at + block)));
  }
  parts.push(...resampler.end());
  return Float32Array.from(parts);
}

void t.test('a tone keeps its level and its length', (t) => {
  for (const rate of rates) {
    const highest = Math.min(6700, 0.41 * rate);
    for (const hz of [100, 1000, highest]) {
      const made = resample(sine(hz, 0.5, rate), rate, 16_000);
      t.ok(Math.abs(made.length - 8000) <= 1, `${rate}: as long as before`);
      t.ok(Math.abs(db(peakAt(made, hz, 16_000) / 0.25)) < 0.1, `${rate}: ${hz} Hz keeps its level`);
    }
  }
  t.end();
});

void t.test('what the new rate cannot hold is gone, and does not fold back', (t) => {
  for (const hz of [8500, 9000, 12_000, 15_000, 20_000]) {
    const made = resample(sine(hz, 0.5, 48_000), 48_000, 16_000);
    const folded = Math.abs(hz - 16_000 * Math.round(hz / 16_000));
    t.ok(db(peakAt(made.subarray(500, -500), folded, 16_000) / 0.25) < -75, `${hz} Hz`);
  }
  const up = resample(sine(1000, 0.5, 8000), 8000, 16_000);
  t.ok(db(peakAt(up, 7000, 16_000) / 0.25) < -75, 'no image');
  t.end();
});

void t.test('blocks of any size give the same', (t) => {
  const sound = sine(1000, 0.05, 44_100);
  t.strictSame(resample(sound, 44_100, 16_000, 7), resample(sound, 44_100, 16_000));
  t.strictSame(resample(sound, 16_000, 16_000), sound);
  t.equal(resample(new Float32Array(0), 44_100, 16_000).length, 0);
  t.equal(resample(sine(1000, 0.001, 44_100), 44_100, 16_000).length, 16);
  t.end();
});

void t.test('a constant stays what it is', (t) => {
  const made = resample(new Float32Array(44_100).fill(0.5), 44_100, 16_000);
  for (const sample of made.subarray(200, -200)) if (Math.abs(sample - 0.5) > 1e-4) t.fail(String(sample));
  t.pass('everywhere');
  t.end();
});
