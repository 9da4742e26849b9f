// SRTP and SRTCP with AES_CM_128_HMAC_SHA1_80 (RFC 3711), one key for one direction, as SDES exchanges it (RFC 4568).
import { createCipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export const srtpSuite = 'AES_CM_128_HMAC_SHA1_80';
const tagLength = 10;

/** A fresh master key (16 bytes) and salt (14 bytes) in one. */
export function newSrtpKey(): Buffer {
  return randomBytes(30);
}

/** RFC 3711 §4.3: the key stream of the master key at label · salt. The key derivation rate is 0. */
export function deriveKey(master: Buffer, label: number, length: number): Buffer {
  const iv = Buffer.alloc(16);
  master.copy(iv, 0, 16, 30);
  iv[7]! ^= label;
  return createCipheriv('aes-128-ctr', master.subarray(0, 16), iv).update(Buffer.alloc(length));
}

interface SessionKeys {
  readonly cipher: Buffer;
  readonly auth: Buffer;
  readonly salt: Buffer;
}

interface Stream {
  roc: number;
  /** Highest sequence number seen or sent. */
  sequence: number;
}

export class Srtp {
  /** Packets whose tag was wrong. */
  failures = 0;
  private readonly rtp: SessionKeys;
  private readonly rtcp: SessionKeys;
  private readonly streams = new Map<number, Stream>();
  private rtcpIndex = 0;

  constructor(readonly master: Buffer) {
    if (master.length !== 30) throw new Error(`an SRTP key has 30 bytes, not ${master.length}`);
    const keys = (label: number): SessionKeys => ({
      cipher: deriveKey(master, label, 16),
      auth: deriveKey(master, label + 1, 20),
      salt: deriveKey(master, label + 2, 14),
    });
    this.rtp = keys(0);
    this.rtcp = keys(3);
  }

  /** The encrypted packet. Each SSRC's packets must come in the order of their sequence numbers. */
  protect(packet: Buffer): Buffer {
    const sequence = packet.readUInt16BE(2);
    const ssrc = packet.readUInt32BE(8);
    const stream = this.stream(ssrc, sequence);
    if (sequence < stream.sequence) stream.roc++;
    stream.sequence = sequence;
    const header = headerLength(packet);
    const body = crypt(this.rtp, ssrc, stream.roc, sequence, packet.subarray(header));
    const head = packet.subarray(0, header);
    return Buffer.concat([head, body, tag(this.rtp, [head, body], stream.roc)]);
  }

  /** The decrypted packet, or undefined when its tag is wrong (counted). */
  unprotect(packet: Buffer): Buffer | undefined {
    if (packet.length < 12 + tagLength) return this.fail();
    const sequence = packet.readUInt16BE(2);
    const ssrc = packet.readUInt32BE(8);
    const known = this.streams.get(ssrc) ?? { roc: 0, sequence };
    // RFC 3711 §3.3.1: the roll-over count that puts the packet nearest to the latest one.
    let { roc } = known;
    if (known.sequence < 0x8000 && sequence - known.sequence > 0x8000) roc--;
    else if (known.sequence >= 0x8000 && known.sequence - 0x8000 > sequence) roc++;
    const end = packet.length - tagLength;
    const header = headerLength(packet);
    if (roc < 0 || header > end) return this.fail();
    const expected = tag(this.rtp, [packet.subarray(0, end)], roc);
    if (!timingSafeEqual(expected, packet.subarray(end))) return this.fail();
    if (roc > known.roc || (roc === known.roc && sequence > known.sequence)) {
      known.roc = roc;
      known.sequence = sequence;
    }
    this.streams.set(ssrc, known);
    const body = crypt(this.rtp, ssrc, roc, sequence, packet.subarray(header, end));
    return Buffer.concat([packet.subarray(0, header), body]);
  }

  protectRtcp(packet: Buffer): Buffer {
    const index = this.rtcpIndex++ & 0x7fffffff;
    const ssrc = packet.readUInt32BE(4);
    const body = crypt(this.rtcp, ssrc, index >>> 16, index & 0xffff, packet.subarray(8));
    const trailer = Buffer.alloc(4);
    trailer.writeUInt32BE((0x80000000 | index) >>> 0);
    const parts = [packet.subarray(0, 8), body, trailer];
    return Buffer.concat([...parts, tag(this.rtcp, parts)]);
  }

  unprotectRtcp(packet: Buffer): Buffer | undefined {
    const end = packet.length - tagLength - 4;
    if (end < 8) return this.fail();
    const expected = tag(this.rtcp, [packet.subarray(0, end + 4)]);
    if (!timingSafeEqual(expected, packet.subarray(end + 4))) return this.fail();
    const trailer = packet.readUInt32BE(end);
    const plain = packet.subarray(8, end);
    if (trailer < 0x80000000) return packet.subarray(0, end);
    const index = trailer & 0x7fffffff;
    const body = crypt(this.rtcp, packet.readUInt32BE(4), index >>> 16, index & 0xffff, plain);
    return Buffer.concat([packet.subarray(0, 8), body]);
  }

  private fail(): undefined {
    this.failures++;
    return undefined;
  }

  private stream(ssrc: number, sequence: number): Stream {
    let stream = this.streams.get(ssrc);
    if (!stream) {
      stream = { roc: 0, sequence };
      this.streams.set(ssrc, stream);
    }
    return stream;
  }
}

function headerLength(packet: Buffer): number {
  const length = 12 + (packet[0]! & 0x0f) * 4;
  if (!(packet[0]! & 0x10) || packet.length < length + 4) return Math.min(length, packet.length);
  return Math.min(length + 4 + packet.readUInt16BE(length + 2) * 4, packet.length);
}

/** RFC 3711 §4.1.1: counter mode from salt, SSRC and the 48-bit packet index (roll-over count and sequence). */
function crypt(keys: SessionKeys, ssrc: number, high: number, low: number, data: Buffer): Buffer {
  const iv = Buffer.alloc(16);
  keys.salt.copy(iv);
  iv.writeUInt32BE((iv.readUInt32BE(4) ^ ssrc) >>> 0, 4);
  iv.writeUInt32BE((iv.readUInt32BE(8) ^ high) >>> 0, 8);
  iv.writeUInt16BE(iv.readUInt16BE(12) ^ low, 12);
  return createCipheriv('aes-128-ctr', keys.cipher, iv).update(data);
}

function tag(keys: SessionKeys, parts: readonly Buffer[], roc?: number): Buffer {
  const hmac = createHmac('sha1', keys.auth);
  for (const part of parts) hmac.update(part);
  if (roc !== undefined) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(roc);
    hmac.update(bytes);
  }
  return hmac.digest().subarray(0, tagLength);
}
