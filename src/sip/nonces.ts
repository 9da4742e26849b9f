// The numbers used once of digest authentication. What was given out is not remembered: a nonce proves by itself when and
// for which address it was made. What is remembered, and bounded, are those that have opened a call, until they expire.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../conference/index.js';

export interface NoncesOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** A phone answers at once, or after a person has typed a password; ms. Default 60,000. */
  readonly lifetimeMs?: number;
  /** Spent ones that are remembered, the oldest forgotten first. Default 10,000. */
  readonly mostSpent?: number;
}

/** Hex digits of the time, of what is random, and of the proof. */
const timeDigits = 12;
const randomDigits = 16;
const proofDigits = 32;

export class Nonces {
  private readonly clock: Pick<Clock, 'now'>;
  private readonly lifetimeMs: number;
  private readonly mostSpent: number;
  private readonly key = randomBytes(32);
  /** When each was spent, oldest first. */
  private readonly spent = new Map<string, number>();

  constructor(options: NoncesOptions) {
    this.clock = options.clock;
    this.lifetimeMs = options.lifetimeMs ?? 60_000;
    this.mostSpent = options.mostSpent ?? 10_000;
  }

  make(address: string): string {
    const time = this.clock.now().toString(16).padStart(timeDigits, '0');
    const body = time + randomBytes(randomDigits / 2).toString('hex');
    return body + this.proof(body, address);
  }

  /** False: not made by us for this address, too old, or spent. */
  isGood(nonce: string, address: string): boolean {
    if (nonce.length !== timeDigits + randomDigits + proofDigits || this.spent.has(nonce)) return false;
    const body = nonce.slice(0, -proofDigits);
    const proof = Buffer.from(nonce.slice(-proofDigits));
    const due = Buffer.from(this.proof(body, address));
    if (proof.length !== due.length || !timingSafeEqual(proof, due)) return false;
    const age = this.clock.now() - parseInt(body.slice(0, timeDigits), 16);
    return age >= 0 && age < this.lifetimeMs;
  }

  /** The nonce has opened a call: whoever overheard it cannot open another. */
  spend(nonce: string): void {
    const now = this.clock.now();
    this.spent.set(nonce, now);
    for (const [oldest, at] of this.spent) {
      if (this.spent.size <= this.mostSpent && now - at < this.lifetimeMs) break;
      this.spent.delete(oldest);
    }
  }

  private proof(body: string, address: string): string {
    return createHmac('sha256', this.key).update(`${body} ${address}`).digest('hex').slice(0, proofDigits);
  }
}
