// What a document's profile says of the audio itself: how long the packets to its phones are, and at which rate they are
// mixed. What is asked for may lie outside of what a phone or the media server can do; the nearest is taken then.
import { profileOf } from './defaults.js';
import type { ConferenceDocument } from './document.js';

export interface AudioFormat {
  /** Length of the packets to the phones, ms, a multiple of 10; absent = the document names none. */
  readonly packetMs?: number;
  /** Highest sampling rate inside the box, Hz. */
  readonly rate: MixingRate;
}

/** Hz: what G.711, G.722 and opus carry. */
export const mixingRates = [8000, 16_000, 48_000] as const;

export type MixingRate = (typeof mixingRates)[number];

/** Steps of a packet's length, ms: frames of every telephone codec, and none of which rtpengine's mixer hangs. */
const packetStepMs = 10;

export function audioFormatOf(document: ConferenceDocument): AudioFormat {
  const asked = document.profile?.interval;
  const rate = nearest(profileOf(document).rate ?? 16_000, mixingRates) as MixingRate;
  return asked === undefined ? { rate } : { packetMs: packetMsOf(asked), rate };
}

/** What the document asks for and cannot have, with what is used instead. */
export function unavailableOf(
  document: ConferenceDocument,
): { field: string; asked: number; used: number }[] {
  const { packetMs, rate } = audioFormatOf(document);
  const { interval: askedMs, rate: askedRate } = document.profile ?? {};
  return [
    ...(askedMs !== undefined && packetMs !== undefined && askedMs !== packetMs
      ? [{ field: 'profile.interval', asked: askedMs, used: packetMs }]
      : []),
    ...(askedRate !== undefined && askedRate !== rate
      ? [{ field: 'profile.rate', asked: askedRate, used: rate }]
      : []),
  ];
}

function packetMsOf(interval: number): number {
  return Math.max(1, Math.round(interval / packetStepMs)) * packetStepMs;
}

/** Of two that are as near, the higher. */
function nearest(value: number, among: readonly number[]): number {
  return among.reduce((best, one) => (Math.abs(one - value) <= Math.abs(best - value) ? one : best));
}
