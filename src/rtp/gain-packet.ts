// One RTP packet on its way through the gain relay: finds the samples in it, has them changed, and leaves everything
// else of the packet as it is (sequence number, timestamp, SSRC), so that nobody notices the detour.
import { innerRate, type InnerCodec } from './codecs.js';
import { aLaw, muLaw, type Companding } from './g711.js';
import type { GainStage } from './gain-stage.js';

/** 80 ms at 48 kHz and something to spare; more is no voice packet and is passed on as it is. */
const mostSamples = 4096;
const samples = new Int16Array(mostSamples);

/**
 * Changes the samples of a packet in place. What is no RTP packet of this payload type stays as it is: telephone
 * events, comfort noise, RTCP.
 */
export function bendPacket(
  packet: Uint8Array,
  codec: InnerCodec,
  payloadType: number,
  stage: GainStage,
): void {
  if (stage.idle) return;
  const { length } = packet;
  const first = packet[0] ?? 0;
  if (length < 12 || first >> 6 !== 2 || ((packet[1] ?? 0) & 0x7f) !== payloadType) return;
  let start = 12 + 4 * (first & 0x0f);
  // Header extension, RFC 3550 section 5.3.1.
  if (first & 0x10) start += 4 + 4 * (((packet[start + 2] ?? 0) << 8) | (packet[start + 3] ?? 0));
  const end = first & 0x20 ? length - (packet[length - 1] ?? 0) : length;
  if (start >= end) return;
  if (innerRate(codec) > 8000) bendLinear(packet, start, end, stage);
  else bendCompanded(packet, start, end, codec === 'PCMU' ? muLaw : aLaw, stage);
}

function bendCompanded(
  packet: Uint8Array,
  start: number,
  end: number,
  { decode, encode }: Companding,
  stage: GainStage,
): void {
  const count = end - start;
  if (count > mostSamples) return;
  for (let n = 0; n < count; n++) samples[n] = decode[packet[start + n] ?? 0] ?? 0;
  if (!stage.process(samples, count)) return;
  for (let n = 0; n < count; n++) packet[start + n] = encode[(samples[n] ?? 0) & 0xffff] ?? 0;
}

/** L16 is big-endian (RFC 3551 section 4.5.11). */
function bendLinear(packet: Uint8Array, start: number, end: number, stage: GainStage): void {
  const count = (end - start) >> 1;
  if (count > mostSamples) return;
  for (let n = 0, at = start; n < count; n++, at += 2) {
    samples[n] = ((packet[at] ?? 0) << 8) | (packet[at + 1] ?? 0);
  }
  if (!stage.process(samples, count)) return;
  for (let n = 0, at = start; n < count; n++, at += 2) {
    const sample = samples[n] ?? 0;
    packet[at] = sample >> 8;
    packet[at + 1] = sample;
  }
}
