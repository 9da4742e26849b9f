// Makes a spoken or recorded sentence fit to be played: silence trimmed, an even loudness, no click at either end.
import { highPass, loudness, truePeak } from './loudness.mjs';
import { biquad, rate, resample } from './sound.mjs';

/** LUFS. Over a telephone this is about -22 dBov of active speech: as loud as a person who speaks well into it. */
export const target = -22;
const highestPeak = -3; // dBFS, between the samples too
const before = 0.05; // seconds of quiet
const after = 0.15;
const fade = 0.01; // seconds
const frame = 0.01 * rate;

/**
 * @param {{ rate: number, samples: Float64Array }} sound
 * @returns {Float64Array} at 16 kHz
 * @throws Error whose message says what is wrong with the sound
 */
export function level(sound) {
  // Nothing below 80 Hz is speech: hum, knocks on the desk, an offset that would click at both ends.
  const clean = biquad(resample(sound.samples, sound.rate, rate), highPass(80, Math.SQRT1_2));
  let result = trim(clean);
  // Holding a peak takes its loudness away: a knock that outshouts the words needs more than one round.
  for (let round = 0, off = Infinity; round < 6 && Math.abs(off) > 0.05; round++) {
    off = target - loudness(result);
    result = limit(result.map((sample) => 10 ** (off / 20) * sample));
  }
  return result;
}

function trim(samples) {
  const levels = [];
  for (let at = 0; at + frame <= samples.length; at += frame) {
    let sum = 1e-12;
    for (let n = at; n < at + frame; n++) sum += samples[n] ** 2;
    levels.push(10 * Math.log10(sum / frame));
  }
  const sorted = levels.toSorted((a, b) => a - b);
  const loudest = sorted.at(-1) ?? -120;
  if (loudest < -60) throw new Error('it holds only silence');
  // The softest "f" lies some 40 dB below the loudest vowel; the room of a recording may be louder than that.
  const room = sorted[Math.floor(sorted.length / 10)];
  const threshold = Math.max(loudest - 45, Math.min(room + 10, loudest - 30));
  const first = levels.findIndex((db) => db > threshold) * frame;
  const end = (levels.findLastIndex((db) => db > threshold) + 1) * frame;

  const from = Math.max(0, first - before * rate);
  const to = Math.min(samples.length, end + after * rate);
  const result = new Float64Array(end - first + (before + after) * rate);
  const offset = before * rate - (first - from);
  const ramp = fade * rate;
  for (let n = from; n < to; n++) {
    const edge = Math.min(1, (n - from) / ramp, (to - 1 - n) / ramp);
    result[offset + n - from] = samples[n] * (0.5 - 0.5 * Math.cos(Math.PI * edge));
  }
  return result;
}

/** Turns the few peaks down that are too high, over 10 ms around them, so that the rest keeps its loudness. */
function limit(samples) {
  const ceiling = 10 ** (highestPeak / 20);
  const reach = 0.005 * rate;
  let result = samples;
  // Turning down moves the values between the samples a little: a second look, rarely a third, settles it.
  for (let pass = 0; pass < 5 && truePeak(result) > highestPeak; pass++) {
    const dense = resample(result, rate, 4 * rate);
    const gains = new Float64Array(result.length).fill(1);
    dense.forEach((value, n) => {
      const over = ceiling / 1.01 / Math.abs(value);
      if (over >= 1) return;
      const centre = Math.round(n / 4);
      for (let m = Math.max(0, centre - reach); m <= centre + reach && m < gains.length; m++) {
        const shape = 0.5 + 0.5 * Math.cos((Math.PI * (m - centre)) / reach);
        gains[m] = Math.min(gains[m], 1 - (1 - over) * shape);
      }
    });
    result = result.map((sample, n) => sample * gains[n]);
  }
  return result;
}
