// WAV files with 16-bit mono PCM, the only sound format this box writes; reading is bounded, since anybody may drop a
// recording beside the prompts.

import { open } from 'node:fs/promises';
import { wavHeader } from '../sounds/wav-header.js';

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

const longestFile = 64 * 1024 * 1024;
const mostChunks = 64;

/** @param rate Hz, mono */
export function writeWav(samples: Int16Array, rate: number): Buffer {
  const header = wavHeader(samples.byteLength, rate);
  return Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
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
