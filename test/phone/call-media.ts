// The audio of one call: its RTP and RTCP sockets, what was offered and answered, and the sender and receiver behind
// them. SIP hands descriptions in and out and knows nothing else.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

import { type Codec, type CodecName, codecOf, codecs } from './codecs.js';
import { type ReportState, report } from './rtcp.js';
import { now } from './rtp-clock.js';
import { RtpSender } from './rtp-sender.js';
import { Ears } from './rtp-waits.js';
import {
  answerDirection,
  type AudioDescription,
  type CryptoLine,
  type Direction,
  type Format,
  formatSdp,
  parseSdp,
  receives,
  sends,
} from './sdp.js';
import { newSrtpKey, Srtp, srtpSuite } from './srtp.js';

export interface MediaOptions {
  readonly address: string;
  readonly user: string;
  readonly codecs: readonly CodecName[];
  readonly telephoneEvent: boolean;
  readonly srtp: boolean;
  /** ms. */
  readonly ptime: number;
  /** Time between RTCP reports, ms; 0 for none. */
  readonly rtcpMs: number;
}

interface Ports {
  readonly rtp: Socket;
  readonly rtcp: Socket;
  readonly port: number;
}

const firstPort = 45_000;
const lastPort = 64_998;

async function bound(address: string, port: number): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', lookup: (host, _options, done) => done(null, host, 4) });
  const listening = once(socket, 'listening');
  socket.bind(port, address);
  try {
    await listening;
  } catch (error) {
    socket.close();
    throw error;
  }
  // A burst of forty phones' packets must not overflow while this process collects garbage.
  socket.setRecvBufferSize(512 * 1024);
  return socket;
}

/** An even RTP port and the odd one after it, as RFC 3550 §11 wants them. */
async function openPorts(address: string): Promise<Ports> {
  for (let tries = 0; ; tries++) {
    const port = firstPort + 2 * Math.floor((Math.random() * (lastPort - firstPort)) / 2);
    let rtp: Socket | undefined;
    try {
      rtp = await bound(address, port);
      return { rtp, rtcp: await bound(address, port + 1), port };
    } catch (error) {
      rtp?.close();
      if (tries > 50) throw error;
    }
  }
}

export class CallMedia {
  readonly sender: RtpSender;
  readonly rx = new Ears();
  /** What we would like; what is agreed is `direction`. */
  wanted: Direction = 'sendrecv';
  direction: Direction = 'inactive';
  codec: Codec | undefined;
  rtcpReceived = 0;
  rtcpSent = 0;
  /** While true, nothing is sent and nothing received counts. */
  dead = false;
  private closed = false;
  private ports: Ports | undefined;
  private readonly abandoned: Ports[] = [];
  private remote: AudioDescription | undefined;
  private formats: readonly Format[] | undefined;
  private offered: Direction = 'sendrecv';
  private readonly session = { id: Math.floor(Math.random() * 1e9), version: 0, user: '' };
  private readonly key = newSrtpKey();
  private cryptoTag = 1;
  private outbound: Srtp | undefined;
  private inbound: Srtp | undefined;
  private rtcpTimer: NodeJS.Timeout | undefined;
  private readonly reported: ReportState = { highest: 0, missing: 0 };

  constructor(private readonly options: MediaOptions) {
    this.session.user = options.user;
    this.sender = new RtpSender((packet) => this.transmit(packet), options.ptime);
  }

  async open(): Promise<void> {
    this.ports = await this.openPorts();
  }

  close(): void {
    this.closed = true;
    this.sender.stop();
    clearInterval(this.rtcpTimer);
    this.dropAbandoned();
    this.ports?.rtp.close();
    this.ports?.rtcp.close();
    this.ports = undefined;
  }

  /** Binds a new pair of ports and sends from it at once; the old pair is read until `dropAbandoned`. */
  async move(): Promise<void> {
    if (this.ports) this.abandoned.push(this.ports);
    this.ports = await this.openPorts();
  }

  dropAbandoned(): void {
    for (const { rtp, rtcp } of this.abandoned.splice(0)) {
      rtp.close();
      rtcp.close();
    }
  }

  get port(): number {
    return this.ports?.port ?? 0;
  }

  /** Where RTP goes. */
  get remoteAddress(): { address: string; port: number } | undefined {
    return this.remote && { address: this.remote.address, port: this.remote.port };
  }

  /** A new offer with what we want now. */
  offer(): string {
    this.formats ??= this.ownFormats();
    this.offered = this.wanted;
    this.listenFor(this.formats);
    return this.describe(this.formats, this.wanted, this.cryptoTag);
  }

  /** Takes the answer to our latest offer. Throws when it agrees to nothing we offered. */
  accept(answer: string): void {
    const remote = parseSdp(answer);
    const codec = this.apply(remote, answerDirection(remote.direction, this.offered));
    if (!codec) throw new Error(`the answer has no codec of ours: ${answer}`);
  }

