// Input made to be slow, large or odd in one place: no parser of the server may take more than its length is worth. What
// is counted is processor time, so that a busy machine does not look like a slow parser.
import t from 'tap';
import {
  parseHostPort,
  parseNameAddr,
  parseParams,
  parseUri,
  parseVia,
  splitOutsideQuotes,
} from '../../../src/embedded-drachtio/addresses.js';
import { FrameReader } from '../../../src/embedded-drachtio/admin-frame.js';
import { maxMessage, parseMessage } from '../../../src/embedded-drachtio/message-parser.js';
import { StreamFramer } from '../../../src/embedded-drachtio/stream-framer.js';

/** Far more than any of them takes, far less than a parser that goes back and forth would. */
const patienceMs = 1000;
const size = 60_000;

function spent(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const head = (lines: string[]): Buffer =>
  Buffer.from(
    [
      'OPTIONS sip:conf@127.0.0.1 SIP/2.0',
      'Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-1;rport',
      'Max-Forwards: 70',
      'From: <sip:a@127.0.0.1>;tag=1',
      'To: <sip:b@127.0.0.1>',
      'Call-ID: hostile',
      'CSeq: 1 OPTIONS',
      ...lines,
      '',
      '',
    ].join('\r\n'),
  );

const runs = [
  ' ',
  '\t',
  ';',
  ',',
  '"',
  '\\',
  '\\"',
  '<',
  '<>',
  '"<',
  '; ',
  ';a=',
  ';"',
  '[',
  ':',
  '@',
  '?',
  'a',
  '1',
  '.',
];

void t.test('values of 60,000 characters', async (t) => {
  const starts = [
    '',
    'sip:',
    'SIP/2.0/UDP ',
    'SIP/2.0/UDP a',
    '"',
    '<',
    '<sip:a@b>',
    '"a" <sip:a@b>;tag=',
    'a;rport',
  ];
  const readers = { parseUri, parseVia, parseNameAddr, parseParams, parseHostPort };
  for (const [name, read] of Object.entries(readers)) {
    let worst = 0;
    for (const start of starts)
      for (const run of runs)
        for (const end of ['', 'x', '"', '>'])
          worst = Math.max(
            worst,
            spent(() => read(start + run.repeat(size / run.length) + end)),
          );
    t.ok(worst < patienceMs, `${name}: ${worst} ms`);
  }
  const worst = Math.max(
    ...runs.map((run) => spent(() => splitOutsideQuotes(run.repeat(size / run.length), ','))),
  );
  t.ok(worst < patienceMs, `splitOutsideQuotes: ${worst} ms`);
});

void t.test('whole messages with one long part', async (t) => {
  const names = [
    'Via',
    'From',
    'To',
    'Contact',
    'CSeq',
    'Require',
    'Session-Expires',
    'Route',
    'X-Any',
    'Expires',
  ];
  let worst = 0;
  for (const run of runs) {
    const long = run.repeat(size / run.length);
    for (const name of names) {
      for (const value of [long, `SIP/2.0/UDP a${long}b`, `<sip:a@b>;tag=${long}`, `1${long}x`]) {
        const data = head([`${name}: ${value}`]);
        worst = Math.max(
          worst,
          spent(() => parseMessage(data, false)),
        );
      }
    }
    for (const start of [
      `OPTIONS ${long}`,
      `OPTIONS${long} sip:a SIP/2.0`,
      `SIP/2.0 200 ${long}`,
      `OPTIONS sip:a${long}SIP/2.0`,
    ]) {
      for (const line of [start, start.slice(0, 8000)]) {
        const data = Buffer.from(
          head([])
            .toString()
            .replace(/^.*/, () => line),
        );
        worst = Math.max(
          worst,
          spent(() => parseMessage(data, false)),
        );
      }
    }
  }
  for (const filler of ['a:\r\n', 'a\r\n', ' \r\n', '\r\n ', '\n', '\r', ':', 'Via:,,,,\r\n']) {
    const data = Buffer.from(`OPTIONS sip:a@b SIP/2.0\r\n${filler.repeat(size / filler.length)}`);
    worst = Math.max(
      worst,
      spent(() => parseMessage(data, false)),
    );
  }
  t.ok(worst < patienceMs, `${worst} ms`);
});

void t.test('headers named like what every object has are headers', async (t) => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    const parsed = parseMessage(head([`${name}: 1`]), false);
    t.equal(parsed.kind, 'message');
    if (parsed.kind === 'message') t.equal(parsed.message.get(name.toLowerCase()), '1', name);
  }
});

