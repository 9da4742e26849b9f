// The two NG commands that make an ingress, with the flags that measurement showed to be needed.
import type { InnerCodec } from './codecs.js';
import type { NgClient } from './ng-client.js';
import type { Direction } from './ng-commands.js';
import {
  innerSdp,
  mirrored,
  offerForRtpengine,
  readInnerSdp,
  tapSdp,
  type InnerSide,
  type PhoneMedia,
} from './phone-sdp.js';
import { nextTick, tickAt } from './tick.js';

/** Tags of the two sides of every ingress; only key presses with the first as source_tag come from the phone. */
export const phoneTag = 'P';
const innerTag = 'Q';
/** Who listens to the phone. */
const tapTag = 'T';

/**
 * The phone's SDP, be it offer or answer, makes the side that faces the box.
 * @param interfaces the phone's slot and the inner interface
 * @param again the call is there already
 * @param packetMs as in offerForRtpengine
 */
export async function sendOffer(
  ng: NgClient,
  callId: string,
  phone: PhoneMedia,
  inner: InnerCodec,
  interfaces: Direction,
  again: boolean,
  packetMs: number | undefined,
): Promise<InnerSide> {
  const reply = await ng.offer({
    'call-id': callId,
    'from-tag': phoneTag,
    ...(again && { 'to-tag': innerTag }),
    sdp: offerForRtpengine(phone, packetMs),
    direction: interfaces,
    ICE: 'remove',
    'rtcp-mux': ['demux'],
    'transport protocol': 'RTP/AVP',
    codec: { mask: ['all'], transcode: phone.events ? [inner, 'telephone-event'] : [inner] },
    // Blocking here spares a command of its own: the press is reported, and nobody hears it.
    flags: ['port latching', phone.events ? 'block DTMF' : 'detect DTMF'],
  });
  return readInnerSdp(reply.sdp);
}

/**
 * What reaches the phone goes through a player of its own, on or off. With it, prompts, music and every room come in one
 * stream, with one SSRC and without a jump; without it each of them is a stream of its own, which some phones drop as
 * late. Measured: 2 ms of latency. While it is on, an offer loses telephone-event, so it is off during one.
 */
export async function setPlayer(ng: NgClient, callId: string, on: boolean): Promise<void> {
  if (on) await nextTick(tickAt.toPhone);
  await ng.connect({
    'call-id': callId,
    'from-tags': [innerTag],
    'to-tag': phoneTag,
    // `early media` starts it at once, so that the phone gets silence before there is a sound.
    flags: ['directional', 'early media'],
    'audio player': on ? 'always' : 'off',
  });
}

/**
 * Leads the inner side to that loopback port and gives the SDP for the phone.
 * @param first nothing was answered since the last offer
 */
export async function sendAnswer(
  ng: NgClient,
  callId: string,
  phone: PhoneMedia,
  side: InnerSide,
  port: number,
  version: number,
  first: boolean,
): Promise<string> {
  const reply = await ng.answer({
    'call-id': callId,
    'from-tag': phoneTag,
    'to-tag': innerTag,
    sdp: innerSdp(side, port, mirrored(phone.direction), version),
    ICE: 'remove',
    // Asymmetric, because rtpengine otherwise sends to wherever a packet came from last: one that was on its way while
    // the other side was led elsewhere would lead this side back, and both past the gain relay for good (measured: one
    // in two). Without port latching the port that the phone sends to changes with the next answer. Blocking on this side
    // keeps a press that another phone sent without having negotiated it from being passed on to this one.
    flags: ['port latching', 'asymmetric', 'block DTMF', ...(phone.events ? [] : ['detect DTMF'])],
  });
  if (!phone.events && first) {
    // The tone is found in the audio and taken out of it. The look-ahead costs 100 ms of latency; with 60, half of the keys
    // of a phone that sends 60 ms late were heard for 20 ms, with 100 none (measured).
    await ng.blockDtmf({
      'call-id': callId,
      'from-tag': phoneTag,
      flags: ['directional', 'detect DTMF'],
      'DTMF-security': 'silence',
      'delay-buffer': 100,
    });
  }
  return reply.sdp;
}

/**
 * Has a copy of what the phone says sent to that loopback port, in the inner codec: as it came where that is the phone's
 * own. Again for another port.
 * @returns the loopback port that it comes from
 */
export async function openTap(
  ng: NgClient,
  callId: string,
  side: InnerSide,
  inner: InnerCodec,
  port: number,
  innerInterface: string,
): Promise<number> {
  const reply = await ng.publish({
    'call-id': callId,
    'from-tag': tapTag,
    sdp: tapSdp(side, port),
    flags: ['bidirectional'],
    'audio player': 'off',
    codec: { accept: [inner] },
    ICE: 'remove',
    direction: [innerInterface, innerInterface],
  });
  await ng.connect({
    'call-id': callId,
    'from-tags': [phoneTag],
    'to-tag': tapTag,
    flags: ['directional'],
    'audio player': 'off',
  });
  return readInnerSdp(reply.sdp).port;
}

/** Its leg stays, silent, for the next who listens. */
export async function closeTap(ng: NgClient, callId: string): Promise<void> {
  await ng.unsubscribe({
    'call-id': callId,
    'from-tag': phoneTag,
    'to-tag': tapTag,
    flags: ['directional'],
  });
}
