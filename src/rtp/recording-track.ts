// The packets of one recording laid on the axis of time, pure: early, late, lost and doubled ones, and a stream that ends
// while the next begins (a room call that is replaced, an rtpengine that was restarted). Each stream keeps the place that
// the most punctual of its first packets had by the clock and goes on by its own time stamps; where streams overlap they
// are added.
import { recorderPayload } from './phone-sdp.js';

/** Hz */
export const recordingRate = 16_000;
const perMs = recordingRate / 1000;
/** Sound that waits to be taken, at most, ms: so long a storage may take no writes before something is lost. */
const windowMs = 10_000;
/**
 * A stream whose packets come later than this gets a new place, ms; but not before it was so for a second: what waited in
 * the socket while this thread did not run comes late all at once, and belongs where it says.
 */
const strayMs = 500;
const strayedMs = 1000;
/** Two are there while a room call is replaced; a stranger who sends more gains nothing. */
const mostStreams = 4;
/** How long a new stream is watched before it gets its place, ms: its first packet may be late on a busy machine. */
const settleMs = 100;
/** A packet from so far in the future says that the place of its stream is wrong, ms. */
const futureMs = 20;
/** Packets looked back at for doubles. */
const remembered = 64;

interface Stream {
  /** Sample of the recording at which time stamp 0 would lie. */
  offset: number;
  /** Time stamp of the last packet, not folded at 2^32. */
  timestamp: number;
  readonly recent: Int32Array;
  /** When its first and its last packet came, ms. */
  readonly begunAt: number;
  at: number;
  /** Since when it is late, ms. */
  lateSince: number | undefined;
  /** Packets that wait for the place of the stream; undefined = it has one. */
  waiting: { readonly timestamp: number; readonly payload: Buffer }[] | undefined;
}

export class RecordingTrack {
  private readonly startedAt: number;
  private readonly ring = new Int16Array(windowMs * perMs);
  private readonly streams = new Map<number, Stream>();
  /** Samples taken so far. */
  private taken = 0;

  /** @param startedAt ms of whatever clock `now` below is of; sample 0 */
  constructor(startedAt: number) {
    this.startedAt = startedAt;
  }

  /** Samples taken so far. */
  get length(): number {
    return this.taken;
  }

  /**
   * One datagram as it came; what is no packet for a recorder is passed over.
   * @param now ms
   */
  accept(packet: Buffer, now: number): void {
    const rtp = readRtp(packet);
    if (!rtp) return;
    // What came now was said before.
    const byClock = this.sampleAt(now) - (rtp.payload.length >> 1);
    const stream = this.streamOf(rtp.ssrc, rtp.timestamp, byClock, now);
    if (!stream) return;
    if (stream.recent[rtp.sequence % remembered] === rtp.sequence) return;
    stream.recent[rtp.sequence % remembered] = rtp.sequence;
    stream.at = now;
    stream.timestamp += (rtp.timestamp - stream.timestamp) | 0;
    const { timestamp } = stream;
    const ahead = stream.offset + timestamp - byClock;
    if (stream.waiting) {
      if (ahead > 0) stream.offset -= ahead;
      stream.waiting.push({ timestamp, payload: rtp.payload });
      if (now - stream.begunAt >= settleMs || stream.waiting.length >= remembered) this.settle(stream);
      return;
    }
    stream.lateSince = ahead < -strayMs * perMs ? (stream.lateSince ?? now) : undefined;
    const strayed = stream.lateSince !== undefined && now - stream.lateSince >= strayedMs;
    if (strayed || ahead > futureMs * perMs) stream.offset -= ahead;
    this.place(stream.offset + timestamp, rtp.payload);
  }

  /**
   * What is to be written now, as 16-bit little-endian samples; nothing came = silence. At most 10 s: ask again.
   * @param until ms; sound that belongs before it and comes later is lost
   */
  take(until: number): Buffer {
    for (const stream of this.streams.values()) if (stream.begunAt <= until) this.settle(stream);
    const count = Math.max(0, Math.min(this.sampleAt(until) - this.taken, this.ring.length));
    const samples = Buffer.allocUnsafe(2 * count);
    for (let n = 0; n < count; n++) {
      const index = (this.taken + n) % this.ring.length;
      samples.writeInt16LE(this.ring[index]!, 2 * n);
      this.ring[index] = 0;
    }
    this.taken += count;
    return samples;
  }

  private sampleAt(now: number): number {
    return Math.round((now - this.startedAt) * perMs);
  }

  private streamOf(ssrc: number, timestamp: number, byClock: number, now: number): Stream | undefined {
    const known = this.streams.get(ssrc);
    if (known) return known;
    for (const [id, { at }] of this.streams) if (now - at > windowMs) this.streams.delete(id);
    if (this.streams.size >= mostStreams) return undefined;
    const recent = new Int32Array(remembered).fill(-1);
    const offset = byClock - timestamp;
    const times = { begunAt: now, at: now, lateSince: undefined };
    const stream: Stream = { offset, timestamp, recent, ...times, waiting: [] };
    this.streams.set(ssrc, stream);
    return stream;
  }

  private settle(stream: Stream): void {
    for (const { timestamp, payload } of stream.waiting ?? []) this.place(stream.offset + timestamp, payload);
    stream.waiting = undefined;
  }

  private place(start: number, payload: Buffer): void {
    for (let n = 0; 2 * n + 1 < payload.length; n++) {
      const at = start + n;
      if (at < this.taken || at >= this.taken + this.ring.length) continue;
      const index = at % this.ring.length;
      const sum = this.ring[index]! + payload.readInt16BE(2 * n);
      this.ring[index] = Math.max(-32_768, Math.min(32_767, sum));
    }
  }
}

interface Rtp {
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
}

/** RFC 3550, 5.1; undefined for anything but a whole packet of the recorder's payload type. */
function readRtp(packet: Buffer): Rtp | undefined {
  if (packet.length < 12 || packet[0]! >> 6 !== 2 || (packet[1]! & 0x7f) !== recorderPayload)
    return undefined;
  let start = 12 + 4 * (packet[0]! & 0x0f);
  if ((packet[0]! & 0x10) !== 0) {
    if (packet.length < start + 4) return undefined;
    start += 4 + 4 * packet.readUInt16BE(start + 2);
  }
  const padding = (packet[0]! & 0x20) !== 0 ? packet[packet.length - 1]! : 0;
  const end = packet.length - padding;
  if (start > end) return undefined;
  return {
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    payload: packet.subarray(start, end),
  };
}
