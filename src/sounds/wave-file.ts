// WAV files as people have them: PCM of 8 to 32 bit, floating point, G.711. The headers are somebody else's, so nothing in
// them is believed beyond the bytes that are there.
import { loudestSample, rates, type SoundBlock } from './sound-block.js';
import { SoundError } from './sound-error.js';

/** Codes of the samples (RFC 2361, and 1 = PCM). */
const pcm = 1;
const floatingPoint = 3;
const aLaw = 6;
const muLaw = 7;
/** The code stands in the sub-format that follows. */
const extensible = 0xfffe;

const mostChannels = 8;
const mostChunks = 64;
/** Frames decoded at a time. */
const blockFrames = 65_536;

interface Format {
  readonly rate: number;
  readonly channels: number;
  readonly bytes: number;
  readonly read: (file: Buffer, at: number) => number;
}

export function isWave(file: Buffer): boolean {
  return (
    file.length >= 12 && file.toString('latin1', 0, 4) === 'RIFF' && file.toString('latin1', 8, 12) === 'WAVE'
  );
}

/**
 * The mean of all channels.
 * @throws SoundError
 */
export function* readWave(file: Buffer): Generator<SoundBlock> {
  const { format, from, to } = dataOf(file);
  const { rate, channels, bytes, read } = format;
  const frames = Math.floor((to - from) / (bytes * channels));
  for (let first = 0; first < frames; first += blockFrames) {
    const samples = new Float32Array(Math.min(blockFrames, frames - first));
    let at = from + first * bytes * channels;
    for (let n = 0; n < samples.length; n++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++, at += bytes) sum += bounded(read(file, at));
      samples[n] = sum / channels;
    }
    yield { rate, samples };
  }
}

function dataOf(file: Buffer): { format: Format; from: number; to: number } {
  let format: Format | undefined;
  let at = 12;
  for (let chunk = 0; chunk < mostChunks && at + 8 <= file.length; chunk++) {
    const name = file.toString('latin1', at, at + 4);
    const length = file.readUInt32LE(at + 4);
    const body = at + 8;
    if (name === 'fmt ') {
      format = formatOf(file.subarray(body, body + length));
    } else if (name === 'data') {
      if (!format) throw new SoundError('its WAV header is out of order');
      // Programs that write to a pipe cannot know the length: what the file holds counts.
      return { format, from: body, to: Math.min(body + length, file.length) };
    }
    at = body + length + (length % 2);
  }
  throw new SoundError('it is a WAV file without sound');
}

function formatOf(chunk: Buffer): Format {
  if (chunk.length < 16) throw new SoundError('its WAV header is cut off');
  const tag = chunk.readUInt16LE(0);
  const kind = tag === extensible && chunk.length >= 26 ? chunk.readUInt16LE(24) : tag;
  const channels = chunk.readUInt16LE(2);
  const rate = chunk.readUInt32LE(4);
  const bits = chunk.readUInt16LE(14);
  if (channels < 1 || channels > mostChannels) throw new SoundError(`it has ${channels} channels`);
  if (rate < rates.least || rate > rates.most) throw new SoundError(`its sampling rate is ${rate} Hz`);
  const read = readers[`${kind}/${bits}`];
  if (!read) throw new SoundError(`its WAV format ${kind} with ${bits} bit is not known`);
  return { rate, channels, bytes: bits / 8, read };
}

const readers: Readonly<Record<string, Format['read']>> = {
  [`${pcm}/8`]: (file, at) => (file.readUInt8(at) - 128) / 128,
  [`${pcm}/16`]: (file, at) => file.readInt16LE(at) / 32_768,
  [`${pcm}/24`]: (file, at) => file.readIntLE(at, 3) / 8_388_608,
  [`${pcm}/32`]: (file, at) => file.readInt32LE(at) / 2_147_483_648,
  [`${floatingPoint}/32`]: (file, at) => file.readFloatLE(at),
  [`${floatingPoint}/64`]: (file, at) => file.readDoubleLE(at),
  [`${aLaw}/8`]: (file, at) => fromALaw(file.readUInt8(at)) / 32_768,
  [`${muLaw}/8`]: (file, at) => fromMuLaw(file.readUInt8(at)) / 32_768,
};

/** ITU-T G.711, table 1, as 16-bit samples. */
function fromALaw(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits >> 4) & 7;
  const step = ((bits & 15) << 4) + 8;
  const size = segment === 0 ? step : (step + 256) << (segment - 1);
  return bits & 0x80 ? size : -size;
}

/** ITU-T G.711, table 2, as 16-bit samples. */
function fromMuLaw(code: number): number {
  const bits = ~code & 0xff;
  const size = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
  return bits & 0x80 ? -size : size;
}

/** Floating point may be anything, also no number. */
function bounded(sample: number): number {
  return sample >= -loudestSample && sample <= loudestSample ? sample : 0;
}
