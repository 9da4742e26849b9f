// A phone reduced to its RTP: sends a tone every 20 ms and keeps what it hears. All phones of a process share one
// clock, which makes up for late timers, so that rtpengine sees 50 packets a second from each. Its SDP is written by
// the tests, word for word.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { codecs, type Codec, type CodecName, type Decoder, type Encoder } from '../phone/codecs.js';
import { amplitude, windowed } from '../phone/goertzel.js';
import { newSrtpKey, Srtp, srtpSuite } from '../phone/srtp.js';

export interface HeardPacket {
  /** performance.now(), ms */
  readonly at: number;
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** Empty for what is not audio of the phone's codec. */
  readonly samples: Int16Array;
}

export interface RtpPhoneOptions {
  readonly codec?: CodecName;
  /** Hz; 0 = sends silence. */
  readonly tone?: number;
  /** Peak of the tone, 16-bit. Default 3000. */
  readonly amplitude?: number;
}

const clock = new Set<RtpPhone>();
let timer: NodeJS.Timeout | undefined;
let nextTick = 0;
/** Times in which this process did not come to read its sockets; what looks like a pause then may be none. */
const stalls: { from: number; to: number }[] = [];

function tick(): void {
  const now = performance.now();
  if (now - nextTick > 3) {
    stalls.push({ from: nextTick, to: now });
    if (stalls.length > 1000) stalls.shift();
  }
  // After a long stall the lost time is left out: a burst of packets is not what a phone sends.
  if (now - nextTick > 100) nextTick = now;
  while (nextTick <= now) {
    for (const phone of clock) phone.sendFrame();
    nextTick += 20;
  }
  timer = setTimeout(tick, Math.max(1, nextTick - performance.now()));
}

export class RtpPhone {
  tone: number;
  readonly peak: number;
  readonly codec: Codec;
  readonly heard: HeardPacket[] = [];
  readonly socket: Socket = createSocket('udp4');
  port = 0;
  /** Does not send while true. */
  mute = false;
  private remotePort = 0;
  private sequence = Math.floor(Math.random() * 60_000);
  private timestamp = Math.floor(Math.random() * 0x7fffffff);
  private readonly ssrc = Math.floor(Math.random() * 0xffffffff);
  private phase = 0;
  private readonly encoder: Encoder;
  private readonly decoder: Decoder;
  private readonly srtpKey = newSrtpKey();
  private outgoing: Srtp | undefined;
  private incoming: Srtp | undefined;

  constructor(options: RtpPhoneOptions = {}) {
    this.codec = codecs[options.codec ?? 'PCMU'];
    this.tone = options.tone ?? 0;
    this.peak = options.amplitude ?? 3000;
    this.encoder = this.codec.encoder();
    this.decoder = this.codec.decoder();
    // The first frames of a codec in WebAssembly are slow; they must not be the first that count.
    if (this.codec.name === 'opus') {
      for (let n = 0; n < 50; n++)
        this.decoder.decode(this.encoder.encode(new Int16Array(this.codec.rate / 50)));
    }
  }

  async open(): Promise<void> {
    this.socket.on('message', (message) => this.receive(message));
    this.socket.bind(0, '127.0.0.1');
    await once(this.socket, 'listening');
    this.port = this.socket.address().port;
  }

  /** `9 G722/8000` and the like: this phone's codec as sdpOf() takes it. */
  get rtpmap(): string {
    const { payloadType, clockRate, channels } = this.codec.format;
    return `${payloadType} ${this.codec.name}/${clockRate}${channels > 1 ? `/${channels}` : ''}`;
  }

  /** With RFC 4733 events on 101, unless other codecs are named. */
  sdp(
    codecList = `${this.rtpmap},101 telephone-event/${this.codec.clockRate}`,
    extra: readonly string[] = [],
  ): string {
    return sdpOf(this.port, codecList, extra);
  }

