// Comfort noise, pure: a few seconds that can be repeated without anybody noticing, the same every time. It ends at the
// edge of the telephone band, so that narrow and wide phones hear it alike.
import { Resampler, soundRate } from '../sounds/index.js';
import type { Tone } from './tone.js';

/** Hz; the noise is white up to a little under the half of it. */
const bandRate = 8000;
/** Long enough that no ear finds the repetition. */
const seconds = 8;

/**
 * @param peak 16-bit scale: as strong as samples that are spread evenly between −peak and peak, an RMS of peak/√3
 * @throws RangeError when the peak is no such number
 */
export function renderNoise(peak: number): Tone {
  if (!(peak >= 0 && peak <= 32_767)) throw new RangeError(`no peak of noise: ${peak}`);
  const white = new Float32Array(seconds * bandRate);
  // Numerical Recipes' quick generator: its upper bits are as random as an ear can tell.
  let state = 1;
  for (let n = 0; n < white.length; n++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    white[n] = state / 2 ** 31 - 1;
  }
  const resampler = new Resampler(bandRate, soundRate);
  const noise = Float32Array.from([...resampler.push(white), ...resampler.end()]);
  const rms = Math.sqrt(noise.reduce((sum, sample) => sum + sample * sample, 0) / noise.length);
  const scale = peak / Math.sqrt(3) / rms;
  return { rate: soundRate, samples: Int16Array.from(noise, (sample) => Math.round(scale * sample)) };
}
