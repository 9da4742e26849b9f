// MP3 files, decoded by mpg123 as WebAssembly: whatever a hostile file makes of the decoder stays in the decoder's own
// memory, and the worker thread it runs in is ended when it does not come to an end.
import { MPEGDecoder } from 'mpg123-decoder';
import { loudestSample, type SoundBlock } from './sound-block.js';
import { SoundError } from './sound-error.js';

/** Bytes fed at a time: some seconds of sound. */
const portion = 16_384;
/** Damaged frames that are passed over; a file with more is something else. */
const mostErrors = 20;

/** An ID3 tag, or the header of a frame of layer III (ISO/IEC 11172-3, 2.4.2.3). */
export function isMp3(file: Buffer): boolean {
  if (file.length < 4) return false;
  if (file.toString('latin1', 0, 3) === 'ID3') return true;
  const [first, second] = [file[0]!, file[1]!];
  const reservedVersion = (second & 0x18) === 0x08;
  return first === 0xff && (second & 0xe6) === 0xe2 && !reservedVersion;
}

/**
 * The mean of both channels.
 * @throws SoundError
 */
export async function* readMp3(file: Buffer): AsyncGenerator<SoundBlock> {
  const decoder = new MPEGDecoder();
  await decoder.ready;
  let errors = 0;
  try {
    for (let at = 0; at < file.length; at += portion) {
      const { channelData, sampleRate, ...decoded } = decoder.decode(file.subarray(at, at + portion));
      errors += decoded.errors.length;
      if (errors > mostErrors) throw new SoundError('it is damaged');
      const [left, right = left] = channelData;
      if (left && right && left.length > 0) yield { rate: sampleRate, samples: mean(left, right) };
    }
  } finally {
    decoder.free();
  }
}

function mean(left: Float32Array, right: Float32Array): Float32Array {
  return left.map((sample, n) => {
    const value = (sample + (right[n] ?? sample)) / 2;
    return value >= -loudestSample && value <= loudestSample ? value : 0;
  });
}
