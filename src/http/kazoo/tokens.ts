// The tokens that clients get when they log in. Kept in memory only, and only as hashes: whoever reads the memory of the
// box cannot use them, and a restart ends all sessions. A token is found by its hash, so that how long the search takes
// says nothing about any token.
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../conference/index.js';
import type { Login } from '../credentials.js';

/** Whose token it is. */
export type Session = Login;

export interface TokensOptions {
  readonly clock: Clock;
  /** A token that is not used for so long is worth nothing, ms. Default 1 h. */
  readonly idleMs?: number;
  /** However much it is used, it ends after so long. Default 24 h. */
  readonly longestMs?: number;
  /** Tokens at once; the one unused for longest makes place. Default 10,000. */
  readonly most?: number;
}

interface Entry {
  readonly session: Session;
  readonly issuedAt: number;
  usedAt: number;
}

/** 256 bits as hexadecimal digits. */
const tokenBytes = 32;
const tokenPattern = /^[0-9a-f]{64}$/;

export class Tokens {
  private readonly clock: Clock;
  private readonly idleMs: number;
  private readonly longestMs: number;
  private readonly most: number;
  /** By the hash, the one unused for longest first. */
  private readonly entries = new Map<string, Entry>();

  constructor(options: TokensOptions) {
    this.clock = options.clock;
    this.idleMs = options.idleMs ?? 3_600_000;
    this.longestMs = options.longestMs ?? 86_400_000;
    this.most = options.most ?? 10_000;
  }

  /** A new token, 64 hexadecimal digits. */
  issue(session: Session): string {
    const now = this.clock.now();
    this.forgetUnused(now);
    const token = randomBytes(tokenBytes).toString('hex');
    this.entries.set(hash(token), { session, issuedAt: now, usedAt: now });
    return token;
  }

  /** Whose token this is, which counts as a use of it; undefined = it was never one, or is none any more. */
  use(token: string): Session | undefined {
    if (!tokenPattern.test(token)) return undefined;
    const key = hash(token);
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.entries.delete(key);
    const now = this.clock.now();
    if (!this.holds(entry, now)) return undefined;
    entry.usedAt = now;
    this.entries.set(key, entry);
    return entry.session;
  }

  /** Whose token this is and when it ends unless it is used before, unix ms; asking is no use of it. */
  look(token: string): { readonly session: Session; readonly endsAt: number } | undefined {
    const entry = tokenPattern.test(token) ? this.entries.get(hash(token)) : undefined;
    if (!entry || !this.holds(entry, this.clock.now())) return undefined;
    const endsAt = Math.min(entry.usedAt + this.idleMs, entry.issuedAt + this.longestMs);
    return { session: entry.session, endsAt };
  }

  /** The token is none any more. */
  end(token: string): void {
    this.entries.delete(hash(token));
  }

  private holds(entry: Entry, now: number): boolean {
    return now - entry.usedAt < this.idleMs && now - entry.issuedAt < this.longestMs;
  }

  private forgetUnused(now: number): void {
    for (const [key, entry] of this.entries) {
      if (this.holds(entry, now) && this.entries.size < this.most) break;
      this.entries.delete(key);
    }
  }
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
