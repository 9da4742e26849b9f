// SDP between the phones and us, pure: reads what a phone sends, bounded; says in a few lines of our own what
// rtpengine needs to know of it; and makes the SDP for the phone from what rtpengine replied. rtpengine never sees
// more of a phone's SDP than one audio line with one codec, so that it opens no other ports and negotiates nothing else.
import { parse, type MediaDescription, type SessionDescription } from 'sdp-transform';
import { findPhoneCodec, ourOffer, recorderCodec, staticPayloads, type PhoneCodec } from './codecs.js';
import { NoCodecError, SdpError } from './errors.js';

export type SdpDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface Payload {
  readonly type: number;
  /** `name/rate[/channels]` */
  readonly rtpmap: string;
  readonly fmtp?: string;
}

/** A media line that we turn down, or the audio line itself by its place. */
export interface MediaLine {
  readonly type: string;
  readonly protocol: string;
  readonly format: string;
  readonly mid?: string;
}

/** What a phone wants, reduced to what matters. */
export interface PhoneMedia {
  readonly codec: PhoneCodec;
  readonly payload: Payload;
  /** Key presses by RFC 4733, at the clock rate of the codec; absent = they have to be heard in the audio. */
  readonly events?: Payload;
  readonly direction: SdpDirection;
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
  /** The length of the packets that it would like to be sent, and the longest that it takes, ms. */
  readonly ptime?: number;
  readonly maxptime?: number;
  /** Lines that rtpengine needs for SRTP and RTCP, as the phone wrote them. */
  readonly security: readonly string[];
  /** All lines in the phone's order. */
  readonly lines: readonly MediaLine[];
  /** Which of them is the audio line. */
  readonly index: number;
}

const longestSdp = 32_768;
const mostLines = 16;
const mostPayloads = 64;
const protocols = /^(RTP\/AVP|RTP\/SAVP|RTP\/AVPF|RTP\/SAVPF|UDP\/TLS\/RTP\/SAVP|UDP\/TLS\/RTP\/SAVPF)$/;
const token = /^[\x21-\x7e]{1,64}$/;

/**
 * Reads the SDP of a phone, be it an offer or an answer, and chooses the codec: the first of the phone's that can
 * report key presses, otherwise its first at all.
 * @param keep the codec in use, which stays if the phone still knows it
 * @throws SdpError when there is no usable audio line
 * @throws NoCodecError when there is one without a codec of ours
 */
export function readPhoneSdp(text: string, keep?: PhoneCodec): PhoneMedia {
  if (text.length > longestSdp) throw new SdpError('longer than 32 KiB');
  if (!/^v=0\s/.test(text)) throw new SdpError('does not begin with v=0');
  let session: SessionDescription;
  try {
    session = parse(text);
  } catch (error) {
    throw new SdpError(error instanceof Error ? error.message : 'not parsable');
  }
  if (session.media.length === 0) throw new SdpError('no media');
  if (session.media.length > mostLines) throw new SdpError('too many media lines');
  let noCodec: NoCodecError | undefined;
  for (const [index, media] of session.media.entries()) {
    if (media.type !== 'audio' || !media.port || !protocols.test(media.protocol)) continue;
    try {
      return readAudio(session, media, index, keep);
    } catch (error) {
      // Some phones offer the same audio twice, with and without SRTP; the first that we can use is taken.
      if (!(error instanceof NoCodecError)) throw error;
      noCodec ??= error;
    }
  }
  throw noCodec ?? new SdpError('no audio line that is in use');
}

function readAudio(
  session: SessionDescription,
  media: MediaDescription,
  index: number,
  keep: PhoneCodec | undefined,
): PhoneMedia {
  const { payload, codec, events } = choose(payloadsOf(media), keep);
  const connection = media.connection ?? session.connection;
  const address = connection?.ip ?? '';
  if (connection?.version !== 4 || !isIpv4(address)) throw new SdpError('no IPv4 address');
  if (media.port < 1 || media.port > 65_535) throw new SdpError('port out of range');
  let direction: SdpDirection = asDirection(media.direction) ?? asDirection(session.direction) ?? 'sendrecv';
  // The way phones before RFC 3264 put a call on hold.
  if (address === '0.0.0.0')
    direction = direction === 'sendrecv' || direction === 'sendonly' ? 'sendonly' : 'inactive';
  return {
    codec,
    payload,
    ...(events && { events }),
    direction,
    address,
    port: media.port,
    protocol: media.protocol,
    ...(isPacketMs(media.ptime) && { ptime: media.ptime }),
    ...(isPacketMs(media.maxptime) && { maxptime: media.maxptime }),
    security: securityLines(session, media),
    lines: session.media.map(describe),
    index,
  };
}

