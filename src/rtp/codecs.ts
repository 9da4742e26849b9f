// Which codecs a phone may speak, and what its audio is inside the box.

/** What is spoken between an ingress and a room, in rtpengine's spelling. */
export type InnerCodec = 'PCMU' | 'PCMA' | 'L16/16000' | 'L16/48000';

/** Samples a second of an inner codec. */
export function innerRate(codec: InnerCodec): number {
  return Number(codec.split('/')[1] ?? 8000);
}

/** What a recorder is sent: wide enough for every phone. */
export const recorderCodec: InnerCodec = 'L16/16000';

export interface PhoneCodec {
  /** As in the SDP, e.g. `G722`; compared without regard to case. */
  readonly name: string;
  /** Clock rate of the SDP, Hz (8000 for G722, RFC 3551). */
  readonly rate: number;
  readonly channels: number;
  /**
   * Measured with rtpengine 26.0: the phone's own codec costs no transcoding in the ingress (15 ms from phone to phone
   * with G.711); another sampling rate than the phone's costs 20 to 100 ms more. G722 and opus themselves cannot be
   * mixed: the player of the one runs at half the speed, that of the other chops what is played to one member.
   */
  readonly inner: InnerCodec;
  /** False: taken only when the phone knows nothing better. */
  readonly preferred: boolean;
  /** rtpengine's player can speak it (see `inner`). */
  readonly mixable: boolean;
  /** Lengths of a packet that rtpengine 26.0 really sends in it, ms (measured; it says every length in its SDP). */
  readonly packetsMs: readonly number[];
}

/** Whatever is a multiple of 10. */
const anyPacketMs = Array.from({ length: 12 }, (_, n) => 10 * (n + 1));

export const phoneCodecs: readonly PhoneCodec[] = [
  {
    name: 'PCMU',
    rate: 8000,
    channels: 1,
    inner: 'PCMU',
    preferred: true,
    mixable: true,
    packetsMs: anyPacketMs,
  },
  {
    name: 'PCMA',
    rate: 8000,
    channels: 1,
    inner: 'PCMA',
    preferred: true,
    mixable: true,
    packetsMs: anyPacketMs,
  },
  {
    name: 'G722',
    rate: 8000,
    channels: 1,
    inner: 'L16/16000',
    preferred: true,
    mixable: false,
    packetsMs: [20],
  },
  {
    name: 'opus',
    rate: 48000,
    channels: 2,
    inner: 'L16/16000',
    preferred: true,
    mixable: false,
    packetsMs: [10, 20, 40, 60],
  },
  { name: 'G729', rate: 8000, channels: 1, inner: 'PCMA', preferred: false, mixable: true, packetsMs: [20] },
  { name: 'GSM', rate: 8000, channels: 1, inner: 'PCMA', preferred: false, mixable: true, packetsMs: [20] },
];

/** Static payload types that may come without an rtpmap (RFC 3551, table 4). */
export const staticPayloads: Readonly<Record<number, { name: string; rate: number }>> = {
  0: { name: 'PCMU', rate: 8000 },
  3: { name: 'GSM', rate: 8000 },
  8: { name: 'PCMA', rate: 8000 },
  9: { name: 'G722', rate: 8000 },
  18: { name: 'G729', rate: 8000 },
};

/** The audio line of an offer of ours: payload types, rtpmaps and fmtps, in our order of preference. */
export const ourOffer = {
  payloads: [0, 8, 9, 96, 101, 102],
  lines: [
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:9 G722/8000',
    'a=rtpmap:96 opus/48000/2',
    'a=fmtp:96 useinbandfec=1',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=rtpmap:102 telephone-event/48000',
    'a=fmtp:102 0-15',
  ],
} as const;

export function findPhoneCodec(name: string, rate: number): PhoneCodec | undefined {
  return phoneCodecs.find((codec) => codec.name.toLowerCase() === name.toLowerCase() && codec.rate === rate);
}

/**
 * What is spoken between a phone and its room.
 * @param mostRate the highest sampling rate that the room wants, Hz; at 48,000 opus phones keep all that they say, for no
 * more CPU than at 16,000 (measured: 8 members, 0.14 cores)
 */
export function innerFor(codec: PhoneCodec, mostRate = 16_000): InnerCodec {
  if (codec.inner !== 'L16/16000') return codec.inner;
  if (mostRate < 16_000) return 'PCMU';
  return mostRate >= 48_000 && codec.rate === 48_000 ? 'L16/48000' : codec.inner;
}

/**
 * The length of the packets that a phone is sent, ms: what is wanted as near as its codec can do it, and never longer than
 * the phone takes.
 * @param most the phone's a=maxptime, ms
 */
export function packetMsFor(codec: PhoneCodec, wanted: number, most = Infinity): number {
  const possible = codec.packetsMs.filter((ms) => ms <= most);
  const off = (ms: number) => Math.abs(ms - wanted);
  return possible.reduce((best, ms) => (off(ms) < off(best) ? ms : best), possible[0] ?? 20);
}
