// Reads a WAV file of 16-bit PCM, for recordings a phone is to send.

/** Samples of the first channel and their rate, Hz. Throws when it is no 16-bit PCM WAV. */
export function readWav(file: Buffer): { samples: Int16Array; rate: number } {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE')
    throw new Error('no WAV');
  let channels = 1;
  let rate = 8_000;
  for (let at = 12; at + 8 <= file.length;) {
    const name = file.toString('latin1', at, at + 4);
    const length = file.readUInt32LE(at + 4);
    const body = file.subarray(at + 8, at + 8 + length);
    if (name === 'fmt ') {
      channels = body.readUInt16LE(2);
      rate = body.readUInt32LE(4);
      const bits = body.readUInt16LE(14);
      if (body.readUInt16LE(0) !== 1 || bits !== 16) throw new Error('not 16-bit PCM');
    } else if (name === 'data') {
      const samples = new Int16Array(Math.floor(body.length / 2 / channels));
      for (let i = 0; i < samples.length; i++) samples[i] = body.readInt16LE(i * 2 * channels);
      return { samples, rate };
    }
    at += 8 + length + (length & 1);
  }
  throw new Error('no samples in the WAV');
}
