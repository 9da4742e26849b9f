// Sound files as rtpengine likes them: Sun/NeXT audio (.au), 16-bit PCM. Before libavformat plays a WAV file it searches
// the samples for other codecs that may hide in them; with an .au file it does not, and a play costs rtpengine half as
// much (measured: 4.9 ms of CPU against 9.0 for the first second of a prompt) and begins 5 ms sooner.
import { open } from 'node:fs/promises';
import { wavRate, type Wav } from './wav.js';

const magic = '.snd';
const headerLength = 32;
/** Code of 16-bit linear PCM, big-endian. */
const linear16 = 3;

export function writeAu({ samples, rate, channels }: Wav): Buffer {
  const file = Buffer.alloc(headerLength + 2 * samples.length);
  file.write(magic, 0, 'ascii');
  file.writeUInt32BE(headerLength, 4);
  file.writeUInt32BE(2 * samples.length, 8);
  file.writeUInt32BE(linear16, 12);
  file.writeUInt32BE(rate, 16);
  file.writeUInt32BE(channels, 20);
  for (let n = 0; n < samples.length; n++) file.writeInt16BE(samples[n]!, headerLength + 2 * n);
  return file;
}

/** The sampling rate of an .au or a WAV file, Hz; undefined when it is neither, or cannot be read. */
export async function soundRate(path: string): Promise<number | undefined> {
  let file;
  try {
    file = await open(path, 'r');
    const head = Buffer.alloc(headerLength);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    if (bytesRead === headerLength && head.toString('ascii', 0, 4) === magic)
      return head.readUInt32BE(16) || undefined;
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
  return wavRate(path);
}