function payloadsOf(media: MediaDescription): Payload[] {
  const types = String(media.payloads ?? '')
    .split(' ')
    .slice(0, mostPayloads)
    .map(Number);
  return types.flatMap((type) => {
    if (!Number.isInteger(type) || type < 0 || type > 127) return [];
    const map = media.rtp.find((entry) => entry.payload === type);
    const fixed = staticPayloads[type];
    const name = map?.codec ?? fixed?.name;
    const rate = map?.rate ?? fixed?.rate;
    if (!name || !rate || !token.test(name)) return [];
    const channels = map?.encoding;
    const rtpmap = `${name}/${rate}${channels === undefined ? '' : `/${channels}`}`;
    const fmtp = mono(name, media.fmtp.find((entry) => entry.payload === type)?.config);
    return [{ type, rtpmap, ...(fmtp && fmtp.length <= 256 && { fmtp }) }];
  });
}

/** Opus without a wish for stereo: rtpengine would spread one voice over two channels, each 3 dB too low. */
function mono(name: string, fmtp: string | undefined): string | undefined {
  if (fmtp === undefined || name.toLowerCase() !== 'opus') return fmtp;
  const kept = fmtp.split(';').filter((param) => !/^\s*(sprop-)?stereo\s*=/i.test(param));
  return kept.join(';').trim() || undefined;
}

function choose(
  payloads: readonly Payload[],
  keep: PhoneCodec | undefined,
): { payload: Payload; codec: PhoneCodec; events?: Payload } {
  const usable = payloads.flatMap((payload) => {
    const [name = '', rate = ''] = payload.rtpmap.split('/');
    const codec = findPhoneCodec(name, Number(rate));
    if (!codec) return [];
    const events = payloads.find((entry) => entry.rtpmap.toLowerCase().startsWith(`telephone-event/${rate}`));
    return [{ payload, codec, ...(events && { events }) }];
  });
  const chosen =
    usable.find((entry) => entry.codec === keep) ??
    usable.find((entry) => entry.codec.preferred && entry.events) ??
    usable.find((entry) => entry.codec.preferred) ??
    usable[0];
  if (!chosen) throw new NoCodecError(payloads.map((payload) => payload.rtpmap).join(', ') || 'none named');
  return chosen;
}

function securityLines(session: SessionDescription, media: MediaDescription): string[] {
  const lines: string[] = [];
  for (const crypto of (media.crypto ?? []).slice(0, 8)) {
    const { id, suite, config, sessionConfig } = crypto;
    lines.push(`a=crypto:${id} ${suite} ${config}${sessionConfig ? ` ${sessionConfig}` : ''}`);
  }
  const fingerprint = media.fingerprint ?? session.fingerprint;
  if (fingerprint) lines.push(`a=fingerprint:${fingerprint.type} ${fingerprint.hash}`);
  const setup = media.setup ?? session.setup;
  if (setup) lines.push(`a=setup:${setup}`);
  if (media.rtcpMux) lines.push('a=rtcp-mux');
  else if (media.rtcp && !media.rtcp.address) lines.push(`a=rtcp:${media.rtcp.port}`);
  return lines.filter((line) => line.length <= 512);
}

function describe(media: MediaDescription): MediaLine {
  const type = token.test(media.type) ? media.type : 'audio';
  const protocol = token.test(media.protocol) ? media.protocol : 'RTP/AVP';
  const format = String(media.payloads ?? '').split(' ')[0] ?? '';
  const mid = media.mid === undefined ? undefined : String(media.mid);
  return {
    type,
    protocol,
    format: token.test(format) ? format : '0',
    ...(mid !== undefined && token.test(mid) && { mid }),
  };
}

function isPacketMs(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= 1000;
}

/**
 * What rtpengine is told of the phone: one audio line, one codec, its key presses.
 * @param packetMs length of the packets that it is sent; rtpengine says it to the phone too. Absent = 20 ms
 */
export function offerForRtpengine(phone: PhoneMedia, packetMs?: number): string {
  const payloads = phone.events ? [phone.payload, phone.events] : [phone.payload];
  return lines([
    ...head(phone.address),
    `m=audio ${phone.port} ${phone.protocol} ${payloads.map((payload) => payload.type).join(' ')}`,
    ...payloads.flatMap(payloadLines),
    `a=${phone.direction}`,
    ...(packetMs === undefined ? [] : [`a=ptime:${packetMs}`]),
    ...phone.security,
  ]);
}

/** What rtpengine says of the side that faces the box. */
export interface InnerSide {
  /** Loopback with the box's own rtpengine; an rtpengine that somebody else runs may know no loopback. */
  readonly address: string;
  readonly port: number;
  readonly payloads: readonly Payload[];
}

/** @throws SdpError when rtpengine's reply has no audio line */
export function readInnerSdp(text: string): InnerSide {
  const session = parse(text);
  const media = session.media.find((line) => line.type === 'audio');
  const address = (media?.connection ?? session.connection)?.ip;
  if (!media?.port || address === undefined) throw new SdpError('rtpengine gave no audio line');
  // rtpengine passes the old sign of hold on; who holds is sent nothing, so any address will do.
  const usable = address === '0.0.0.0' ? '127.0.0.1' : address;
  return { address: usable, port: media.port, payloads: payloadsOf(media) };
}

