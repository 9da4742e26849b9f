// Sound as the set-up handles it: mono floats between -1 and 1, read from and written to WAV files. Plain Node, because
// prompts and music are made before anything is known to be built, and small, because a sound toolbox such as SoX
// would be one more package on the box for four short functions.
import { Buffer } from 'node:buffer';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** The rate of everything that the box plays, Hz: rtpengine halves it for narrow-band phones. */
export const rate = 16_000;

/**
 * Reads 16-bit PCM of any rate; of several channels the mean is taken.
 * @returns {{ rate: number, samples: Float64Array }}
 * @throws Error whose message says what is wrong with the file
 */
export function readWav(path) {
  const file = readFileSync(path);
  const is = (at, text) => file.toString('latin1', at, at + text.length) === text;
  if (!is(0, 'RIFF') || !is(8, 'WAVE')) throw new Error('it is not a WAV file');
  let format;
  for (let at = 12; at + 8 <= file.length;) {
    const body = at + 8;
    const length = file.readUInt32LE(at + 4);
    if (is(at, 'fmt ') && body + 16 <= file.length) {
      format = {
        kind: file.readUInt16LE(body),
        channels: file.readUInt16LE(body + 2),
        rate: file.readUInt32LE(body + 4),
        bits: file.readUInt16LE(body + 14),
      };
    } else if (is(at, 'data')) {
      const extensible = 0xfffe;
      if (!format || ![1, extensible].includes(format.kind) || format.bits !== 16 || !format.channels)
        throw new Error('it is not 16-bit PCM');
      if (format.rate < 8000 || format.rate > 192_000) throw new Error(`its rate is ${format.rate} Hz`);
      // Programs that write to a pipe cannot know the length: what the file holds counts.
      const frames = Math.floor(Math.min(length, file.length - body) / (2 * format.channels));
      const samples = new Float64Array(frames);
      for (let n = 0; n < frames; n++)
        for (let c = 0; c < format.channels; c++)
          samples[n] += file.readInt16LE(body + 2 * (n * format.channels + c)) / 32_768 / format.channels;
      return { rate: format.rate, samples };
    }
    at = body + length + (length % 2);
  }
  throw new Error('it holds no sound');
}

/** Writes mono 16-bit PCM, aside first: an interrupted set-up leaves no half file under the final name. */
export function writeWav(path, samples, hz = rate) {
  const file = Buffer.alloc(44 + 2 * samples.length);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(hz, 24);
  file.writeUInt32LE(2 * hz, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((sample, n) => {
    const value = Math.round(sample * 32_768);
    file.writeInt16LE(Math.max(-32_768, Math.min(32_767, value)), 44 + 2 * n);
  });
  writeFileSync(`${path}.part`, file);
  renameSync(`${path}.part`, path);
}

/** Changes the rate with a windowed sinc (Hann, 32 zero crossings to either side: alias below -70 dB). */
export function resample(samples, from, to) {
  if (from === to) return samples;
  const common = divisor(from, to);
  const phases = to / common;
  const step = from / common;
  const cutoff = 0.95 * Math.min(1, to / from);
  const reach = Math.ceil(32 / cutoff);
  const tables = Array.from({ length: phases }, (_, phase) => taps(phase / phases, cutoff, reach));
  const result = new Float64Array(Math.ceil((samples.length * to) / from));
  for (let n = 0; n < result.length; n++) {
    const table = tables[(n * step) % phases];
    const first = Math.floor((n * step) / phases) - reach;
    let sum = 0;
    for (let m = Math.max(0, -first); m < table.length && first + m < samples.length; m++)
      sum += samples[first + m] * table[m];
    result[n] = sum;
  }
  return result;
}

/** The weights of the samples around a point that lies `fraction` after one of them. */
function taps(fraction, cutoff, reach) {
  return Float64Array.from({ length: 2 * reach + 1 }, (_, m) => {
    const x = fraction + reach - m;
    const window = Math.abs(x) < reach ? 0.5 + 0.5 * Math.cos((Math.PI * x) / reach) : 0;
    const angle = Math.PI * cutoff * x;
    return window * (angle === 0 ? cutoff : (cutoff * Math.sin(angle)) / angle);
  });
}

const divisor = (a, b) => (b === 0 ? a : divisor(b, a % b));

/** A second-order filter. @param c its coefficients b0, b1, b2, a1, a2 (a0 = 1) */
export function biquad(samples, [b0, b1, b2, a1, a2]) {
  const result = new Float64Array(samples.length);
  let x1 = 0;
  let x2 = 0;
  let y1 = 0;
  let y2 = 0;
  for (let n = 0; n < samples.length; n++) {
    const x = samples[n];
    const y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    result[n] = y;
  }
  return result;
}