  /** The same over SRTP with keys in the SDP (SDES). */
  secureSdp(): string {
    this.outgoing = new Srtp(this.srtpKey);
    const line = `a=crypto:1 ${srtpSuite} inline:${this.srtpKey.toString('base64')}`;
    return sdpOf(this.port, `${this.rtpmap},101 telephone-event/${this.codec.clockRate}`, [line], 'RTP/SAVP');
  }

  /** Begins to send to the port of that SDP; takes its key when it has one. */
  talkTo(sdp: string): void {
    this.remotePort = Number(/m=audio (\d+)/.exec(sdp)?.[1]);
    if (!this.remotePort) throw new Error(`no port in ${sdp}`);
    const key = /a=crypto:\d+ \S+ inline:([A-Za-z0-9+/=]+)/.exec(sdp)?.[1];
    this.incoming = key ? new Srtp(Buffer.from(key, 'base64').subarray(0, 30)) : undefined;
    clock.add(this);
    if (!timer) {
      nextTick = performance.now();
      tick();
    }
  }

  close(): void {
    clock.delete(this);
    if (clock.size === 0 && timer) {
      clearTimeout(timer);
      timer = undefined;
    }
    this.socket.close();
  }

  sendFrame(): void {
    if (this.mute || !this.remotePort) return;
    const samples = new Int16Array(this.codec.rate / 50);
    if (this.tone) {
      const step = (2 * Math.PI * this.tone) / this.codec.rate;
      for (let n = 0; n < samples.length; n++)
        samples[n] = Math.round(this.peak * Math.sin((this.phase += step)));
    }
    this.sendPacket(this.codec.format.payloadType, this.encoder.encode(samples), this.codec.clockRate / 50);
  }

  /** One key press by RFC 4733: 100 ms and three end packets. */
  async press(event: number, payloadType = 101): Promise<void> {
    const ticks = this.codec.clockRate / 50;
    this.mute = true;
    const timestamp = this.timestamp;
    for (let n = 1; n <= 8; n++) {
      const payload = Buffer.alloc(4);
      payload.writeUInt8(event, 0);
      payload.writeUInt8((n > 5 ? 0x80 : 0) | 10, 1);
      payload.writeUInt16BE(Math.min(n, 5) * ticks, 2);
      this.timestamp = timestamp;
      this.sendPacket(payloadType, payload, 0, n === 1);
      await new Promise((done) => setTimeout(done, 20));
    }
    this.timestamp = (timestamp + 8 * ticks) >>> 0;
    this.mute = false;
  }

  /** One key press as its two tones in the audio. */
  async pressInBand(low: number, high: number, ms = 120): Promise<void> {
    this.mute = true;
    let n = 0;
    for (let frame = 0; frame < ms / 20; frame++) {
      const samples = new Int16Array(this.codec.rate / 50);
      for (let i = 0; i < samples.length; i++, n++) {
        const t = (2 * Math.PI * n) / this.codec.rate;
        samples[i] = Math.round(6000 * Math.sin(low * t) + 6000 * Math.sin(high * t));
      }
      this.sendPacket(this.codec.format.payloadType, this.encoder.encode(samples), this.codec.clockRate / 50);
      await new Promise((done) => setTimeout(done, 20));
    }
    this.mute = false;
  }

  /** So many packets get lost on the way. */
  skip(packets: number): void {
    this.sequence = (this.sequence + packets) & 0xffff;
    this.timestamp = (this.timestamp + (packets * this.codec.clockRate) / 50) >>> 0;
  }