/**
 * A party inside rtpengine that speaks what that side speaks, on the same address.
 * @param port where it listens; 9 (discard) = nobody
 */
export function innerSdp(side: InnerSide, port: number, direction: SdpDirection, version = 1): string {
  return lines([
    ...head(side.address, version),
    `m=audio ${port} RTP/AVP ${side.payloads.map((payload) => payload.type).join(' ')}`,
    ...side.payloads.flatMap(payloadLines),
    `a=${direction}`,
  ]);
}

/** The same without key presses, for `publish`, which takes one codec. */
export function roomSdp(side: InnerSide, port = side.port): string {
  return audioSdp(side, port, 'sendrecv');
}

/** Somebody on that loopback port who hears what that side says and says nothing. */
export function tapSdp(side: InnerSide, port: number): string {
  return audioSdp({ ...side, address: '127.0.0.1' }, port, 'recvonly');
}

function audioSdp({ address, payloads }: InnerSide, port: number, direction: SdpDirection): string {
  const audio = audioPayload({ payloads });
  return innerSdp({ address, port, payloads: audio ? [audio] : [] }, port, direction);
}

/** The payload type under which a recorder is sent its sound. */
export const recorderPayload = 97;

/** A recorder on that loopback port; RTCP goes to the same port, so that it meets nobody else. */
export function recorderSdp(port: number): string {
  return lines([
    ...head('127.0.0.1'),
    `m=audio ${port} RTP/AVP ${recorderPayload}`,
    `a=rtpmap:${recorderPayload} ${recorderCodec}`,
    'a=recvonly',
    `a=rtcp:${port}`,
    'a=ptime:20',
  ]);
}

/** What the voice of that side comes as. */
export function audioPayload(side: Pick<InnerSide, 'payloads'>): Payload | undefined {
  return side.payloads.find((payload) => !/^telephone-event/i.test(payload.rtpmap));
}

/** The identity of our side of one SDP session; the version goes up whenever the body changes (RFC 3264, 5). */
export interface SdpSession {
  readonly id: number;
  readonly version: number;
}

/** Our audio line as rtpengine made it, between the head of our own and the lines we turn down. */
export function answerBody(rtpengineSdp: string, phone: PhoneMedia): string {
  const audio = audioLines(rtpengineSdp);
  const body = phone.lines.flatMap((line, index) => {
    const mid = line.mid === undefined ? [] : [`a=mid:${line.mid}`];
    if (index === phone.index) return [...audio, ...mid];
    return [`m=${line.type} 0 ${line.protocol} ${line.format}`, ...mid];
  });
  return lines(body);
}

/** The audio line of an INVITE of ours, or of our 200 to an INVITE without SDP. */
export function offerBody(port: number, direction: SdpDirection, packetMs = 20): string {
  return lines([
    `m=audio ${port} RTP/AVP ${ourOffer.payloads.join(' ')}`,
    ...ourOffer.lines,
    `a=ptime:${packetMs}`,
    `a=${direction}`,
  ]);
}

export function withHead(address: string, session: SdpSession, body: string): string {
  return `${lines([
    'v=0',
    `o=partyline ${session.id} ${session.version} IN IP4 ${address}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
  ])}${body}`;
}

/** The other end of that direction. */
export function mirrored(direction: SdpDirection): SdpDirection {
  if (direction === 'sendonly') return 'recvonly';
  if (direction === 'recvonly') return 'sendonly';
  return direction;
}

/** The port of the audio line of one of our bodies. */
export function portOfBody(body: string): number {
  return Number(/^m=audio (\d+)/m.exec(body)?.[1] ?? 0);
}

/** rtpengine's audio line and attributes; its c= line too, which says the address that phones send to. */
function audioLines(text: string): string[] {
  const all = text.split(/\r?\n/).filter((line) => line !== '');
  const start = all.findIndex((line) => line.startsWith('m=audio'));
  if (start < 0) throw new SdpError('rtpengine gave no audio line');
  const end = all.findIndex((line, index) => index > start && line.startsWith('m='));
  return all.slice(start, end < 0 ? undefined : end);
}

function head(address: string, version = 1): string[] {
  return ['v=0', `o=- 1 ${version} IN IP4 ${address}`, 's=-', `c=IN IP4 ${address}`, 't=0 0'];
}

function payloadLines(payload: Payload): string[] {
  const map = `a=rtpmap:${payload.type} ${payload.rtpmap}`;
  return payload.fmtp ? [map, `a=fmtp:${payload.type} ${payload.fmtp}`] : [map];
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\r\n`).join('');
}

function asDirection(value: string | undefined): SdpDirection | undefined {
  if (value === 'sendrecv' || value === 'sendonly' || value === 'recvonly' || value === 'inactive')
    return value;
  return undefined;
}

function isIpv4(address: string): boolean {
  return /^(\d{1,3}\.){3}\d{1,3}$/.test(address);
}
