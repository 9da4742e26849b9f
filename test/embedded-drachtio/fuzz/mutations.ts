// Spoils messages in a way that can be repeated: one seed gives one sequence, so a failure can be looked at again.

/** A small generator of pseudo-random numbers (mulberry32); `seed` is any 32-bit number. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 to below `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * limit);
  }

  pick<T>(from: readonly T[]): T {
    const item = from[this.below(from.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }
}

/** What breaks parsers: ends, separators, escapes, numbers at their limits, and much of anything. */
const poison = [
  '\0',
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\r\n ',
  '|',
  '#',
  '"',
  '\\',
  '<',
  '>',
  ';',
  ',',
  ':',
  '@',
  '=',
  '%',
  '%00',
  '%zz',
  '[',
  ']',
  '[::1]',
  '-1',
  '0',
  '65536',
  '4294967296',
  '99999999999999999999',
  '1e9',
  'NaN',
  '\xff\xfe',
  '\xc3\x28',
  ' '.repeat(200),
  'A'.repeat(2000),
  ';x'.repeat(300),
  '__proto__',
  'constructor',
  'hasOwnProperty: 1\r\n',
  '__proto__: 1\r\n',
  'Via: SIP/2.0/UDP\r\n',
  'Route: <sip:127.0.0.1;lr>\r\n',
  'Content-Length: 4294967295\r\n',
  'Record-Route: <>\r\n',
  'To:\r\n',
  'sip:',
  'SIP/2.0',
  'SIP/2.0 200 OK\r\n',
];

type Mutation = (text: string, random: Random) => string;

const mutations: Mutation[] = [
  // One byte is another one.
  (text, random) => {
    const at = random.below(text.length);
    return text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
  },
  // Something is missing.
  (text, random) => {
    const at = random.below(text.length);
    return text.slice(0, at) + text.slice(at + 1 + random.below(40));
  },
  // Something is there twice.
  (text, random) => {
    const at = random.below(text.length);
    const end = at + 1 + random.below(80);
    return text.slice(0, end) + text.slice(at);
  },
  // Something is there that should not be.
  (text, random) => {
    const at = random.below(text.length);
    return text.slice(0, at) + random.pick(poison) + text.slice(at);
  },
  // The message ends early.
  (text, random) => text.slice(0, 1 + random.below(text.length)),
  // Two lines have changed places.
  (text, random) => {
    const lines = text.split('\r\n');
    const [one, two] = [random.below(lines.length), random.below(lines.length)];
    [lines[one], lines[two]] = [lines[two] ?? '', lines[one] ?? ''];
    return lines.join('\r\n');
  },
  // One line is there many times.
  (text, random) => {
    const lines = text.split('\r\n');
    const at = random.below(lines.length);
    const many = Array.from({ length: 1 + random.below(100) }, () => lines[at] ?? '');
    lines.splice(at, 0, ...many);
    return lines.join('\r\n');
  },
  // One header has no value, or another one.
  (text, random) => {
    const lines = text.split('\r\n');
    const at = random.below(lines.length);
    const name = (lines[at] ?? '').split(':')[0] ?? '';
    lines[at] = `${name}: ${random.pick(poison)}`;
    return lines.join('\r\n');
  },
  // One number is another one.
  (text, random) => {
    const value = random.pick([
      '-1',
      '0',
      '1',
      '99999',
      '2147483648',
      '4294967296',
      '18446744073709551616',
      '',
    ]);
    const numbers = [...text.matchAll(/\d+/g)];
    if (numbers.length === 0) return text;
    const { index = 0, 0: number } = random.pick(numbers);
    return text.slice(0, index) + value + text.slice(index + number.length);
  },
  // The line ends are somebody else's.
  (text, random) => text.replaceAll('\r\n', random.pick(['\n', '\r', '\n\r', '\r\r\n'])),
  // Bytes that are no text at all.
  (text, random) => {
    const noise = Array.from({ length: 1 + random.below(400) }, () => String.fromCharCode(random.below(256)));
    return random.below(2) === 0 ? noise.join('') : text + noise.join('');
  },
];

/** Spoils a message by one to three mutations; never empty. */
export function mutate(text: string, random: Random): string {
  let out = text;
  for (let rounds = 1 + random.below(3); rounds > 0; rounds -= 1) {
    out = random.pick(mutations)(out === '' ? text : out, random);
  }
  return out === '' ? '\0' : out;
}
