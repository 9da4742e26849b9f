// What a phone sends as RTP (RFC 3550): a packet every ptime with a tone, silence or a recording, telephone events in
// place of audio while a digit is pressed (RFC 4733), and on request the faults of a bad network. Tones are encoded once
// and sent from memory, which keeps a sending phone at a few microseconds a packet.
import { randomBytes } from 'node:crypto';

import type { Codec, Encoder } from './codecs.js';
import { type ClockTask, now, rtpClock } from './rtp-clock.js';
import { resample, toneSamples } from './tones.js';

/** Faults put on the way of what is sent. Random, but the same for the same seed. */
export interface Impairment {
  /** Packets lost, %. */
  lossPercent?: number;
  /** Each packet is late by 0 to this, ms; packets keep their order unless `reorder`. */
  jitterMs?: number;
  reorder?: boolean;
  /** Packets sent twice, %. */
  duplicatePercent?: number;
  /** How much faster (+) or slower (-) than true the phone's clock runs, parts per million. */
  skewPpm?: number;
  seed?: number;
}

interface Loop {
  /** Frames from a fresh encoder, sent once. */
  readonly intro: readonly Buffer[];
  /** Frames of a settled encoder, repeated. */
  readonly loop: readonly Buffer[];
}

interface Playing {
  readonly samples: Int16Array;
  readonly encoder: Encoder;
  position: number;
  readonly done: () => void;
}

interface Event {
  readonly code: number;
  readonly durationTicks: number;
  readonly gapTicks: number;
  ticksDone: number;
  startTimestamp: number;
  begun: boolean;
  readonly done: () => void;
}

const loops = new Map<string, Loop>();
export const digitsOfEvents = '0123456789*#ABCD';

/**
 * One second of a tone as encoded frames, shared by all senders of the process. Making one takes 5 ms of G.711, 30 to
 * 60 ms of G.722 and 20 ms of Opus (the first one 400 ms), during which nothing is sent: phones make theirs when they start.
 */
export function toneLoop(codec: Codec, hz: readonly number[], level: number, ptime: number): Loop {
  const name = `${codec.name} ${ptime} ${level} ${hz.join(',')}`;
  let made = loops.get(name);
  if (!made) {
    const frame = (codec.rate * ptime) / 1000;
    const frames = Math.round(1000 / ptime);
    const samples = toneSamples(hz, level, codec.rate, frames * frame);
    const encoder = codec.encoder();
    const pass = (): Buffer[] =>
      Array.from({ length: frames }, (_, i) => encoder.encode(samples.subarray(i * frame, (i + 1) * frame)));
    const intro = pass();
    made = { intro, loop: codec.stateless ? intro : pass() };
    if (loops.size >= 400) loops.clear();
    loops.set(name, made);
  }
  return made;
}

export class RtpSender implements ClockTask {
  nextAt = 0;
  readonly ssrc = randomBytes(4).readUInt32BE();
  packetsSent = 0;
  octetsSent = 0;
  /** Send nothing at all, as a phone whose microphone stream is stopped. */
  muted = false;
  /** Whether the session lets us send. */
  allowed = false;
  impairment: Impairment = {};
  /** Encrypts a packet before it goes. */
  protect: ((packet: Buffer) => Buffer) | undefined;
  /** The latest packet's timestamp and when it went, for sender reports. */
  lastTimestamp = 0;
  lastSentAt = 0;
  private sequence = randomBytes(2).readUInt16BE();
  private timestamp = randomBytes(4).readUInt32BE();
  private marker = true;
  private codec: Codec | undefined;
  private payloadType = 0;
  private eventType: number | undefined;
  private eventRate = 8_000;
  private hz: readonly number[] = [];
  private level = 3_000;
  private loop: Loop | undefined;
  private frame = 0;
  private playing: Playing | undefined;
  private live: { readonly encoder: Encoder; second: Int16Array } | undefined;
  private readonly events: Event[] = [];
  private firstFrame: ((at: number) => void)[] = [];
  private random = 1;
  private lastDelayUntil = 0;
  private running = false;
  private readonly waiting: Buffer[] = [];
  private readonly delayed = new Set<NodeJS.Timeout>();

