// What the media tests measure with: the loudness of ITU-R BS.1770-4 as the standard prints it, for 48 kHz, so that it
// shares nothing with the set-up's own code for 16 kHz.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readWav } from '../../src/rtp/index.js';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const runtime = resolve(process.env.PARTYLINE_RUNTIME ?? join(root, '.runtime'));

/** Samples between -1 and 1. @throws Error when the file is not 16 kHz mono */
export function listen(path: string): Float64Array {
  const { rate, channels, samples } = readWav(readFileSync(path));
  if (rate !== 16_000 || channels !== 1) throw new Error(`${path}: ${rate} Hz, ${channels} channels`);
  return Float64Array.from(samples, (sample) => sample / 32_768);
}

/** Gated loudness, LUFS, of 16 kHz mono. */
export function loudness(samples: Float64Array): number {
  const weighted = [
    [1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585],
    [1, -2, 1, -1.99004745483398, 0.99007225036621],
  ].reduce(filter, threefold(samples));
  const powers: number[] = [];
  for (let at = 0; at + 19_200 <= weighted.length; at += 4800)
    powers.push(weighted.subarray(at, at + 19_200).reduce((sum, sample) => sum + sample ** 2, 0) / 19_200);
  const audible = powers.filter((power) => lufs(power) > -70);
  const gate = lufs(mean(audible)) - 10;
  return lufs(mean(audible.filter((power) => lufs(power) > gate)));
}

/** The seconds at either end that are quieter than -40 dBFS, and the longest such stretch anywhere. */
export function silences(samples: Float64Array): { before: number; after: number; longest: number } {
  const loud = [...samples.keys()].filter((n) => Math.abs(samples[n] ?? 0) > 10 ** (-40 / 20));
  const first = loud[0] ?? samples.length;
  const last = loud.at(-1) ?? 0;
  const gaps = loud.map((n, index) => n - (loud[index - 1] ?? n));
  const longest = gaps.reduce((most, gap) => Math.max(most, gap), 0);
  return { before: first / 16_000, after: (samples.length - 1 - last) / 16_000, longest: longest / 16_000 };
}

export function peak(samples: Float64Array): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

/** Weights of the samples from 15 before to 16 after, for the points at one and two thirds between two samples. */
const between = [1 / 3, 2 / 3].map((at) =>
  Array.from({ length: 32 }, (_, n) => {
    const x = at + 15 - n;
    return (Math.cos((Math.PI * x) / 34) ** 2 * Math.sin(Math.PI * x)) / (Math.PI * x);
  }),
);

/** To 48 kHz. */
function threefold(samples: Float64Array): Float64Array {
  return Float64Array.from({ length: samples.length * 3 }, (_, n) => {
    const centre = Math.floor(n / 3);
    const weights = between[(n % 3) - 1];
    if (!weights) return samples[centre] ?? 0;
    return weights.reduce((sum, weight, m) => sum + weight * (samples[centre - 15 + m] ?? 0), 0);
  });
}

function filter(samples: Float64Array, [b0 = 0, b1 = 0, b2 = 0, a1 = 0, a2 = 0]: number[]): Float64Array {
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  return samples.map((x) => {
    const y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    return y;
  });
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const lufs = (power: number) => -0.691 + 10 * Math.log10(power);
