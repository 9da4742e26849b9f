// The parameters of a request, each read with its own check. Catapult's clients send booleans and numbers as text, too.
import { CatapultError, invalid } from './errors.js';

export class Fields {
  private readonly values: Readonly<Record<string, unknown>>;

  /** @throws CatapultError when the body is no JSON object */
  constructor(body: unknown) {
    if (body === undefined || body === null) this.values = {};
    else if (typeof body === 'object' && !Array.isArray(body)) this.values = body as Record<string, unknown>;
    else throw new CatapultError('bad-request', 'the body must be a JSON object');
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  /** @throws CatapultError unless it is text of at most `most` characters */
  text(name: string, most = 256): string | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw invalid(name, 'must be text');
    if (value.length > most) throw invalid(name, `must not have more than ${most} characters`);
    return value;
  }

  required(name: string, most?: number): string {
    const value = this.text(name, most)?.trim();
    if (!value) throw invalid(name, 'is required');
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    throw invalid(name, 'must be true or false');
  }

  /** A whole number from `least` to `most`. */
  number(name: string, least: number, most: number): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most) {
      throw invalid(name, `must be a whole number from ${least} to ${most}`);
    }
    return number;
  }

  /** One of the words, upper and lower case alike. */
  word<T extends string>(name: string, words: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const word = words.find((one) => one.toLowerCase() === value.toLowerCase());
    if (word === undefined) throw invalid(name, `must be ${words.join(' or ')}`);
    return word;
  }

  private raw(name: string): unknown {
    const value = Object.hasOwn(this.values, name) ? this.values[name] : undefined;
    return value === null ? undefined : value;
  }
}
