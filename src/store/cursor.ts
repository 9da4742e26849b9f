// Where the next page of a list begins, as text that a client keeps for us: the key of the last row of the page before.
import { PartylineError } from '../errors.js';

export function writeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** @throws PartylineError VALIDATION for anything that writeCursor did not write */
export function readCursor(cursor: string, length: number): string[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor.slice(0, 4096), 'base64url').toString());
    if (Array.isArray(key) && key.length === length && key.every((part) => typeof part === 'string'))
      return key;
  } catch {
    // Falls through to the same answer as a cursor of another shape.
  }
  throw new PartylineError('VALIDATION', 'the page to go on from is unknown');
}
