// Slows PIN guessing down and then stops it, across calls. Counted per caller (address and number), who after some wrong
// PINs waits longer and longer for each answer and is then refused for a while; per address, four times as patiently,
// because the number is the caller's to choose while many may call through one telephone system; and per conference,
// where many wrong PINs from anywhere slow every answer but never refuse anybody: an attacker must not be able to lock
// the others out.
import { EventEmitter } from 'node:events';
import type { Clock } from '../conference/index.js';

export interface PinGuardOptions {
  readonly clock: Clock;
  /** How long a wrong PIN counts, ms. Default 15 min. */
  readonly windowMs?: number;
  /** Wrong PINs that are answered at once; the next waits 1 s, then 2 s, 4 s ... Default 3. */
  readonly freeAttempts?: number;
  /** The longest such wait, ms. Default 8,000. */
  readonly longestDelayMs?: number;
  /** Wrong PINs of one caller that get the caller blocked. Default 10. */
  readonly blockAfter?: number;
  /** An address is slowed and blocked after so many times the wrong PINs of one caller. Default 4. */
  readonly addressPatience?: number;
  /** How long a caller is blocked, ms. Default 15 min. */
  readonly blockMs?: number;
  /** Wrong PINs for one conference from which on every answer waits. Default 50. */
  readonly slowConferenceAfter?: number;
  /** That wait, ms. Default 2,000. */
  readonly slowConferenceMs?: number;
  /** Callers and conferences remembered, each; the one unseen for longest is forgotten first. Default 10,000. */
  readonly tableSize?: number;
}

/** For the log; no PIN is in them. */
export interface PinGuardEvents {
  /** `recent` = wrong PINs of this caller that count now. */
  wrong: [{ callerKey: string; conferenceId: string; recent: number }];
  blocked: [{ callerKey: string; conferenceId: string; untilMs: number }];
  /** Said once per time a conference becomes slow. */
  'conference-slowed': [{ conferenceId: string; recent: number }];
}

export type Verdict =
  | { readonly kind: 'go'; /** Wait so long before the PIN is looked at, ms. */ readonly delayMs: number }
  | { readonly kind: 'blocked'; /** Unix time, ms. */ readonly untilMs: number };

interface CallerEntry {
  wrong: { at: number; conferenceId: string }[];
  blockedUntil: number;
}

interface ConferenceEntry {
  wrongAt: number[];
  slow: boolean;
}

const quarterHourMs = 900_000;

/** What guessing is counted by: the address the call came from, and the number it says it comes from. */
export function callerKeyOf(address: string, number: string): string {
  return `${address} ${number}`;
}

function addressOf(callerKey: string): string {
  return callerKey.split(' ', 1)[0] ?? '';
}

export class PinGuard extends EventEmitter<PinGuardEvents> {
  private readonly clock: Clock;
  private readonly windowMs: number;
  private readonly freeAttempts: number;
  private readonly longestDelayMs: number;
  private readonly blockAfter: number;
  private readonly addressPatience: number;
  private readonly blockMs: number;
  private readonly slowAfter: number;
  private readonly slowMs: number;
  private readonly tableSize: number;
  /** All in the order of the last wrong PIN, oldest first. */
  private readonly callers = new Map<string, CallerEntry>();
  private readonly addresses = new Map<string, CallerEntry>();
  private readonly conferences = new Map<string, ConferenceEntry>();

  constructor(options: PinGuardOptions) {
    super();
    this.clock = options.clock;
    this.windowMs = options.windowMs ?? quarterHourMs;
    this.freeAttempts = options.freeAttempts ?? 3;
    this.longestDelayMs = options.longestDelayMs ?? 8000;
    this.blockAfter = options.blockAfter ?? 10;
    this.addressPatience = options.addressPatience ?? 4;
    this.blockMs = options.blockMs ?? quarterHourMs;
    this.slowAfter = options.slowConferenceAfter ?? 50;
    this.slowMs = options.slowConferenceMs ?? 2000;
    this.tableSize = options.tableSize ?? 10_000;
  }

