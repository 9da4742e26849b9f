// A key of a telephone.
export const digits = [
  '0',
  '1',
  '2',
  '3',
  '4',
  '5',
  '6',
  '7',
  '8',
  '9',
  '*',
  '#',
  'A',
  'B',
  'C',
  'D',
] as const;

export type Digit = (typeof digits)[number];

const known: ReadonlySet<string> = new Set(digits);

export function isDigit(text: string): text is Digit {
  return known.has(text);
}

/** The key of an RFC 4733 event code (section 3.2: 0 to 9, 10 = *, 11 = #, 12 to 15 = A to D). */
export function digitOfEvent(event: number): Digit | undefined {
  return digits[event];
}
