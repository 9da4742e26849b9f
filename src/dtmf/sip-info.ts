// A key press told by SIP INFO (no RFC; the two bodies that phones send): application/dtmf-relay with "Signal=5" and
// "Duration=160" lines, and application/dtmf with the key alone.
import { digitOfEvent, isDigit, type Digit } from './digit.js';

export interface InfoDigit {
  readonly digit: Digit;
  /** How long the key was down as the phone says, ms; 0 = not told. */
  readonly durationMs: number;
}

/** A body has some 30 bytes. */
const longestBody = 512;
const longestPressMs = 60_000;

/** undefined = not a key press. Never throws. */
export function parseSipInfo(contentType: string, body: string): InfoDigit | undefined {
  if (body.length > longestBody) return undefined;
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/dtmf-relay' && type !== 'application/dtmf') return undefined;
  // Some phones send the one form under the other's name.
  const signal = field(body, 'signal') ?? (/=/.test(body) ? undefined : body.trim());
  const digit = signal === undefined ? undefined : digitOf(signal);
  if (!digit) return undefined;
  const duration = Number(/^\d{1,6}/.exec(field(body, 'duration') ?? '')?.[0] ?? 0);
  return { digit, durationMs: Math.min(duration, longestPressMs) };
}

function field(body: string, name: string): string | undefined {
  for (const line of body.split(/[\r\n]+/)) {
    const at = line.indexOf('=');
    if (at > 0 && line.slice(0, at).trim().toLowerCase() === name) return line.slice(at + 1).trim();
  }
  return undefined;
}

/** '5', '*', 'd', and the event codes 10 to 15 that some phones write for the keys beyond 9. */
function digitOf(signal: string): Digit | undefined {
  const key = signal.toUpperCase();
  if (isDigit(key)) return key;
  return /^1[0-5]$/.test(key) ? digitOfEvent(Number(key)) : undefined;
}
