// The code that lets the first admin of a new box in: whoever reads the console may set the box up, and nobody else.
import { createHash, randomInt, timingSafeEqual } from 'node:crypto';

/** Without letters and digits that look alike. */
const alphabet = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

/** Eight characters of 31, which ten guesses in a quarter of an hour do not find in a lifetime. */
export function newSetupCode(): string {
  const letters = Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]);
  return `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`;
}

/** Blanks, hyphens and the case of letters do not count. */
export function isSetupCode(code: string, given: string): boolean {
  const digest = (text: string) =>
    createHash('sha256').update(text.slice(0, 64).toUpperCase().replace(/[\s-]/g, '')).digest();
  return timingSafeEqual(digest(code), digest(given));
}
