// Sun/NeXT audio (.au), 16-bit PCM: what rtpengine plays cheaply. Before libavformat plays a WAV file it searches the
// samples for other codecs that may hide in them; with an .au file it does not, and a play costs rtpengine half as much
// (measured: 4.9 ms of CPU against 9.0 for the first second of a prompt) and begins 5 ms sooner.

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
