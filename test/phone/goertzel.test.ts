// The scale of measured levels, and how well a window tells tones apart.
import t from 'tap';

import { amplitude, rms, strongest, windowed } from './goertzel.js';
import { toneSamples } from './tones.js';

void t.test('a tone measures its peak at any frequency', (t) => {
  for (const hz of [311, 440, 997, 3_333]) {
    const got = amplitude(windowed(toneSamples([hz], 3_000, 8_000, 4_000)), hz, 8_000);
    t.ok(Math.abs(got - 3_000) < 5, `${hz} Hz: ${got}`);
  }
  t.ok(Math.abs(rms(toneSamples([1_000], 3_000, 8_000, 4_000)) - 2_121) < 2);
  t.equal(amplitude(new Float64Array(0), 440, 8_000), 0);
  t.equal(rms([]), 0);
  t.end();
});

void t.test('a neighbour 60 Hz away does not leak', (t) => {
  const input = windowed(toneSamples([1_000, 1_120], 3_000, 8_000, 4_000));
  t.ok(amplitude(input, 1_060, 8_000) < 3);
  t.ok(Math.abs(amplitude(input, 1_120, 8_000) - 3_000) < 5);
  t.end();
});

void t.test('the strongest frequencies are found, loudest first', (t) => {
  const samples = toneSamples([700], 4_000, 8_000, 4_000);
  const quiet = toneSamples([2_100], 1_000, 8_000, 4_000);
  samples.forEach((sample, i) => (samples[i] = sample + quiet[i]!));
  const [first, second] = strongest(samples, 8_000, 2);
  t.ok(Math.abs(first!.hz - 700) <= 1 && first!.level > 3_900);
  t.ok(Math.abs(second!.hz - 2_100) <= 1 && second!.level > 950);
  t.end();
});
