// Slows down whoever guesses credentials, then refuses them for a while; counted by address. An attempt counts as wrong
// from the moment it begins until it proves right, so that many at once guess no faster than one after the other.
import type { Clock } from '../../conference/index.js';

export interface AttemptsOptions {
  readonly clock: Clock;
  /** How long an attempt counts, ms. Default 15 min. */
  readonly windowMs?: number;
  /** Wrong attempts that are answered at once; the next waits 1 s, then 2 s, 4 s ... Default 3. */
  readonly free?: number;
  /** The longest such wait, ms. Default 8,000. */
  readonly longestDelayMs?: number;
  /** Wrong attempts after which an address is refused. Default 10. */
  readonly refuseAfter?: number;
  /** Attempts, right ones too, after which an address is refused. Default Infinity. */
  readonly refuseAfterAny?: number;
  /** Addresses remembered; the one unseen for longest is forgotten first. Default 10,000. */
  readonly tableSize?: number;
}

export type Verdict =
  | {
      readonly kind: 'go';
      /** Wait so long before the attempt is looked at, ms. */
      readonly delayMs: number;
      /** To be called when the attempt was right. */
      readonly succeeded: () => void;
    }
  | { readonly kind: 'refused'; readonly retryAfterMs: number };

interface Attempt {
  readonly at: number;
  wrong: boolean;
}

export class Attempts {
  private readonly clock: Clock;
  private readonly windowMs: number;
  private readonly free: number;
  private readonly longestDelayMs: number;
  private readonly refuseAfter: number;
  private readonly refuseAfterAny: number;
  private readonly tableSize: number;
  /** The attempts of each address that count, oldest first; the address unseen for longest first. */
  private readonly byAddress = new Map<string, Attempt[]>();

  constructor(options: AttemptsOptions) {
    this.clock = options.clock;
    this.windowMs = options.windowMs ?? 900_000;
    this.free = options.free ?? 3;
    this.longestDelayMs = options.longestDelayMs ?? 8000;
    this.refuseAfter = options.refuseAfter ?? 10;
    this.refuseAfterAny = options.refuseAfterAny ?? Infinity;
    this.tableSize = options.tableSize ?? 10_000;
  }

  /** An attempt from this address begins. A refused one is not counted: who waits as told is heard again. */
  begin(address: string): Verdict {
    const now = this.clock.now();
    const recent = (this.byAddress.get(address) ?? []).filter(({ at }) => now - at < this.windowMs);
    const wrong = recent.filter((attempt) => attempt.wrong);
    const until = Math.max(
      this.freeAgainAt(wrong, this.refuseAfter),
      this.freeAgainAt(recent, this.refuseAfterAny),
    );
    if (until > now) {
      this.remember(address, recent);
      return { kind: 'refused', retryAfterMs: until - now };
    }
    const attempt = { at: now, wrong: true };
    this.remember(address, [...recent, attempt]);
    return { kind: 'go', delayMs: this.delayAfter(wrong.length), succeeded: () => (attempt.wrong = false) };
  }

  /** When fewer than `most` of these will count; they are in the order of their time. */
  private freeAgainAt(attempts: readonly Attempt[], most: number): number {
    const deciding = attempts[attempts.length - most];
    return deciding ? deciding.at + this.windowMs : -Infinity;
  }

  private delayAfter(wrong: number): number {
    const over = wrong - this.free;
    return over < 0 ? 0 : Math.min(1000 * 2 ** over, this.longestDelayMs);
  }

  private remember(address: string, attempts: Attempt[]): void {
    this.byAddress.delete(address);
    this.byAddress.set(address, attempts);
    if (this.byAddress.size <= this.tableSize) return;
    for (const oldest of this.byAddress.keys()) {
      this.byAddress.delete(oldest);
      break;
    }
  }
}
