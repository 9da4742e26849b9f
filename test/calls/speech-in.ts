// Whether what a phone hears is speech: how long it is loud, how often it rises as syllables do, and that its energy does
// not lie in one tone.
import { rms, strongest } from '../phone/goertzel.js';

export interface Speech {
  /** That are not silence. */
  readonly seconds: number;
  /** Rises from silence or near it. */
  readonly syllables: number;
  /** Part of the energy that is in the strongest frequency, 0 to 1. */
  readonly tonePart: number;
}

const frameMs = 20;
/** Of the rms of 16-bit samples. */
const silence = 40;

export function speechIn(samples: ArrayLike<number>, rate: number): Speech {
  const size = Math.round((rate * frameMs) / 1000);
  const all = Array.from(samples);
  const levels = Array.from({ length: Math.floor(all.length / size) }, (_, n) =>
    rms(all.slice(n * size, (n + 1) * size)),
  );
  const loud = levels.filter((level) => level > silence);
  const middle = [...loud].sort((a, b) => a - b)[Math.floor(loud.length / 2)] ?? 0;
  let syllables = 0;
  let low = true;
  for (const level of levels) {
    if (low && level > middle) syllables++;
    // Only a fall to less than half of it ends a syllable.
    if (level > middle) low = false;
    else if (level < middle / 2) low = true;
  }
  const [tone] = strongest(all, rate, 1);
  const power = rms(all) ** 2;
  return {
    seconds: (loud.length * frameMs) / 1000,
    syllables,
    tonePart: tone && power > 0 ? tone.level ** 2 / 2 / power : 0,
  };
}
