// Sun/NeXT audio (.au), 16-bit PCM: what rtpengine plays cheaply. Before libavformat plays a WAV file it searches the
// samples for other codecs that may hide in them; with an .au file it does not, and a play costs rtpengine half as much
// (measured: 4.9 ms of CPU against 9.0 for the first second of a prompt) and begins 5 ms sooner.
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { wavHeader, wavHeaderLength } from './wav-header.js';

/** 16-bit PCM; interleaved when there is more than one channel. */
export interface Pcm {
  /** Hz */
  readonly rate: number;
  readonly channels: number;
  readonly samples: Int16Array;
}

export const auMagic = '.snd';
export const auHeaderLength = 32;
/** Code of 16-bit linear PCM, big-endian. */
const linear16 = 3;

/**
 * The sound of an .au file of ours, mono, as a WAV file; for who wants to hear it elsewhere.
 * @param bytes of the .au file
 */
export function wavOfAu(path: string, bytes: number, rate: number): { bytes: number; body: Readable } {
  const length = bytes - auHeaderLength;
  return {
    bytes: wavHeaderLength + length,
    body: Readable.from(littleEndian(path, wavHeader(length, rate)), { objectMode: false }),
  };
}

async function* littleEndian(path: string, header: Buffer): AsyncGenerator<Buffer> {
  yield header;
  // Parts of an even length: no sample is cut in two.
  const file = createReadStream(path, { start: auHeaderLength, highWaterMark: 65_536 });
  for await (const part of file as AsyncIterable<Buffer>) yield part.swap16();
}

export function writeAu({ samples, rate, channels }: Pcm): Buffer {
  const file = Buffer.alloc(auHeaderLength + 2 * samples.length);
  file.write(auMagic, 0, 'ascii');
  file.writeUInt32BE(auHeaderLength, 4);
  file.writeUInt32BE(2 * samples.length, 8);
  file.writeUInt32BE(linear16, 12);
  file.writeUInt32BE(rate, 16);
  file.writeUInt32BE(channels, 20);
  for (let n = 0; n < samples.length; n++) file.writeInt16BE(samples[n]!, auHeaderLength + 2 * n);
  return file;
}
