// The tones of many phones stay apart, digits are the right pairs, resampling keeps tones.
import t from 'tap';

import { amplitude, windowed } from './goertzel.js';
import { dtmfSamples, resample, tones, toneSamples } from './tones.js';

void t.test('up to 40 tones, 60 Hz apart, no harmonic on another', (t) => {
  for (let count = 1; count <= 40; count++) {
    const hz = tones(count);
    t.equal(hz.length, count);
    t.ok(hz[0]! >= 300 && hz.at(-1)! <= 3_400, `${hz.at(-1)}`);
    t.ok(hz.every((one, i) => i === 0 || one - hz[i - 1]! >= 60));
    const onHarmonic = hz.filter((one) =>
      hz.some((other) => Math.abs(other - 2 * one) <= 5 || Math.abs(other - 3 * one) <= 5),
    );
    t.same(onHarmonic, [], `${count} tones`);
  }
  t.throws(() => tones(41));
  t.end();
});

void t.test('third-order products of eight tones fall beside them', (t) => {
  const hz = tones(8);
  for (const a of hz) {
    for (const b of hz) {
      if (a === b) continue;
      t.notOk(
        hz.some((c) => c !== a && c !== b && Math.abs(2 * a - b - c) <= 4),
        `2 * ${a} - ${b}`,
      );
    }
  }
  t.end();
});

void t.test('digits in-band', (t) => {
  const samples = dtmfSamples('5#', { durationMs: 100, gapMs: 50, level: 5_000, rate: 8_000 });
  t.equal(samples.length, 2_400);
  const level = (from: number, hz: number): number =>
    amplitude(windowed(samples.subarray(from, from + 800)), hz, 8_000);
  for (const [from, hz] of [
    [0, 770],
    [0, 1_336],
    [1_200, 941],
    [1_200, 1_477],
  ] as const) {
    t.ok(Math.abs(level(from, hz) - 5_000) < 100, `${hz} Hz: ${level(from, hz)}`);
  }
  t.equal(Math.max(...samples.subarray(800, 1_200)), 0);
  t.throws(() => dtmfSamples('x', { durationMs: 100, gapMs: 50, level: 5_000, rate: 8_000 }));
  t.end();
});

void t.test('resampling keeps a tone', (t) => {
  for (const [from, to] of [
    [8_000, 16_000],
    [8_000, 48_000],
    [22_050, 8_000],
    [48_000, 8_000],
  ] as const) {
    const out = resample(toneSamples([1_000], 3_000, from, from), from, to).subarray(to / 4, (3 * to) / 4);
    const got = amplitude(windowed(out), 1_000, to);
    t.ok(Math.abs(got - 3_000) < 60, `${from} to ${to}: ${got.toFixed(0)}`);
  }
  t.end();
});
