// One loudness for everything that is played, that of the prompts (media/level.mjs): whoever hears "you are now muted" and
// then a sound of the company's own need not reach for the volume.
import { limit } from './limiter.js';
import { loudness } from './loudness.js';

/** LUFS, as the prompts have it. */
export const target = -22;
/** dBFS, between the samples too; as the prompts have it. */
export const highestPeak = -3;
/** dB; what is quieter than that is noise, and would only become loud noise. */
const mostGain = 40;
/** Holding peaks takes some loudness away, so that it may take more than one round. */
const rounds = 4;
/** LU */
const closeEnough = 0.05;

/** In place. Silence stays silence. @returns the loudness it has now, LUFS */
export function level(samples: Float32Array): number {
  let gained = 0;
  let measured = loudness(samples);
  for (let round = 0; round < rounds && Number.isFinite(measured); round++) {
    const gain = Math.min(target - measured, mostGain - gained);
    if (Math.abs(gain) < closeEnough && round > 0) break;
    gained += gain;
    const factor = 10 ** (gain / 20);
    for (let n = 0; n < samples.length; n++) samples[n]! *= factor;
    limit(samples, 10 ** (highestPeak / 20));
    measured = loudness(samples);
  }
  return measured;
}

/**
 * A short sound as loud as the prompts, by one gain for the whole, so that a fade in it stays what it is; a peak that
 * would rise above theirs ends it sooner. Cheap enough for the thread of the calls: 4 ms a second of sound.
 * @param samples at our rate
 * @param mostDb of gain; 0 = only ever turned down
 */
export function evened(samples: Int16Array, mostDb: number): Int16Array {
  const sound = Float32Array.from(samples, (sample) => sample / 32_768);
  const measured = loudness(sound);
  if (!Number.isFinite(measured)) return samples;
  const peak = sound.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const gain = Math.min(mostDb, target - measured, highestPeak - 20 * Math.log10(peak));
  const factor = 10 ** (gain / 20);
  return samples.map((sample) => Math.round(factor * sample));
}