  /**
   * What to do with an entered PIN. Ask again after a delay: the caller may have been blocked by other calls meanwhile.
   * @param callerKey see callerKeyOf
   */
  check(callerKey: string, conferenceId: string): Verdict {
    const now = this.clock.now();
    const caller = this.callers.get(callerKey);
    const address = this.addresses.get(addressOf(callerKey));
    const blockedUntil = Math.max(caller?.blockedUntil ?? 0, address?.blockedUntil ?? 0);
    if (blockedUntil > now) return { kind: 'blocked', untilMs: blockedUntil };
    const own = Math.max(
      this.delayOf(caller, this.freeAttempts, now),
      this.delayOf(address, this.freeAttempts * this.addressPatience, now),
    );
    return { kind: 'go', delayMs: Math.max(own, this.isSlow(conferenceId, now) ? this.slowMs : 0) };
  }

  wrong(callerKey: string, conferenceId: string): void {
    const now = this.clock.now();
    const caller = this.noteWrong(this.callers, callerKey, conferenceId, now);
    const address = this.noteWrong(this.addresses, addressOf(callerKey), conferenceId, now);
    this.emit('wrong', { callerKey, conferenceId, recent: caller.wrong.length });
    const blocked = [
      this.blockIfDue(caller, this.blockAfter, now),
      this.blockIfDue(address, this.blockAfter * this.addressPatience, now),
    ].some(Boolean);
    if (blocked) this.emit('blocked', { callerKey, conferenceId, untilMs: now + this.blockMs });

    const conference = this.conferences.get(conferenceId) ?? { wrongAt: [], slow: false };
    conference.slow = this.isSlow(conferenceId, now);
    conference.wrongAt.push(now);
    // More than the limit need not be known.
    if (conference.wrongAt.length > this.slowAfter) conference.wrongAt.shift();
    this.remember(this.conferences, conferenceId, conference);
    if (!conference.slow && this.isSlow(conferenceId, now)) {
      this.emit('conference-slowed', { conferenceId, recent: conference.wrongAt.length });
    }
  }

  /**
   * The caller is forgiven the wrong PINs for this conference; not those for others, or one known PIN would make
   * guessing free. The counts of the address and of the conference stay, for the same reason.
   */
  right(callerKey: string, conferenceId: string): void {
    const caller = this.callers.get(callerKey);
    if (!caller) return;
    caller.wrong = caller.wrong.filter((wrong) => wrong.conferenceId !== conferenceId);
    if (caller.wrong.length === 0) this.callers.delete(callerKey);
  }

  private delayOf(entry: CallerEntry | undefined, free: number, now: number): number {
    const tries = entry ? this.recentOf(entry, now).length - free : -1;
    return tries < 0 ? 0 : Math.min(1000 * 2 ** tries, this.longestDelayMs);
  }

  private noteWrong(
    table: Map<string, CallerEntry>,
    key: string,
    conferenceId: string,
    now: number,
  ): CallerEntry {
    const entry = table.get(key) ?? { wrong: [], blockedUntil: 0 };
    entry.wrong = this.recentOf(entry, now);
    entry.wrong.push({ at: now, conferenceId });
    this.remember(table, key, entry);
    return entry;
  }

  private blockIfDue(entry: CallerEntry, after: number, now: number): boolean {
    if (entry.wrong.length < after) return false;
    // After the block the count begins anew.
    entry.wrong = [];
    entry.blockedUntil = now + this.blockMs;
    return true;
  }

  private recentOf(caller: CallerEntry, now: number): CallerEntry['wrong'] {
    return caller.wrong.filter(({ at }) => now - at < this.windowMs);
  }

  private isSlow(conferenceId: string, now: number): boolean {
    const wrongAt = this.conferences.get(conferenceId)?.wrongAt;
    const first = wrongAt?.[wrongAt.length - this.slowAfter];
    return first !== undefined && now - first < this.windowMs;
  }

  private remember<T>(table: Map<string, T>, key: string, entry: T): void {
    table.delete(key);
    table.set(key, entry);
    if (table.size <= this.tableSize) return;
    for (const oldest of table.keys()) {
      table.delete(oldest);
      break;
    }
  }
}
