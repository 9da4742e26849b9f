// What a phone receives as RTP: statistics of every packet, and the packets of the last seconds as they came. They are
// decoded only when somebody measures or waits, so a phone that only receives costs almost nothing.
import type { Codec, Decoder } from './codecs.js';
import { amplitude, type Peak, rms, strongest, windowed } from './goertzel.js';
import { now, rtpClock } from './rtp-clock.js';
import { digitsOfEvents } from './rtp-sender.js';

/** One audio packet in the ring. */
export interface RxPacket {
  /** When it came, ms of `now()`. */
  readonly arrival: number;
  readonly ssrc: number;
  /** Sequence number, extended past 16 bits. */
  readonly sequence: number;
  readonly timestamp: number;
  readonly codec: Codec;
  readonly payload: Buffer;
  samples?: Int16Array;
}

export interface RxDigit {
  readonly digit: string;
  /** When its first packet came, ms of `now()`. */
  readonly at: number;
  /** By the latest packet of the event, ms. */
  durationMs: number;
}

export interface RxStats {
  packets: number;
  octets: number;
  /** Packets of each payload type. */
  payloadTypes: Record<number, number>;
  /** Distinct streams. */
  ssrcs: Set<number>;
  /** Sequence numbers that never came (yet). */
  missing: number;
  duplicates: number;
  /** Packets that came after a later one. */
  reordered: number;
  /** Consecutive audio packets whose timestamps differ by something other than the samples between them. */
  timestampJumps: number;
  /** Longest time between two packets, ms. */
  longestGapMs: number;
  authenticationFailures: number;
  /** Packets that were no RTP or had an unknown payload type. */
  unknown: number;
}

interface Source {
  base: number;
  highest: number;
  received: number;
  /** Extended sequence numbers of the last 1024 packets, by their low bits. */
  readonly seen: Float64Array;
  last: { sequence: number; timestamp: number; ticks: number } | undefined;
  jitter: number;
  transit: number;
}

interface Waiter {
  check(): void;
}

function emptyStats(): RxStats {
  return {
    packets: 0,
    octets: 0,
    payloadTypes: {},
    ssrcs: new Set(),
    missing: 0,
    duplicates: 0,
    reordered: 0,
    timestampJumps: 0,
    longestGapMs: 0,
    authenticationFailures: 0,
    unknown: 0,
  };
}

/** Frames a decoder with memory is fed before the first one that counts, about 240 ms. */
const preroll = 12;

export class RtpReceiver {
  stats = emptyStats();
  /** Telephone events received since the last `resetStats`. */
  digits: RxDigit[] = [];
  lastArrival = 0;
  /** How much of the past is kept, ms. */
  keepMs = 10_000;
  private formats = new Map<number, Codec>();
  private events = new Map<number, number>();
  private ring: RxPacket[] = [];
  private sources = new Map<number, Source>();
  private readonly waiters = new Set<Waiter>();
  private decoder: { codec: Codec; decoder: Decoder; ssrc: number; next: number } | undefined;
  private eventTimestamp = -1;

  /** Which payload types mean which codec, and which are telephone events of which clock rate. */
  setFormats(formats: Map<number, Codec>, events: Map<number, number>): void {
    this.formats = formats;
    this.events = events;
  }

  resetStats(): void {
    this.stats = emptyStats();
    this.digits = [];
    this.sources.clear();
    this.lastArrival = 0;
  }

  /** Takes one RTP packet (already decrypted). */
  push(packet: Buffer, arrival = now()): void {
    const { stats } = this;
    if (packet.length < 12 || packet[0]! >> 6 !== 2) {
      stats.unknown++;
      return;
    }
    let offset = 12 + (packet[0]! & 0x0f) * 4;
    if (packet[0]! & 0x10 && packet.length >= offset + 4) offset += 4 + packet.readUInt16BE(offset + 2) * 4;
    const padding = packet[0]! & 0x20 ? packet[packet.length - 1]! : 0;
    if (packet.length - padding < offset) {
      stats.unknown++;
      return;
    }
    const payload = packet.subarray(offset, packet.length - padding);
    const type = packet[1]! & 0x7f;
    const timestamp = packet.readUInt32BE(4);
    const ssrc = packet.readUInt32BE(8);
    stats.packets++;
    stats.octets += payload.length;
    stats.payloadTypes[type] = (stats.payloadTypes[type] ?? 0) + 1;
    stats.ssrcs.add(ssrc);
    if (this.lastArrival > 0) stats.longestGapMs = Math.max(stats.longestGapMs, arrival - this.lastArrival);
    this.lastArrival = arrival;

    const source = this.sources.get(ssrc) ?? newSource(packet.readUInt16BE(2));
    if (source.received === 0) this.sources.set(ssrc, source);
    const sequence = this.count(source, packet.readUInt16BE(2));
    const codec = this.formats.get(type);
    const eventRate = this.events.get(type);
    if (eventRate !== undefined) this.pushEvent(payload, timestamp, eventRate, arrival);
    else if (!codec) stats.unknown++;
    else if (sequence !== undefined) {
      const ticks = codec.stateless ? payload.length : 0;
      this.checkTimestamp(source, sequence, timestamp, ticks, codec.clockRate, arrival);
      this.ring.push({ arrival, ssrc, sequence, timestamp, codec, payload });
      if (this.ring.length > 64 && this.ring[32]!.arrival < arrival - this.keepMs) this.ring.splice(0, 32);
    }
    for (const waiter of this.waiters) waiter.check();
  }

