// WAV files with 16-bit mono PCM, the only sound format this box writes; reading is bounded, since anybody may drop a
// recording beside the prompts.

import { open } from 'node:fs/promises';

/** Not a WAV file that we can read. */
export class WavError extends Error {
  constructor(detail: string) {
    super(`unusable WAV: ${detail}`);
    this.name = 'WavError';
  }
}

export interface Wav {
  /** Hz */
  readonly rate: number;
  readonly channels: number;
  /** Interleaved when there is more than one channel. */
  readonly samples: Int16Array;
}

const headerLength = 44;
const longestFile = 64 * 1024 * 1024;
const mostChunks = 64;

/** @param rate Hz, mono */
export function writeWav(samples: Int16Array, rate: number): Buffer {
  const header = wavHeader(samples.length, rate);
  return Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}

/** The 44 bytes before the samples, for files that are written while they grow. */
export function wavHeader(sampleCount: number, rate: number): Buffer {
  const bytes = sampleCount * 2;
  const header = Buffer.alloc(headerLength);
  header.write('RIFF', 0, 'ascii');
  header.writeUInt32LE(headerLength - 8 + bytes, 4);
  header.write('WAVEfmt ', 8, 'ascii');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'ascii');
  header.writeUInt32LE(bytes, 40);
  return header;
}

/** The sampling rate of a WAV file from its first 4 KiB, Hz; undefined when it is none, or cannot be read. */
export async function wavRate(path: string): Promise<number | undefined> {
  let file;
  try {
    file = await open(path, 'r');
    const head = Buffer.alloc(4096);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const at = head.subarray(0, bytesRead).indexOf('fmt ', 12, 'ascii');
    if (head.toString('ascii', 0, 4) !== 'RIFF' || at < 0 || at + 16 > bytesRead) return undefined;
    const rate = head.readUInt32LE(at + 12);
    return rate > 0 ? rate : undefined;
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}

/** @throws WavError when it is not 16-bit PCM, is cut off in its header, or is longer than 64 MB */
export function readWav(file: Buffer): Wav {
  if (file.length > longestFile) throw new WavError('longer than 64 MB');
  if (
    file.length < 12 ||
    file.toString('ascii', 0, 4) !== 'RIFF' ||
    file.toString('ascii', 8, 12) !== 'WAVE'
  ) {
    throw new WavError('no RIFF/WAVE header');
  }
  let format: { rate: number; channels: number } | undefined;
  let at = 12;
  for (let chunk = 0; chunk < mostChunks && at + 8 <= file.length; chunk++) {
    const name = file.toString('ascii', at, at + 4);
    const length = file.readUInt32LE(at + 4);
    const body = at + 8;
    if (name === 'fmt ') {
      if (length < 16 || body + 16 > file.length) throw new WavError('cut off');
      const kind = file.readUInt16LE(body);
      if ((kind !== 1 && kind !== 0xfffe) || file.readUInt16LE(body + 14) !== 16)
        throw new WavError('not 16-bit PCM');
      const channels = file.readUInt16LE(body + 2);
      const rate = file.readUInt32LE(body + 4);
      if (channels < 1 || channels > 8 || rate < 8000 || rate > 192_000) throw new WavError('odd format');
      format = { rate, channels };
    } else if (name === 'data') {
      if (!format) throw new WavError('data before format');
      // Files that were cut short, or written as a stream, say more than they have.
      const bytes = Math.min(length, file.length - body);
      const samples = new Int16Array(Math.floor(bytes / 2));
      for (let n = 0; n < samples.length; n++) samples[n] = file.readInt16LE(body + 2 * n);
      return { ...format, samples };
    }
    at = body + length + (length % 2);
  }
  throw new WavError('no data');
}
