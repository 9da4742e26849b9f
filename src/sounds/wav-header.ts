// The header of the WAV files that the box writes: 16-bit PCM, mono. Imported from here, because the thread that records
// needs nothing else of this folder.

/** Bytes. */
export const wavHeaderLength = 44;

/**
 * What stands before the samples.
 * @param length of the samples, bytes
 * @param rate Hz
 */
export function wavHeader(length: number, rate: number): Buffer {
  const header = Buffer.alloc(wavHeaderLength);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(wavHeaderLength - 8 + length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(2 * rate, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(length, 40);
  return header;
}