  /** Counts a sequence number; its extended form, or undefined for a duplicate. */
  private count(source: Source, low: number): number | undefined {
    const delta = ((low - (source.highest & 0xffff) + 0x18000) & 0xffff) - 0x8000;
    const sequence = source.highest + delta;
    const slot = sequence & 1023;
    if (source.received > 0 && source.seen[slot] === sequence) {
      this.stats.duplicates++;
      return undefined;
    }
    source.seen[slot] = sequence;
    if (delta < 0) this.stats.reordered++;
    const before = source.highest - source.base + 1 - source.received;
    source.highest = Math.max(source.highest, sequence);
    source.base = Math.min(source.base, sequence);
    source.received++;
    const after = source.highest - source.base + 1 - source.received;
    this.stats.missing += after - (source.received === 1 ? 0 : before);
    return sequence;
  }

  private checkTimestamp(
    source: Source,
    sequence: number,
    timestamp: number,
    ticks: number,
    clockRate: number,
    arrival: number,
  ): void {
    const { last } = source;
    if (last && sequence === last.sequence + 1) {
      const step = (timestamp - last.timestamp) >>> 0;
      // A codec of variable frames has as many ticks as the packet before.
      const expected = last.ticks || step;
      if (step !== expected) this.stats.timestampJumps++;
      if (ticks === 0) ticks = last.ticks || (step <= clockRate / 8 ? step : 0);
    }
    if (!last || sequence > last.sequence) source.last = { sequence, timestamp, ticks };
    // Interarrival jitter in ticks, RFC 3550 appendix A.8.
    const transit = (arrival * clockRate) / 1000 - timestamp;
    if (last) source.jitter += (Math.abs(transit - source.transit) - source.jitter) / 16;
    source.transit = transit;
  }

  private pushEvent(payload: Buffer, timestamp: number, rate: number, arrival: number): void {
    if (payload.length < 4) return;
    const durationMs = (payload.readUInt16BE(2) * 1000) / rate;
    if (timestamp === this.eventTimestamp) {
      const digit = this.digits.at(-1);
      if (digit) digit.durationMs = Math.max(digit.durationMs, durationMs);
      return;
    }
    this.eventTimestamp = timestamp;
    this.digits.push({ digit: digitsOfEvents[payload[0]!] ?? `?${payload[0]}`, at: arrival, durationMs });
  }

  /** What a receiver report says of the stream received last, or undefined when there is none. */
  report(): { ssrc: number; missing: number; highest: number; jitter: number } | undefined {
    const ssrc = this.ring.at(-1)?.ssrc;
    const source = ssrc === undefined ? undefined : this.sources.get(ssrc);
    if (ssrc === undefined || !source) return undefined;
    const missing = Math.max(0, source.highest - source.base + 1 - source.received);
    return { ssrc, missing, highest: source.highest >>> 0, jitter: Math.round(source.jitter) };
  }

  /** The packets kept, oldest first, in the order they came. */
  get packets(): readonly RxPacket[] {
    return this.ring;
  }

  /**
   * The audio of the last `ms` up to `end` as a phone without a jitter buffer would have played it: 16-bit samples,
   * lost packets and times without packets are silence.
   */
  window(ms: number, end = now()): { samples: Int16Array; rate: number } {
    const from = end - ms;
    let first = this.ring.length;
    while (first > 0 && this.ring[first - 1]!.arrival > from - 300) first--;
    const recent = sortRuns(this.ring.slice(first).filter((packet) => packet.arrival <= end));
    const newest = recent.at(-1);
    const rate = newest?.codec.rate ?? 8_000;
    const out = new Int16Array(Math.round((ms * rate) / 1000));
    if (!newest) return { samples: out, rate };
    this.decode(recent);
    let position = out.length;
    const newestMs = (newest.samples!.length * 1000) / rate;
    const quietMs = Math.min(end, rtpClock.readUpTo) - newest.arrival;
    if (quietMs > 3 * newestMs) position -= Math.round(((quietMs - newestMs) * rate) / 1000);
    for (let i = recent.length - 1; i >= 0 && position > 0; i--) {
      const packet = recent[i]!;
      const samples = packet.codec.rate === rate ? packet.samples! : new Int16Array(0);
      const start = position - samples.length;
      if (start >= 0) out.set(samples, start);
      else out.set(samples.subarray(-start), 0);
      position = start;
      const before = recent[i - 1];
      if (before) position -= gapSamples(before, packet);
    }
    return { samples: out, rate };
  }

