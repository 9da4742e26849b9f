// The part of a file that a browser asks for: a player that cannot have parts cannot jump.

/** First and last byte, both of the part. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * A header Range with one range (RFC 9110, 14.1.2). What is none, or asks for several, means the whole, as the RFC allows.
 * @param size bytes of the file
 * @returns undefined = the whole; 'outside' = it asks for what is not there
 */
export function byteRangeOf(header: string | undefined, size: number): ByteRange | 'outside' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    // So many from the end.
    const count = Number(last);
    return count === 0 || size === 0 ? 'outside' : { start: Math.max(0, size - count), end: size - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= size) return 'outside';
  return { start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}
