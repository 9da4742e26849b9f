// How loud a packet of RTP is, counted as FreeSWITCH's conference counts it: the mean of the absolute 16-bit samples.
// Pure, and made for one call per packet: the G.711 samples are looked up, not computed.
import { innerRate, type InnerCodec } from './codecs.js';

export interface Loudness {
  /** Mean absolute sample, 0..32767. */
  readonly energy: number;
  /** Length of the audio, ms. */
  readonly ms: number;
}

const headerBytes = 12;
/** Absolute samples of G.711 by its byte (ITU-T G.711, as the usual 16-bit expansion). */
const absoluteOf = { PCMU: g711Table(ulawSample), PCMA: g711Table(alawSample) };

/** undefined = no RTP, or RTP without audio. */
export function loudnessOf(packet: Uint8Array, codec: InnerCodec): Loudness | undefined {
  const audio = audioOf(packet);
  if (!audio) return undefined;
  const [start, end] = audio;
  let sum = 0;
  if (codec === 'L16/16000' || codec === 'L16/48000') {
    const samples = (end - start) >> 1;
    if (samples === 0) return undefined;
    for (let at = start; at + 1 < end; at += 2) {
      const sample = (((packet[at] ?? 0) << 24) >> 16) | (packet[at + 1] ?? 0);
      sum += sample < 0 ? -sample : sample;
    }
    return { energy: Math.round(sum / samples), ms: (1000 * samples) / innerRate(codec) };
  }
  const table = absoluteOf[codec];
  for (let at = start; at < end; at++) sum += table[packet[at] ?? 0] ?? 0;
  return { energy: Math.round(sum / (end - start)), ms: (end - start) / 8 };
}

/** Where the payload begins and ends (RFC 3550, 5.1); undefined = there is none. */
function audioOf(packet: Uint8Array): readonly [number, number] | undefined {
  const { length } = packet;
  const first = packet[0] ?? 0;
  if (length <= headerBytes || first >> 6 !== 2) return undefined;
  let start = headerBytes + 4 * (first & 0x0f);
  if (first & 0x10) start += 4 + 4 * (((packet[start + 2] ?? 0) << 8) | (packet[start + 3] ?? 0));
  const end = first & 0x20 ? length - (packet[length - 1] ?? 0) : length;
  return start < end ? [start, end] : undefined;
}

function g711Table(sampleOf: (byte: number) => number): Uint16Array {
  return Uint16Array.from({ length: 256 }, (_, byte) => Math.abs(sampleOf(byte)));
}

function ulawSample(byte: number): number {
  const bits = ~byte & 0xff;
  return (((bits & 0x0f) << 3) + 132) * 2 ** ((bits >> 4) & 7) - 132;
}

function alawSample(byte: number): number {
  const bits = byte ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = (bits & 0x0f) << 4;
  return exponent === 0 ? mantissa + 8 : (mantissa + 264) * 2 ** (exponent - 1);
}