  constructor(
    private readonly transmit: (packet: Buffer) => void,
    private readonly ptime: number,
  ) {}

  start(): void {
    if (this.running) return;
    this.running = true;
    this.random = this.impairment.seed ?? 1;
    rtpClock.add(this, this.ptime);
  }

  stop(): void {
    this.running = false;
    rtpClock.remove(this);
    for (const timer of this.delayed) clearTimeout(timer);
    this.delayed.clear();
    this.playing?.done();
    this.playing = undefined;
    for (const event of this.events.splice(0)) event.done();
    for (const first of this.firstFrame.splice(0)) first(now());
  }

  /** Codec and payload types the session agreed on. */
  setFormat(codec: Codec, payloadType: number, event?: { payloadType: number; clockRate: number }): void {
    this.payloadType = payloadType;
    this.eventType = event?.payloadType;
    this.eventRate = event?.clockRate ?? codec.clockRate;
    if (codec === this.codec) return;
    this.codec = codec;
    this.encodeTone();
  }

  get canSendEvents(): boolean {
    return this.eventType !== undefined;
  }

  get tone(): readonly number[] {
    return this.hz;
  }

  /**
   * Sends these tones from the next packet on; none is silence. Resolves with the time that packet was sent, ms of
   * `now()` (also while muted: then with the time it would have been).
   */
  setTone(hz: readonly number[], level = this.level): Promise<number> {
    this.hz = hz.map(Math.round);
    this.level = level;
    this.encodeTone();
    return new Promise((resolve) => (this.running ? this.firstFrame.push(resolve) : resolve(now())));
  }

  /**
   * From now on one encoder codes all that is sent, as in a real phone. A G.722 decoder is loud for a moment when a
   * fresh encoder takes over, which happens otherwise with each tone and sound. Costs 3 % of a core with G.722.
   */
  useOneEncoder(): void {
    if (!this.codec) throw new Error('nothing is agreed to send yet');
    this.live = { encoder: this.codec.encoder(), second: new Int16Array(0) };
    this.encodeTone();
  }

  private encodeTone(): void {
    if (this.live && this.codec) {
      const { rate } = this.codec;
      this.live.second = toneSamples(this.hz, this.level, rate, rate);
    } else if (this.codec) this.loop = toneLoop(this.codec, this.hz, this.level, this.ptime);
    this.frame = 0;
  }

  /** Sends these samples once in place of the tone; resolves when the last one is sent. */
  play(samples: Int16Array, rate: number): Promise<void> {
    if (!this.codec) return Promise.reject(new Error('nothing is agreed to send yet'));
    this.playing?.done();
    const { codec } = this;
    return new Promise((done) => {
      this.playing = {
        samples: resample(samples, rate, codec.rate),
        encoder: this.live?.encoder ?? codec.encoder(),
        position: 0,
        done,
      };
    });
  }

  /** Presses a digit by telephone events; resolves when it and the gap after it are over. */
  pressEvent(digit: string, durationMs: number, gapMs: number): Promise<void> {
    const code = digitsOfEvents.indexOf(digit.toUpperCase());
    if (code < 0 || digit.length !== 1) return Promise.reject(new Error(`no digit: ${digit}`));
    if (this.eventType === undefined) return Promise.reject(new Error('telephone events were not agreed on'));
    return new Promise((done) => {
      this.events.push({
        code,
        durationTicks: Math.max(1, Math.round(durationMs / this.ptime)),
        gapTicks: Math.round(gapMs / this.ptime),
        ticksDone: 0,
        startTimestamp: 0,
        begun: false,
        done,
      });
    });
  }

  tick(at: number): void {
    this.nextAt += this.ptime / (1 + (this.impairment.skewPpm ?? 0) / 1e6);
    const { codec } = this;
    if (!codec) return;
    const event = this.events[0];
    const quiet = this.muted || !this.allowed;
    if (event && event.ticksDone < event.durationTicks) {
      this.sendEvent(event, !quiet);
    } else {
      const payload = this.nextFrame(codec);
      if (quiet) this.marker = true;
      else this.send(this.payloadType, payload, this.timestamp, this.marker);
      if (this.firstFrame.length > 0) {
        for (const first of this.firstFrame.splice(0)) first(quiet ? at : this.lastSentAt);
      }
    }
    this.timestamp = (this.timestamp + (codec.clockRate * this.ptime) / 1000) >>> 0;
    if (event && event.ticksDone++ >= event.durationTicks + event.gapTicks - 1) {
      this.events.shift();
      event.done();
    }
  }

