// How loud a tone is in a stretch of samples. The scale is the peak of the sine on the 16-bit scale: a tone sent with
// peak 3000 and received unchanged measures 3000. A Hann window keeps other tones out: two tones are told apart when
// they lie 4 / T apart (T the window, s): 8 Hz at 500 ms, 40 Hz at 100 ms; at 60 Hz and 500 ms a neighbour leaks less
// than -90 dB.

const windows = new Map<number, Float64Array>();

function hann(length: number): Float64Array {
  let window = windows.get(length);
  if (!window) {
    window = Float64Array.from(
      { length },
      (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / length),
    );
    if (windows.size > 64) windows.clear();
    windows.set(length, window);
  }
  return window;
}

/** The samples times the window, made once for any number of `amplitude` calls. */
export function windowed(samples: ArrayLike<number>): Float64Array {
  const window = hann(samples.length);
  const out = new Float64Array(samples.length);
  for (let i = 0; i < out.length; i++) out[i] = samples[i]! * window[i]!;
  return out;
}

/** Peak amplitude of a tone in windowed samples. */
export function amplitude(windowedSamples: Float64Array, hz: number, rate: number): number {
  const n = windowedSamples.length;
  if (n === 0) return 0;
  const w = (2 * Math.PI * hz) / rate;
  const c = 2 * Math.cos(w);
  let s1 = 0;
  let s2 = 0;
  for (let i = 0; i < n; i++) {
    const s0 = windowedSamples[i]! + c * s1 - s2;
    s2 = s1;
    s1 = s0;
  }
  const power = s1 * s1 + s2 * s2 - c * s1 * s2;
  // The Hann window sums to n / 2, a sine of peak A gives A · n / 4.
  return (4 * Math.sqrt(Math.max(0, power))) / n;
}

/** Root mean square of the samples, 16-bit scale (a sine of peak 3000 has 2121). */
export function rms(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]! * samples[i]!;
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}

export interface Peak {
  readonly hz: number;
  readonly level: number;
}

/** The loudest frequencies between 50 Hz and `maxHz`, to 1 Hz, loudest first; nothing below a level of 20. */
export function strongest(samples: ArrayLike<number>, rate: number, count: number, maxHz = 3_900): Peak[] {
  if (samples.length === 0) return [];
  const input = windowed(samples);
  const step = Math.max(4, (2 * rate) / samples.length);
  const scan: Peak[] = [];
  for (let hz = 50; hz <= Math.min(maxHz, rate / 2 - 50); hz += step) {
    scan.push({ hz: Math.round(hz), level: amplitude(input, hz, rate) });
  }
  const peaks = scan.filter(
    ({ level }, i) => level > 10 && level >= (scan[i - 1]?.level ?? 0) && level > (scan[i + 1]?.level ?? 0),
  );
  const loudest = peaks.sort((a, b) => b.level - a.level).slice(0, 2 * count);
  // Between two steps of the scan a tone measures up to 6 dB low.
  for (const [i, { hz }] of loudest.entries()) {
    for (let near = hz - step; near <= hz + step; near++) {
      const level = amplitude(input, near, rate);
      if (level > loudest[i]!.level) loudest[i] = { hz: Math.round(near), level };
    }
  }
  return loudest
    .filter(({ level }) => level > 20)
    .sort((a, b) => b.level - a.level)
    .slice(0, count);
}