void t.test('too many headers, too long a start line, too large a message', async (t) => {
  const drop = (data: Buffer): string => {
    const parsed = parseMessage(data, false);
    return parsed.kind === 'drop' ? parsed.reason : parsed.kind;
  };
  t.equal(drop(head(Array.from({ length: 300 }, () => 'X: 1'))), 'too-many-headers');
  t.equal(drop(head([`Route: ${'<sip:a>,'.repeat(300)}`])), 'too-many-headers');
  t.equal(drop(Buffer.from(`OPTIONS sip:${'a'.repeat(9000)} SIP/2.0\r\n\r\n`)), 'no-start-line');
  t.equal(drop(Buffer.alloc(maxMessage + 1, 'a')), 'too-large');
  t.equal(drop(Buffer.alloc(0)), 'start-line');
});

void t.test('a stream that comes byte by byte is read once', async (t) => {
  const messages: Buffer[] = [];
  let pings = 0;
  const framer = new StreamFramer(
    (data) => messages.push(data),
    (count) => (pings += count),
  );
  const body = 'b'.repeat(30_000);
  const text = `MESSAGE sip:a SIP/2.0\r\nX: ${'h'.repeat(30_000)}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const stream = Buffer.from(`\r\n\r\n${text}\r\n\r\n\r\n\r\n${text}\r\n`);
  const ms = spent(() => {
    for (let at = 0; at < stream.length; at += 1) framer.push(stream.subarray(at, at + 1));
  });
  t.ok(ms < 2 * patienceMs, `${ms} ms`);
  t.same(messages.map(String), [text, text]);
  t.equal(pings, 3);
  t.equal(framer.midway, false, 'a line end is no beginning of a message');
});

void t.test('a stream cut anywhere gives the same messages', async (t) => {
  const text = 'OPTIONS sip:a SIP/2.0\r\nl: 5\r\n\r\nhello';
  const stream = Buffer.from(`\r\n\r\n${text}${text}\r\n\r\n${text}`);
  for (let cut = 1; cut < stream.length; cut += 1) {
    const messages: string[] = [];
    let pings = 0;
    const framer = new StreamFramer(
      (data) => messages.push(data.toString()),
      (count) => (pings += count),
    );
    framer.push(stream.subarray(0, cut));
    framer.push(stream.subarray(cut));
    t.same([messages, pings], [[text, text, text], 2], `cut at ${cut}`);
  }
});

void t.test('frames: byte by byte, and lengths that are none', async (t) => {
  const reader = new FrameReader();
  const payload = 'x'.repeat(50_000);
  const stream = Buffer.from(`${payload.length}#${payload}6#m|ping`);
  const frames: string[] = [];
  const ms = spent(() => {
    for (let at = 0; at < stream.length; at += 1)
      frames.push(...reader.push(stream.subarray(at, at + 1)).map(String));
  });
  t.ok(ms < patienceMs, `${ms} ms`);
  t.same(frames, [payload, 'm|ping']);
  for (const wrong of ['#', '0#', '-1#x', '1e3#', ' 5#', '99999999', '9999999#', 'GET / HTTP/1.1'])
    t.throws(
      () => new FrameReader().push(Buffer.from(wrong)),
      { message: /length/ },
      wrong.replace('#', '+'),
    );
});
