// Session timers (RFC 4028) as a phone asks for them: echoed where the phone names who refreshes, refreshed by us or
// waited for, so that a phone that relies on them keeps its call and a dead one loses it.
import type { SipMessage } from './sip-message.js';

export interface SessionInterval {
  readonly seconds: number;
  /** Who sends the refreshes, as a role of the request that says so. */
  readonly refresher: 'uas' | 'uac';
}

/** What a message says of it; undefined = nothing, or it leaves the refreshing open (then nothing is promised). */
export function intervalOf(message: SipMessage, least: number): SessionInterval | undefined {
  const match = /^(\d{1,9})\s*(?:;(.*))?$/.exec(message.get('session-expires') ?? '');
  const refresher = /(?:^|;)\s*refresher\s*=\s*(uas|uac)\s*(?:;|$)/i
    .exec(match?.[2] ?? '')?.[1]
    ?.toLowerCase();
  if (!match || (refresher !== 'uas' && refresher !== 'uac')) return undefined;
  return { seconds: Math.max(Number(match[1]), least), refresher };
}

/** True when the phone asks for less than `least` seconds. */
export function isTooShort(request: SipMessage, least: number): boolean {
  const seconds = /^(\d{1,9})/.exec(request.get('session-expires') ?? '')?.[1];
  return seconds !== undefined && Number(seconds) < least;
}

/** The answer to a request that sets the interval (RFC 4028 §9). */
export function echoInterval(interval: SessionInterval, request: SipMessage, response: SipMessage): void {
  response.set('Session-Expires', `${interval.seconds};refresher=${interval.refresher}`);
  const able = request.all('supported').some((value) => /(?:^|,)\s*timer\s*(?:,|$)/i.test(value));
  // A phone that refreshes must know that we count on it.
  if (interval.refresher === 'uac' && able) response.add('Require', 'timer');
}

/**
 * Watches one interval. Where the refreshing is ours, `refresh` is called at half of it, and again and again until it
 * has succeeded (then the caller watches anew); `expired` is called shortly before its end (RFC 4028 §10: 32 s or a
 * third of the interval, whichever is less).
 * @returns stops it
 */
export function watchSession(
  seconds: number,
  ours: boolean,
  refresh: () => void,
  expired: () => void,
): () => void {
  const ms = 1000 * seconds;
  // A timer cannot wait for longer than 2^31 ms; a session that long needs no watch.
  if (ms > 0x7fffffff) return () => undefined;
  let refreshTimer: NodeJS.Timeout | undefined;
  const refreshIn = (wait: number) => {
    refreshTimer = setTimeout(() => {
      refreshIn(ms / 10);
      refresh();
    }, wait);
  };
  if (ours) refreshIn(ms / 2);
  const endTimer = setTimeout(
    () => {
      clearTimeout(refreshTimer);
      expired();
    },
    ms - Math.min(32_000, ms / 3),
  );
  return () => {
    clearTimeout(refreshTimer);
    clearTimeout(endTimer);
  };
}
