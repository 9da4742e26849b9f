// Sounds for the tests of src/sounds: sines, WAV files of every format, and how loud a frequency is.
import { fileURLToPath } from 'node:url';

/** See fixtures/README.md; the compiled tests find it where the sources are. */
export const mp3Fixture = fileURLToPath(
  new URL('../../../test/sounds/fixtures/tone-1000hz-2s.mp3', import.meta.url),
);

/** @param peak 1 = full scale */
export function sine(hz: number, seconds: number, rate: number, peak = 0.25): Float32Array {
  return Float32Array.from({ length: Math.round(seconds * rate) }, (_, n) => {
    return peak * Math.sin((2 * Math.PI * hz * n) / rate);
  });
}

/** Peak of one frequency over the whole, 1 = full scale. */
export function peakAt(samples: ArrayLike<number>, hz: number, rate: number): number {
  let re = 0;
  let im = 0;
  let weight = 0;
  for (let n = 0; n < samples.length; n++) {
    // Hann: what lies beside the frequency does not leak in.
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / samples.length);
    re += window * samples[n]! * Math.cos((2 * Math.PI * hz * n) / rate);
    im += window * samples[n]! * Math.sin((2 * Math.PI * hz * n) / rate);
    weight += window;
  }
  return (2 * Math.hypot(re, im)) / weight;
}

export const db = (ratio: number) => 20 * Math.log10(ratio);

export interface WaveOptions {
  readonly rate: number;
  readonly channels?: number;
  /** Code of the samples; 1 = PCM. */
  readonly kind?: number;
  readonly bits?: number;
  /** In the extensible form. */
  readonly extensible?: boolean;
}

/** A WAV file of bytes that are samples already. */
export function waveOf(data: Buffer, { rate, channels = 1, kind = 1, bits = 16, extensible }: WaveOptions) {
  const format = Buffer.alloc(extensible ? 40 : 16);
  format.writeUInt16LE(extensible ? 0xfffe : kind, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE((rate * channels * bits) / 8, 8);
  format.writeUInt16LE((channels * bits) / 8, 12);
  format.writeUInt16LE(bits, 14);
  if (extensible) format.writeUInt16LE(kind, 24);
  const body = Buffer.concat([chunk('fmt ', format), chunk('LIST', Buffer.from('odd')), chunk('data', data)]);
  return Buffer.concat([Buffer.from('RIFF'), uint32(body.length + 4), Buffer.from('WAVE'), body]);
}

/** A WAV file of 16-bit PCM, mono. */
export function wave16(samples: Float32Array, rate: number): Buffer {
  const data = Buffer.alloc(2 * samples.length);
  samples.forEach((sample, n) => data.writeInt16LE(Math.round(sample * 32_767), 2 * n));
  return waveOf(data, { rate });
}

function chunk(name: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(name), uint32(body.length), body, Buffer.alloc(body.length % 2)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