  /** Answers an offer. Throws when nothing in it suits us. */
  answer(offer: string): string {
    const remote = parseSdp(offer);
    const own = this.ownFormats();
    const audio = remote.formats.find((format) => own.some((one) => sameFormat(one, format) && codecOf(one)));
    const secure = /SAVP/.test(remote.protocol);
    const crypto = remote.crypto.find(({ suite }) => suite === srtpSuite);
    if (!audio || secure !== this.options.srtp || (secure && !crypto)) throw new Error('488 nothing suits');
    const event = this.options.telephoneEvent
      ? remote.formats.find(
          ({ name, clockRate }) => name === 'telephone-event' && clockRate === audio.clockRate,
        )
      : undefined;
    this.formats = event ? [audio, event] : [audio];
    if (crypto) this.cryptoTag = crypto.tag;
    this.listenFor(this.formats);
    const direction = answerDirection(remote.direction, this.wanted);
    this.apply(
      { ...remote, formats: [audio, ...(event ? [event] : [])], crypto: crypto ? [crypto] : [] },
      direction,
    );
    return this.describe(this.formats, direction, this.cryptoTag);
  }

  private apply(remote: AudioDescription, direction: Direction): Codec | undefined {
    const audio = remote.formats.find(
      (format) => codecOf(format) && this.formats!.some((own) => sameFormat(own, format)),
    );
    if (!audio) return undefined;
    const codec = codecOf(audio)!;
    const event = remote.formats.find(
      ({ name, clockRate }) =>
        this.options.telephoneEvent && name === 'telephone-event' && clockRate === audio.clockRate,
    );
    if (this.options.srtp) {
      const line = remote.crypto.find(({ suite }) => suite === srtpSuite);
      if (!line) throw new Error('no key for SRTP in the description');
      this.outbound ??= new Srtp(this.key);
      if (!this.inbound?.master.equals(line.key)) this.inbound = new Srtp(line.key);
      this.sender.protect = (packet) => this.outbound!.protect(packet);
    }
    this.remote = remote;
    this.codec = codec;
    this.direction = direction;
    this.sender.setFormat(codec, audio.payloadType, event);
    this.sender.allowed = sends(direction) && remote.port !== 0 && remote.address !== '0.0.0.0';
    this.sender.start();
    if (this.options.rtcpMs > 0 && !this.rtcpTimer) {
      this.rtcpTimer = setInterval(() => this.sendReport(), this.options.rtcpMs);
    }
    return codec;
  }

  private ownFormats(): Format[] {
    const audio = this.options.codecs.map((name) => codecs[name].format);
    if (!this.options.telephoneEvent) return audio;
    const rates = [...new Set(audio.map(({ clockRate }) => clockRate))];
    return [
      ...audio,
      ...rates.map((clockRate) => ({
        payloadType: clockRate === 8_000 ? 101 : 102,
        name: 'telephone-event',
        clockRate,
        channels: 1,
        parameters: '0-15',
      })),
    ];
  }

  private describe(formats: readonly Format[], direction: Direction, cryptoTag: number): string {
    const { address, srtp, ptime } = this.options;
    const crypto: CryptoLine[] = srtp ? [{ tag: cryptoTag, suite: srtpSuite, key: this.key }] : [];
    this.session.version++;
    const protocol = srtp ? 'RTP/SAVP' : 'RTP/AVP';
    return formatSdp(
      { address, port: this.port, rtcpPort: this.port + 1, protocol, formats, direction, ptime, crypto },
      this.session,
    );
  }

  private listenFor(formats: readonly Format[]): void {
    const audio = new Map<number, Codec>();
    const events = new Map<number, number>();
    for (const format of formats) {
      const codec = codecOf(format);
      if (codec) audio.set(format.payloadType, codec);
      else if (format.name === 'telephone-event') events.set(format.payloadType, format.clockRate);
    }
    this.rx.setFormats(audio, events);
  }

  private async openPorts(): Promise<Ports> {
    const ports = await openPorts(this.options.address);
    if (this.closed) {
      ports.rtp.close();
      ports.rtcp.close();
      throw new Error('the call ended before its sockets were open');
    }
    ports.rtp.on('message', (packet) => this.received(packet));
    ports.rtcp.on('message', (packet) => this.receivedRtcp(packet));
    return ports;
  }

  private transmit(packet: Buffer): void {
    if (this.dead || !this.remote || this.remote.port === 0) return;
    this.ports?.rtp.send(packet, this.remote.port, this.remote.address);
  }

  private received(packet: Buffer): void {
    if (this.dead) return;
    if (!this.options.srtp) return this.rx.push(packet);
    const plain = this.inbound?.unprotect(packet);
    if (plain) this.rx.push(plain);
    else this.rx.stats.authenticationFailures++;
  }

  private receivedRtcp(packet: Buffer): void {
    if (this.dead) return;
    const plain = this.options.srtp ? this.inbound?.unprotectRtcp(packet) : packet;
    if (plain) this.rtcpReceived++;
    else this.rx.stats.authenticationFailures++;
  }

  private sendReport(): void {
    const { remote, sender, codec } = this;
    if (this.dead || !remote || remote.port === 0 || !codec || sender.muted) return;
    if (!this.sender.allowed && !receives(this.direction)) return;
    const since = now() - sender.lastSentAt;
    const plain = report(
      sender,
      this.rx,
      this.reported,
      codec.clockRate,
      since,
      `${this.options.user}@phone`,
    );
    const packet = this.outbound ? this.outbound.protectRtcp(plain) : plain;
    this.ports?.rtcp.send(packet, remote.rtcpPort, remote.address);
    this.rtcpSent++;
  }
}

function sameFormat(a: Format, b: Format): boolean {
  return a.name === b.name && a.clockRate === b.clockRate;
}
