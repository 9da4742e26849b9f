// Reads the captures in traces/: what a real drachtio-server, drachtio-srf and a telephone said to each other.
// The captures were printed without their carriage returns; the reader puts them back and proves it by the
// frame lengths and Content-Lengths that stand in the captures themselves.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One frame on the admin connection, one SIP message on the wire, or the server closing the connection. */
export interface TraceEvent {
  /** Line of the capture file, from 1: the name by which an expectation table points at this event. */
  line: number;
  /** Milliseconds since the beginning of the capture. */
  ms: number;
  channel: 'admin' | 'udp' | 'tcp';
  /** 'in' was sent to the server, 'out' was sent by the server, 'closed' is the server closing. */
  direction: 'in' | 'out' | 'closed';
  /** The payload, CRLFs restored, latin1; an admin frame without its length prefix. */
  text: string;
  /** The capture holds only the beginning of this frame. */
  truncated: boolean;
}

export interface Trace {
  name: string;
  title: string;
  events: TraceEvent[];
}

const heading =
  /^--- \+ *(\d+)ms (?:(ADM|SIP|SIP\/TCP) (app->srv|ua->srv|srv->app|srv->ua)|ADM srv closed connection)$/;

/** The folder of the captures: beside the sources, wherever the compiled test runs from. */
export function traceFolder(): string {
  let folder = import.meta.dirname;
  while (folder !== dirname(folder)) {
    const candidate = join(folder, 'test/embedded-drachtio/conformance/traces');
    if (existsSync(candidate)) return candidate;
    folder = dirname(folder);
  }
  throw new Error('the folder with the captures was not found');
}

export function traceNames(): string[] {
  return readdirSync(traceFolder())
    .filter((name) => name.endsWith('.txt'))
    .map((name) => name.slice(0, -4))
    .sort();
}

export function readTrace(name: string): Trace {
  return parseTrace(name, readFileSync(join(traceFolder(), `${name}.txt`), 'latin1'));
}

export function parseTrace(name: string, file: string): Trace {
  const lines = file.split('\n');
  const events: TraceEvent[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const match = heading.exec(lines[index] ?? '');
    if (!match) continue;
    const [, ms, kind, arrow] = match;
    const first = index + 1;
    let last = first;
    while (last < lines.length && !/^(---|###) /.test(lines[last] ?? '')) last += 1;
    const block = lines.slice(first, last).join('\r\n');
    const base = { line: index + 1, ms: Number(ms) };
    if (!kind || !arrow) {
      events.push({ ...base, channel: 'admin', direction: 'closed', text: '', truncated: false });
      continue;
    }
    const channel = kind === 'ADM' ? 'admin' : kind === 'SIP' ? 'udp' : 'tcp';
    const direction = arrow.endsWith('->srv') ? 'in' : 'out';
    const { text, truncated } = channel === 'admin' ? frameText(block) : sipText(block);
    events.push({ ...base, channel, direction, text, truncated });
  }
  return { name, title: (lines[0] ?? '').replace(/^# /, ''), events };
}

function frameText(block: string): { text: string; truncated: boolean } {
  const hash = block.indexOf('#');
  const length = Number(block.slice(0, hash));
  const text = block.slice(hash + 1, hash + 1 + length);
  return { text, truncated: text.length < length };
}

function sipText(block: string): { text: string; truncated: boolean } {
  // A keep-alive is nothing but line ends.
  if (block.trim() === '') return { text: block, truncated: false };
  const end = block.indexOf('\r\n\r\n');
  const head = block.slice(0, end);
  const length = Number(/^Content-Length: (\d+)$/im.exec(head)?.[1] ?? 0);
  const text = block.slice(0, end + 4 + length);
  return { text, truncated: text.length < end + 4 + length };
}
