// Sound files for foreign phones, in the formats that they read.
import { codecs } from '../../phone/codecs.js';
import { dtmfSamples, toneSamples } from '../../phone/tones.js';

export interface PcmFormat {
  readonly rate: number;
  readonly channels: number;
}

/** One second of a tone as G.711, for sipp, which repeats it without a seam. */
export function toneG711(codec: 'PCMU' | 'PCMA', hz: number, level = 3000): Buffer {
  return codecs[codec].encoder().encode(toneSamples([hz], level, 8000, 8000));
}

/** Digits as tones in PCMU, with silence before and after. */
export function digitsG711(digits: string): Buffer {
  return codecs.PCMU.encoder().encode(digitTones(digits, 8000));
}

function digitTones(digits: string, rate: number): Int16Array {
  const tones = dtmfSamples(digits, { durationMs: 100, gapMs: 100, level: 3000, rate });
  const silence = Math.round(rate / 2);
  const all = new Int16Array(tones.length + 2 * silence);
  all.set(tones, silence);
  return all;
}

/** A tone for so long, for a phone that does not repeat what it plays. */
export function longTone(hz: number, rate: number, seconds: number, level = 3000): Int16Array {
  return toneSamples([hz], level, rate, rate * seconds);
}

/** A WAV of 16-bit PCM with the same sound in every channel. */
export function wavOf(samples: Int16Array, { rate, channels }: PcmFormat): Buffer {
  const file = Buffer.alloc(44 + samples.length * 2 * channels);
  file.write('RIFF', 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(channels, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2 * channels, 28);
  file.writeUInt16LE(2 * channels, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(file.length - 44, 40);
  samples.forEach((sample, n) => {
    for (let channel = 0; channel < channels; channel++)
      file.writeInt16LE(sample, 44 + (n * channels + channel) * 2);
  });
  return file;
}