  /** An RTCP receiver report without a block: a sign of life. */
  sendRtcp(): void {
    const report = Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 0]);
    report.writeUInt32BE(this.ssrc, 4);
    this.socket.send(report, this.remotePort + 1, '127.0.0.1');
  }

  private sendPacket(payloadType: number, payload: Buffer, ticks: number, marker = false): void {
    const packet = Buffer.alloc(12 + payload.length);
    packet.writeUInt8(0x80, 0);
    packet.writeUInt8((marker ? 0x80 : 0) | payloadType, 1);
    packet.writeUInt16BE(this.sequence, 2);
    packet.writeUInt32BE(this.timestamp, 4);
    packet.writeUInt32BE(this.ssrc, 8);
    payload.copy(packet, 12);
    this.sequence = (this.sequence + 1) & 0xffff;
    this.timestamp = (this.timestamp + ticks) >>> 0;
    this.socket.send(this.outgoing ? this.outgoing.protect(packet) : packet, this.remotePort, '127.0.0.1');
  }

  private receive(message: Buffer): void {
    const packet = this.incoming ? this.incoming.unprotect(message) : message;
    if (!packet || packet.length < 12) return;
    const payloadType = packet.readUInt8(1) & 0x7f;
    const audio = payloadType === this.codec.format.payloadType;
    this.heard.push({
      at: performance.now(),
      payloadType,
      sequence: packet.readUInt16BE(2),
      timestamp: packet.readUInt32BE(4),
      ssrc: packet.readUInt32BE(8),
      samples: audio ? this.decoder.decode(packet.subarray(12)) : new Int16Array(0),
    });
  }

  /** Packets whose SRTP tag was wrong. */
  get srtpFailures(): number {
    return this.incoming?.failures ?? 0;
  }

  /** Forgets what was heard so far. */
  clear(): void {
    this.heard.length = 0;
  }

  /** Streams heard since the last clear. */
  get ssrcs(): number[] {
    return [...new Set(this.heard.map((packet) => packet.ssrc))];
  }

  /** What was heard since `from` (performance.now), at the rate of the codec. */
  samples(from = 0): Int16Array {
    const packets = this.heard.filter((packet) => packet.at >= from);
    const samples = new Int16Array(packets.reduce((sum, packet) => sum + packet.samples.length, 0));
    let at = 0;
    for (const packet of packets) {
      samples.set(packet.samples, at);
      at += packet.samples.length;
    }
    return samples;
  }

  /** Peak of that tone in what was heard in the last `ms`, 0 when nothing was. */
  level(tone: number, ms = 300): number {
    return amplitude(windowed(this.samples(performance.now() - ms)), tone, this.codec.rate);
  }

  /** Longest time without a packet since the last clear, ms, without the time this process itself was late. */
  longestGap(until = performance.now()): number {
    let longest = 0;
    let last = this.heard[0]?.at ?? until;
    for (const at of [...this.heard.map((packet) => packet.at), until]) {
      const late = stalls.reduce(
        (sum, stall) => sum + Math.max(0, Math.min(at, stall.to) - Math.max(last, stall.from)),
        0,
      );
      longest = Math.max(longest, at - last - late);
      last = at;
    }
    return longest;
  }

  /** Sequence numbers that are missing within the streams heard since the last clear. */
  missing(): number {
    let missing = 0;
    for (const ssrc of this.ssrcs) {
      const numbers = this.heard.filter((packet) => packet.ssrc === ssrc).map((packet) => packet.sequence);
      for (let n = 1; n < numbers.length; n++) {
        const step = ((numbers[n] ?? 0) - (numbers[n - 1] ?? 0)) & 0xffff;
        if (step > 1 && step < 0x8000) missing += step - 1;
      }
    }
    return missing;
  }
}

/** An SDP with one audio line; codecs as '0 PCMU/8000,101 telephone-event/8000'. */
export function sdpOf(
  port: number,
  codecList: string,
  extra: readonly string[] = [],
  profile = 'RTP/AVP',
): string {
  const list = codecList.split(',').map((codec) => codec.trim().split(' ') as [string, string]);
  return [
    'v=0',
    'o=phone 1 1 IN IP4 127.0.0.1',
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=audio ${port} ${profile} ${list.map(([type]) => type).join(' ')}`,
    ...list.map(([type, name]) => `a=rtpmap:${type} ${name}`),
    ...extra,
    '',
  ].join('\r\n');
}
