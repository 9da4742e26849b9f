// The codecs a phone can offer, behind one shape, so that sender and receiver know nothing about any of them.
import { G722Decoder, G722Encoder } from './g722.js';
import { alaw, decodeG711, encodeG711, ulaw } from './g711.js';
import { OpusDecoder, OpusEncoder } from './opus.js';
import type { Format } from './sdp.js';

export type CodecName = 'PCMU' | 'PCMA' | 'G722' | 'opus';

export interface Encoder {
  encode(samples: Int16Array): Buffer;
}

export interface Decoder {
  decode(payload: Uint8Array): Int16Array;
}

export interface Codec {
  readonly name: CodecName;
  /** Samples a second that go into the encoder. */
  readonly rate: number;
  /** Ticks a second of the RTP timestamp (G.722 runs at 16 kHz and counts 8 kHz, RFC 3551 §4.5.2). */
  readonly clockRate: number;
  readonly format: Format;
  /** Whether a frame can be coded without the ones before it. */
  readonly stateless: boolean;
  encoder(): Encoder;
  decoder(): Decoder;
}

export const codecs: Record<CodecName, Codec> = {
  PCMU: g711('PCMU', 0, ulaw),
  PCMA: g711('PCMA', 8, alaw),
  G722: {
    name: 'G722',
    rate: 16_000,
    clockRate: 8_000,
    format: { payloadType: 9, name: 'g722', clockRate: 8_000, channels: 1 },
    stateless: false,
    encoder: () => new G722Encoder(),
    decoder: () => new G722Decoder(),
  },
  opus: {
    name: 'opus',
    rate: 48_000,
    clockRate: 48_000,
    // RFC 7587 §7: always 48000 and 2 channels in the rtpmap, whatever is sent.
    format: { payloadType: 111, name: 'opus', clockRate: 48_000, channels: 2, parameters: 'useinbandfec=0' },
    stateless: false,
    encoder: () => new OpusEncoder(),
    decoder: () => new OpusDecoder(),
  },
};

function g711(
  name: 'PCMU' | 'PCMA',
  payloadType: number,
  table: { decoded: Int16Array; codes: Uint8Array },
): Codec {
  return {
    name,
    rate: 8_000,
    clockRate: 8_000,
    format: { payloadType, name: name.toLowerCase(), clockRate: 8_000, channels: 1 },
    stateless: true,
    encoder: () => ({ encode: (samples) => encodeG711(table.codes, samples) }),
    decoder: () => ({ decode: (payload) => decodeG711(table.decoded, payload) }),
  };
}

/** The codec of a format in a session description, or undefined when a phone does not speak it. */
export function codecOf(format: Format): Codec | undefined {
  return Object.values(codecs).find(
    (codec) => codec.format.name === format.name && codec.format.clockRate === format.clockRate,
  );
}