  /** Decodes what is not decoded yet; a codec with memory is fed in order, with some frames before the first. */
  decode(packets: readonly RxPacket[]): void {
    for (const packet of packets) {
      if (packet.samples) continue;
      const { codec, ssrc, sequence } = packet;
      if (codec.stateless) {
        packet.samples = (
          this.decoder?.codec === codec ? this.decoder : this.freshDecoder(packet)
        ).decoder.decode(packet.payload);
        continue;
      }
      const known = this.decoder;
      if (
        known?.codec !== codec ||
        known.ssrc !== ssrc ||
        known.next > sequence ||
        sequence - known.next > 3
      ) {
        const fresh = this.freshDecoder(packet);
        const at = this.ring.indexOf(packet);
        for (const earlier of this.ring.slice(Math.max(0, at - preroll), Math.max(0, at))) {
          if (earlier.ssrc === ssrc && earlier.codec === codec) fresh.decoder.decode(earlier.payload);
        }
      }
      packet.samples = this.decoder!.decoder.decode(packet.payload);
      this.decoder!.next = sequence + 1;
    }
  }

  private freshDecoder({ codec, ssrc, sequence }: RxPacket): NonNullable<typeof this.decoder> {
    this.decoder = { codec, decoder: codec.decoder(), ssrc, next: sequence };
    return this.decoder;
  }

  /** Peak amplitude of a tone over the last `ms`: a tone sent with 3000 and received unchanged measures 3000. */
  level(hz: number, { ms = 500, end }: { ms?: number; end?: number } = {}): number {
    return this.levels([hz], { ms, end })[0]!;
  }

  /** `level` of many tones in the same window. */
  levels(
    hz: readonly number[],
    { ms = 500, end = now() }: { ms?: number; end?: number | undefined } = {},
  ): number[] {
    const { samples, rate } = this.window(ms, end);
    const input = windowed(samples);
    return hz.map((one) => amplitude(input, one, rate));
  }

  /** Levels by frequency, for messages and deep comparison. */
  tones(hz: readonly number[], options: { ms?: number; end?: number } = {}): Record<number, number> {
    const levels = this.levels(hz, options);
    return Object.fromEntries(hz.map((one, i) => [one, Math.round(levels[i]!)]));
  }

  rms({ ms = 500 } = {}): number {
    return rms(this.window(ms).samples);
  }

  strongest(count = 5, { ms = 500 } = {}): Peak[] {
    const { samples, rate } = this.window(ms);
    return strongest(samples, rate, count);
  }

  /** What is heard now, for a message: the loudest frequencies, the level and when a packet last came. */
  describe(): string {
    const peaks = this.strongest().map(({ hz, level }) => `${hz} Hz: ${Math.round(level)}`);
    const since =
      this.lastArrival === 0
        ? 'no packet at all'
        : `last packet ${Math.round(now() - this.lastArrival)} ms ago`;
    return `heard ${peaks.join(', ') || 'no tone'}; rms ${Math.round(this.rms())}; ${this.stats.packets} packets, ${since}`;
  }

  /** Calls `check` on each packet and 20 times a second until the returned function is called. */
  watch(check: () => void): () => void {
    const waiter = { check };
    this.waiters.add(waiter);
    const timer = setInterval(check, 50);
    return () => {
      this.waiters.delete(waiter);
      clearInterval(timer);
    };
  }
}

function newSource(low: number): Source {
  return {
    base: low,
    highest: low,
    received: 0,
    seen: new Float64Array(1024).fill(-1e9),
    last: undefined,
    jitter: 0,
    transit: 0,
  };
}

/** Puts the packets of each unbroken run of one stream into their order. */
function sortRuns(packets: RxPacket[]): RxPacket[] {
  for (let i = 1; i < packets.length; i++) {
    const packet = packets[i]!;
    let j = i;
    while (j > 0 && packets[j - 1]!.ssrc === packet.ssrc && packets[j - 1]!.sequence > packet.sequence) {
      packets[j] = packets[j - 1]!;
      j--;
    }
    packets[j] = packet;
  }
  return packets;
}

/** Samples of silence between two packets: by their timestamps in one stream, by their arrival across streams. */
function gapSamples(before: RxPacket, packet: RxPacket): number {
  const { rate, clockRate } = packet.codec;
  const length = before.samples!.length;
  if (before.ssrc === packet.ssrc && before.codec === packet.codec) {
    const gap = (((packet.timestamp - before.timestamp) | 0) * rate) / clockRate - length;
    return gap > 0 && gap < rate * 10 ? Math.round(gap) : 0;
  }
  const gap = ((packet.arrival - before.arrival) * rate) / 1000 - length;
  return gap > length ? Math.round(gap) : 0;
}
