// Sounds a phone sends: tones, silence, digits as in-band tones, and resampled recordings. Amplitudes are peaks on the
// 16-bit scale (0 to 32767), frequencies whole Hz, so that one second of any mixture repeats without a seam.

/** Sum of sines, each with this peak, all starting at phase 0. */
export function toneSamples(hz: readonly number[], level: number, rate: number, length: number): Int16Array {
  const out = new Int16Array(length);
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (const one of hz) sum += Math.sin((2 * Math.PI * one * (i % rate)) / rate);
    out[i] = Math.max(-32_768, Math.min(32_767, Math.round(sum * level)));
  }
  return out;
}

/** ITU-T Q.23: low and high frequency of each digit, Hz. */
export const dtmfFrequencies: Readonly<Record<string, readonly [number, number]>> = Object.fromEntries(
  ['123A', '456B', '789C', '*0#D'].flatMap((row, i) =>
    [...row].map((digit, j) => [digit, [[697, 770, 852, 941][i]!, [1209, 1336, 1477, 1633][j]!]] as const),
  ),
);

/** Digits as tones with pauses after each; `level` is the peak of each of the two tones. */
export function dtmfSamples(
  digits: string,
  { durationMs, gapMs, level, rate }: { durationMs: number; gapMs: number; level: number; rate: number },
): Int16Array {
  const on = Math.round((durationMs * rate) / 1000);
  const off = Math.round((gapMs * rate) / 1000);
  const out = new Int16Array((on + off) * digits.length);
  [...digits].forEach((digit, i) => {
    const pair = dtmfFrequencies[digit.toUpperCase()];
    if (!pair) throw new Error(`no DTMF digit: ${JSON.stringify(digit)}`);
    out.set(toneSamples(pair, level, rate, on), i * (on + off));
  });
  return out;
}

const spreads = new Map<number, number[]>();

/**
 * `count` frequencies (at most 40) for as many phones, whole Hz from 311 to 3400, at least 60 Hz apart, which a window
 * of 500 ms tells apart to better than -80 dB (goertzel.ts). No 2nd or 3rd harmonic of one is within 5 Hz of another;
 * sums, differences and third-order products (2a - b), which clipping makes, are kept away as far as there is room:
 * wholly up to about 8 tones.
 */
export function tones(count: number): number[] {
  if (count > 40) throw new Error('at most 40 phones can be told apart by their tones');
  let found = spreads.get(count);
  if (!found) {
    found = spread(count);
    spreads.set(count, found);
  }
  return [...found];
}

/** Greedy: each next tone is the candidate of its stretch that the products of the tones before it disturb least. */
function spread(count: number): number[] {
  const found: number[] = [];
  const cost = new Uint16Array(12_000);
  const avoid = (hz: number, weight: number): void => {
    for (let d = -5; d <= 5; d++) if (hz + d > 0 && hz + d < cost.length) cost[hz + d]! += weight;
  };
  const room = Math.floor((3_400 - 311) / count);
  for (let i = 0; i < count; i++) {
    const from = Math.max(311 + i * room, (found[i - 1] ?? 0) + 60);
    const to = Math.max(from, 311 + (i + 1) * room - 60);
    let best = from;
    for (let hz = from; hz <= to; hz++) {
      // Products of this tone with earlier ones that would fall on an earlier tone.
      const falls = found.filter((a) =>
        found.some((b) => Math.abs(2 * a - b - hz) < 6 || Math.abs(a + b - hz) < 6),
      );
      if (cost[hz]! + falls.length < cost[best]!) best = hz;
    }
    for (const other of found) {
      avoid(best + other, 5);
      avoid(best - other, 5);
      avoid(2 * best - other, 1);
      avoid(2 * other - best, 1);
    }
    avoid(2 * best, 1_000);
    avoid(3 * best, 1_000);
    found.push(best);
  }
  return found;
}

/** Resamples by a windowed sinc of 32 taps; good enough to hear or measure, made for test material. */
export function resample(samples: Int16Array, from: number, to: number): Int16Array {
  if (from === to) return samples;
  const out = new Int16Array(Math.floor((samples.length * to) / from));
  const cut = Math.min(1, to / from) * 0.95;
  const half = Math.ceil(16 / cut);
  for (let i = 0; i < out.length; i++) {
    const at = (i * from) / to;
    const first = Math.ceil(at - half);
    let sum = 0;
    for (let k = Math.max(0, first); k <= Math.min(samples.length - 1, Math.floor(at + half)); k++) {
      const x = k - at;
      const sinc = x === 0 ? cut : Math.sin(Math.PI * cut * x) / (Math.PI * x);
      sum += samples[k]! * sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / half));
    }
    out[i] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  }
  return out;
}
