// How loud a sound is: the gated loudness of ITU-R BS.1770-4 in LUFS, for one channel at the box's own rate, and the peak
// between its samples.

/** The rate of everything that the box plays, Hz: rtpengine halves it for narrow-band phones. */
export const rate = 16_000;

/** Of BS.1770: blocks of 400 ms that overlap by three quarters. */
const hop = 0.1 * rate;
const hopsPerBlock = 4;
/** LUFS; blocks below count for nothing. */
const absoluteGate = -70;
/** LU below the loudness of what is left; blocks below that count for nothing either. */
const relativeGate = -10;

/** b0 b1 b2 a1 a2 */
type Coefficients = readonly [number, number, number, number, number];

/** The K filter: BS.1770 gives it for 48 kHz only, so its two stages are made anew from their analogue values. */
const kFilter = [
  shelf(1681.974450955533, 3.999843853973347, 0.7071752369554196),
  highPass(38.13547087602444, 0.5003270373238773),
] as const;

/** LUFS; −Infinity for silence. A sound shorter than one block is measured as if silence followed. */
export function loudness(samples: Float32Array): number {
  const hops = hopEnergies(samples);
  const powers: number[] = [];
  for (let first = 0; first + hopsPerBlock <= hops.length; first++) {
    let sum = 0;
    for (let n = first; n < first + hopsPerBlock; n++) sum += hops[n]!;
    powers.push(sum / (hopsPerBlock * hop));
  }
  const audible = powers.filter((power) => lufs(power) > absoluteGate);
  const gate = lufs(mean(audible)) + relativeGate;
  return lufs(mean(audible.filter((power) => lufs(power) > gate)));
}

/** The energy of each 100 ms of the filtered sound; at least one block of them. */
function hopEnergies(samples: Float32Array): number[] {
  const count = Math.max(hopsPerBlock, Math.floor(samples.length / hop));
  const energies: number[] = new Array<number>(count).fill(0);
  const [one, two] = kFilter.map((coefficients) => biquad(coefficients)) as [Filter, Filter];
  const end = Math.min(samples.length, count * hop);
  for (let n = 0; n < end; n++) energies[Math.floor(n / hop)]! += two(one(samples[n]!)) ** 2;
  return energies;
}

type Filter = (sample: number) => number;

/** Transposed direct form II. */
function biquad([b0, b1, b2, a1, a2]: Coefficients): Filter {
  let s1 = 0;
  let s2 = 0;
  return (x) => {
    const y = b0 * x + s1;
    s1 = b1 * x - a1 * y + s2;
    s2 = b2 * x - a2 * y;
    return y;
  };
}

/** BS.1770 leaves this stage at a gain of 1 in its numerator. */
function highPass(hz: number, q: number): Coefficients {
  const k = Math.tan((Math.PI * hz) / rate);
  const a0 = 1 + k / q + k * k;
  return [1, -2, 1, (2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0];
}

function shelf(hz: number, db: number, q: number): Coefficients {
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

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const lufs = (power: number) => (power > 0 ? -0.691 + 10 * Math.log10(power) : -Infinity);