  private nextFrame(codec: Codec): Buffer {
    const { playing } = this;
    if (playing) {
      const length = (codec.rate * this.ptime) / 1000;
      let samples = playing.samples.subarray(playing.position, playing.position + length);
      playing.position += length;
      if (samples.length < length) {
        const padded = new Int16Array(length);
        padded.set(samples);
        samples = padded;
      }
      if (playing.position >= playing.samples.length) {
        this.playing = undefined;
        this.frame = 0;
        playing.done();
      }
      return playing.encoder.encode(samples);
    }
    if (this.live) {
      const { encoder, second } = this.live;
      const length = (codec.rate * this.ptime) / 1000;
      const start = (this.frame++ * length) % second.length;
      return encoder.encode(second.subarray(start, start + length));
    }
    const { intro, loop } = this.loop!;
    const frame = this.frame++;
    return frame < intro.length ? intro[frame]! : loop[(frame - intro.length) % loop.length]!;
  }

  private sendEvent(event: Event, audible: boolean): void {
    const first = event.ticksDone === 0;
    if (first) event.startTimestamp = this.timestamp;
    if (!audible) return;
    const last = event.ticksDone === event.durationTicks - 1;
    const duration = Math.min(0xffff, ((event.ticksDone + 1) * this.eventRate * this.ptime) / 1000);
    const payload = Buffer.from([event.code, (last ? 0x80 : 0) | 10, duration >> 8, duration & 0xff]);
    const send = (bytes: Buffer): void => {
      this.send(this.eventType!, bytes, event.startTimestamp, !event.begun);
      event.begun = true;
    };
    if (first && last) send(Buffer.from([event.code, 10, duration >> 8, duration & 0xff]));
    // The end is said three times (RFC 4733 §2.5.1.4), at once as most phones do.
    for (let i = 0; i < (last ? 3 : 1); i++) send(payload);
  }

  private send(payloadType: number, payload: Buffer, timestamp: number, marker: boolean): void {
    const packet = Buffer.allocUnsafe(12 + payload.length);
    packet[0] = 0x80;
    packet[1] = payloadType | (marker ? 0x80 : 0);
    packet.writeUInt16BE(this.sequence, 2);
    packet.writeUInt32BE(timestamp, 4);
    packet.writeUInt32BE(this.ssrc, 8);
    payload.copy(packet, 12);
    this.sequence = (this.sequence + 1) & 0xffff;
    this.marker = false;
    this.packetsSent++;
    this.octetsSent += payload.length;
    this.lastTimestamp = timestamp;
    this.lastSentAt = now();
    this.impair(this.protect ? this.protect(packet) : packet);
  }

  private impair(packet: Buffer): void {
    const { lossPercent, jitterMs, duplicatePercent, reorder } = this.impairment;
    if (lossPercent && this.dice() * 100 < lossPercent) return;
    const copies = duplicatePercent && this.dice() * 100 < duplicatePercent ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      if (!jitterMs) {
        this.transmit(packet);
        continue;
      }
      let at = now() + this.dice() * jitterMs;
      if (!reorder) at = Math.max(at, this.lastDelayUntil);
      this.lastDelayUntil = at;
      if (!reorder) this.waiting.push(packet);
      const timer = setTimeout(() => {
        this.delayed.delete(timer);
        // Timers of whole milliseconds may swap; what keeps its order is the queue.
        this.transmit(reorder ? packet : this.waiting.shift()!);
      }, at - now());
      this.delayed.add(timer);
    }
  }

  /** A number from 0 to 1 (mulberry32), so that a run with faults can be repeated. */
  private dice(): number {
    this.random = (this.random + 0x6d2b79f5) | 0;
    let t = Math.imul(this.random ^ (this.random >>> 15), 1 | this.random);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
}
