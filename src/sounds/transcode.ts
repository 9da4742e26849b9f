// From a file that somebody gave us to the sound that is played: decoded, one channel, our rate, our loudness.
import { level } from './level.js';
import { rate } from './loudness.js';
import { isMp3, readMp3 } from './mp3-file.js';
import { Resampler } from './resampler.js';
import { rates, type SoundBlock } from './sound-block.js';
import { SoundError } from './sound-error.js';
import { isWave, readWave } from './wave-file.js';

export interface Transcoded {
  /** Mono, at `rate`. */
  readonly samples: Int16Array;
  /** LUFS; −Infinity for silence. */
  readonly loudness: number;
}

/**
 * @param longestMs a longer sound is refused
 * @throws SoundError
 */
export async function transcode(file: Buffer, longestMs: number): Promise<Transcoded> {
  const most = Math.ceil((longestMs * rate) / 1000);
  const samples = await gather(blocksOf(file), most);
  const loudness = level(samples);
  return {
    samples: Int16Array.from(samples, (sample) =>
      Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))),
    ),
    loudness,
  };
}

function blocksOf(file: Buffer): Iterable<SoundBlock> | AsyncIterable<SoundBlock> {
  if (isWave(file)) return readWave(file);
  if (isMp3(file)) return readMp3(file);
  throw new SoundError('it is neither a WAV nor an MP3 file');
}

async function gather(
  blocks: Iterable<SoundBlock> | AsyncIterable<SoundBlock>,
  most: number,
): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  let length = 0;
  const take = (part: Float32Array) => {
    parts.push(part);
    length += part.length;
    if (length > most) throw new SoundError(`it is longer than ${most / rate / 60} minutes`);
  };
  let resampler: { from: number; to: Resampler } | undefined;
  for await (const block of blocks) {
    if (resampler?.from !== block.rate) {
      if (block.rate < rates.least || block.rate > rates.most)
        throw new SoundError(`its sampling rate is ${block.rate} Hz`);
      // MP3 files that were put together from several may change their rate on the way.
      if (resampler) take(resampler.to.end());
      resampler = { from: block.rate, to: new Resampler(block.rate, rate) };
    }
    take(resampler.to.push(block.samples));
  }
  if (resampler) take(resampler.to.end());
  if (length === 0) throw new SoundError('there is no sound in it');
  const whole = new Float32Array(length);
  let at = 0;
  for (const part of parts.splice(0)) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
