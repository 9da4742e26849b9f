// How many samples a second has in a file that is played: rtpengine counts in them where to begin.
import { open } from 'node:fs/promises';
import { auHeaderLength, auMagic } from '../sounds/index.js';
import { wavRate } from './wav.js';

/** The sampling rate of an .au or a WAV file, Hz; undefined when it is neither, or cannot be read. */
export async function soundRate(path: string): Promise<number | undefined> {
  let file;
  try {
    file = await open(path, 'r');
    const head = Buffer.alloc(auHeaderLength);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    if (bytesRead === auHeaderLength && head.toString('ascii', 0, 4) === auMagic)
      return head.readUInt32BE(16) || undefined;
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
  return wavRate(path);
}
