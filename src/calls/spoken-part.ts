// Cuts the silence off a recorded name, pure: what is left begins and ends with the voice.

/** Samples that are looked at together, ms. */
const frameMs = 20;
/** Of the root mean square of a frame: what is quieter is silence (line noise is below 50 of 32768). */
const quietest = 100;
/** Part of the loudest frame below which a frame is silence, so that a noisy line has an end too. */
const quietPart = 0.06;
/** Left before and after the voice, ms. */
const marginMs = 120;
/** Less than this is a cough or a click, ms. */
const shortestMs = 100;

/**
 * @param rate Hz
 * @returns a part of `samples`, not a copy; undefined = nobody said anything
 */
export function spokenPart(samples: Int16Array, rate: number): Int16Array | undefined {
  const size = Math.round((rate * frameMs) / 1000);
  const levels = Array.from({ length: Math.floor(samples.length / size) }, (_, n) =>
    rms(samples.subarray(n * size, (n + 1) * size)),
  );
  const threshold = Math.max(quietest, quietPart * levels.reduce((most, level) => Math.max(most, level), 0));
  const loud = levels.flatMap((level, n) => (level >= threshold ? [n] : []));
  const [first] = loud;
  const last = loud.at(-1);
  if (first === undefined || last === undefined || loud.length * frameMs < shortestMs) return undefined;
  const margin = Math.round((rate * marginMs) / 1000);
  return samples.subarray(Math.max(0, first * size - margin), (last + 1) * size + margin);
}

function rms(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length);
}
