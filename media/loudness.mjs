// How loud a sound is, so that every prompt, recording and the music reach the ear alike: the gated loudness of
// ITU-R BS.1770-4 / EBU R 128 in LUFS, for one channel at 16 kHz, and the true peak beside it.
import { biquad, rate, resample } from './sound.mjs';

const block = 0.4 * rate;
const hop = 0.1 * rate;
const silence = -70; // LUFS, the absolute gate
const relativeGate = -10; // LU

/** The K filter: BS.1770 gives it for 48 kHz only, so its two stages are made anew from their analogue values. */
const kFilter = [
  shelf(1681.974450955533, 3.999843853973347, 0.7071752369554196),
  [1, -2, 1, ...highPass(38.13547087602444, 0.5003270373238773).slice(3)],
];

/** LUFS; -Infinity for silence. A sound shorter than one block of 400 ms is measured as if silence followed. */
export function loudness(samples) {
  const padded = new Float64Array(Math.max(samples.length, block));
  padded.set(samples);
  const weighted = kFilter.reduce(biquad, padded);
  const powers = [];
  for (let at = 0; at + block <= weighted.length; at += hop) {
    let sum = 0;
    for (let n = at; n < at + block; n++) sum += weighted[n] ** 2;
    powers.push(sum / block);
  }
  const audible = powers.filter((power) => lufs(power) > silence);
  const gate = lufs(mean(audible)) + relativeGate;
  return lufs(mean(audible.filter((power) => lufs(power) > gate)));
}

/** The highest value between and at the samples, dBFS. */
export function truePeak(samples) {
  let peak = 0;
  for (const sample of resample(samples, rate, 4 * rate)) peak = Math.max(peak, Math.abs(sample));
  return 20 * Math.log10(peak);
}

export function highPass(hz, q) {
  const k = Math.tan((Math.PI * hz) / rate);
  const a0 = 1 + k / q + k * k;
  return [1 / a0, -2 / a0, 1 / a0, (2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0];
}

function shelf(hz, db, q) {
  const k = Math.tan((Math.PI * hz) / rate);
  const high = 10 ** (db / 20);
  const middle = high ** 0.4996667741545416;
  const a0 = 1 + k / q + k * k;
  return [
    (high + (middle * k) / q + k * k) / a0,
    (2 * (k * k - high)) / a0,
    (high - (middle * k) / q + k * k) / a0,
    (2 * (k * k - 1)) / a0,
    (1 - k / q + k * k) / a0,
  ];
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const lufs = (power) => (power > 0 ? -0.691 + 10 * Math.log10(power) : -Infinity);
