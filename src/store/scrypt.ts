// Passwords as they are kept: scrypt with its cost and its salt beside it, so that the cost can be raised later. One at
// a time: each takes a thread of the small pool in which SQLite runs too, and a phone that rings must not wait.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { PartylineError } from '../errors.js';

interface Cost {
  /** Binary logarithm of scrypt's N. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** From OWASP's list for scrypt, the row with the least memory: 16 MB; about 0.2 s of one core of a small server. */
const cost: Cost = { ln: 14, r: 8, p: 5 };
const hashBytes = 32;
const saltBytes = 16;
/** Higher costs are not taken from a database: who wrote them could stop the box. */
const highest: Cost = { ln: 17, r: 16, p: 16 };
/** Checks that wait for their turn; more are turned away. */
const mostWaiting = 32;

/** Like "$scrypt$ln=14,r=8,p=5$salt$hash" (the PHC string format), salt and hash in Base64. */
const form =
  /^(\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{16,86}))\$([A-Za-z0-9+/]{43})$/;

export class Scrypt {
  private tail: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** @param salt a random one when absent */
  async hash(text: string, salt: Buffer = randomBytes(saltBytes)): Promise<string> {
    const { ln, r, p } = cost;
    const hash = await this.derive(text, salt, cost);
    return `$scrypt$ln=${ln},r=${r},p=${p}$${base64(salt)}$${base64(hash)}`;
  }

  /**
   * Which of the hashes are of this text, in constant time for each; hashes with the same cost and salt cost one
   * derivation together. No hash at all takes as long as one, so that time does not tell whether there is any.
   * @throws PartylineError UNAVAILABLE when too many are waiting
   */
  async matches(text: string, hashes: readonly string[]): Promise<boolean[]> {
    const derived = new Map<string, Buffer>();
    const matches: boolean[] = [];
    for (const stored of hashes) {
      const [, head = '', ln, r, p, salt = '', hash = ''] = form.exec(stored) ?? [];
      const asked = { ln: Number(ln), r: Number(r), p: Number(p) };
      if (!head || asked.ln > highest.ln || asked.r > highest.r || asked.p > highest.p) {
        matches.push(false);
        continue;
      }
      const known = derived.get(head) ?? (await this.derive(text, Buffer.from(salt, 'base64'), asked));
      derived.set(head, known);
      matches.push(timingSafeEqual(known, Buffer.from(hash, 'base64')));
    }
    if (derived.size === 0) await this.derive(text, Buffer.alloc(saltBytes), cost);
    return matches;
  }

  private derive(text: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
    if (this.waiting >= mostWaiting) throw new PartylineError('UNAVAILABLE', 'The check of passwords');
    this.waiting++;
    const options = { N: 2 ** ln, r, p, maxmem: 2 ** ln * r * 128 + 2 ** 20 };
    const result = this.tail.then(
      () =>
        new Promise<Buffer>((resolve, reject) => {
          scrypt(text, salt, hashBytes, options, (error, hash) => (error ? reject(error) : resolve(hash)));
        }),
    );
    this.tail = result.catch(() => undefined).finally(() => this.waiting--);
    return result;
  }
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
