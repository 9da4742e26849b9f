// Turns the few peaks down that are too high, between the samples too, so that the rest of a sound keeps its loudness.
import { rate } from './loudness.js';

/** Points looked at per sample (BS.1770-4, annex 2). */
const density = 4;
/** Taps of the interpolation on either side of a point; it finds peaks to 0.1 dB up to 7 kHz. */
const reach = 12;
/** A peak is turned down over so many samples on either side: 5 ms. */
const slope = 0.005 * rate;
/** Sound is looked at in such pieces; where all samples are below half the ceiling, none between them reaches it. */
const piece = 64;

const filters = Array.from({ length: density }, (_, n) => {
  const taps = Float64Array.from({ length: 2 * reach }, (_, tap) => {
    const x = tap - reach + 1 - n / density;
    const window = Math.cos((Math.PI * x) / (2 * reach + 2)) ** 2;
    return x === 0 ? 1 : (window * Math.sin(Math.PI * x)) / (Math.PI * x);
  });
  return taps;
});

/** The highest value between and at the samples; 1 = full scale. */
export function truePeak(samples: Float32Array): number {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  peaksAbove(samples, peak, (_, value) => (peak = Math.max(peak, value)));
  return peak;
}

/**
 * In place.
 * @param ceiling 1 = full scale
 */
export function limit(samples: Float32Array, ceiling: number): void {
  // Turning down moves the values between the samples a little: a second look, rarely a third, settles it.
  for (let pass = 0; pass < 5; pass++) {
    let gains: Float32Array | undefined;
    peaksAbove(samples, ceiling, (centre, value) => {
      gains ??= new Float32Array(samples.length).fill(1);
      turnDown(gains, centre, ceiling / 1.01 / value);
    });
    if (!gains) return;
    for (let n = 0; n < samples.length; n++) samples[n]! *= gains[n]!;
  }
}

function turnDown(gains: Float32Array, centre: number, gain: number): void {
  // A neighbour that was turned down as far already has done it for this one too.
  if (gains[centre]! <= gain) return;
  const last = Math.min(gains.length - 1, centre + slope);
  for (let n = Math.max(0, centre - slope); n <= last; n++) {
    const shape = 0.5 + 0.5 * Math.cos((Math.PI * (n - centre)) / slope);
    gains[n] = Math.min(gains[n]!, 1 - (1 - gain) * shape);
  }
}

/** Tells of every point above the ceiling: the sample it is nearest to, and its height. */
function peaksAbove(
  samples: Float32Array,
  ceiling: number,
  found: (centre: number, value: number) => void,
): void {
  for (let from = 0; from < samples.length; from += piece) {
    const to = Math.min(samples.length, from + piece);
    if (highest(samples, from - reach, to + reach) < ceiling / 2) continue;
    for (let n = from; n < to; n++) {
      for (let phase = 0; phase < density; phase++) {
        const value = Math.abs(between(samples, n, filters[phase]!));
        if (value > ceiling) found(Math.min(samples.length - 1, Math.round(n + phase / density)), value);
      }
    }
  }
}

function highest(samples: Float32Array, from: number, to: number): number {
  let most = 0;
  const last = Math.min(samples.length, to);
  for (let n = Math.max(0, from); n < last; n++) most = Math.max(most, Math.abs(samples[n]!));
  return most;
}

function between(samples: Float32Array, n: number, filter: Float64Array): number {
  let sum = 0;
  for (let tap = 0; tap < filter.length; tap++) sum += filter[tap]! * (samples[n - reach + 1 + tap] ?? 0);
  return sum;
}
