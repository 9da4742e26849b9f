// One SIP message as a list of headers and a body. Headers keep their order and their spelling; look-ups go by lower
// case, and the compact forms of RFC 3261 §7.3.3 are known by their long names.
import { tagOf } from './addresses.js';

export interface Header {
  readonly name: string;
  /** Lower case, long form. */
  readonly key: string;
  readonly value: string;
}

const compactForms: ReadonlyMap<string, string> = new Map([
  ['a', 'Accept-Contact'],
  ['b', 'Referred-By'],
  ['c', 'Content-Type'],
  ['e', 'Content-Encoding'],
  ['f', 'From'],
  ['i', 'Call-ID'],
  ['k', 'Supported'],
  ['l', 'Content-Length'],
  ['m', 'Contact'],
  ['o', 'Event'],
  ['r', 'Refer-To'],
  ['s', 'Subject'],
  ['t', 'To'],
  ['u', 'Allow-Events'],
  ['v', 'Via'],
  ['x', 'Session-Expires'],
]);

/** Spellings that capitalising each word does not give. */
const spellings: ReadonlyMap<string, string> = new Map([
  ['call-id', 'Call-ID'],
  ['cseq', 'CSeq'],
  ['rack', 'RAck'],
  ['rseq', 'RSeq'],
  ['www-authenticate', 'WWW-Authenticate'],
  ['mime-version', 'MIME-Version'],
  ['min-se', 'Min-SE'],
]);

type Name = Pick<Header, 'name' | 'key'>;

/** Names that were met before, because there are few; bounded, because anybody can invent more. */
const names = new Map<string, Name>();
const maxNames = 1000;
const maxNameLength = 64;

/** The usual spelling of a name that is written in lower case or in its compact form; others stay as they are. */
function headerName(written: string): Name {
  const known = names.get(written);
  if (known) return known;
  const lower = written.toLowerCase();
  const spelled =
    compactForms.get(lower) ?? spellings.get(lower) ?? (written === lower ? capitalised(lower) : written);
  const name = { name: spelled, key: spelled.toLowerCase() };
  if (names.size < maxNames && written.length <= maxNameLength) names.set(written, name);
  return name;
}

function capitalised(lower: string): string {
  return lower.replace(
    /(^|-)([a-z])/g,
    (_match, dash: string, letter: string) => dash + letter.toUpperCase(),
  );
}

export interface Cseq {
  readonly number: number;
  readonly method: string;
}

const noBody = Buffer.alloc(0);
/** Headers of which more is kept than their text. */
const understood = new Set(['from', 'to', 'cseq']);

export class SipMessage {
  readonly method: string;
  readonly uri: string;
  /** 0 for a request. */
  readonly status: number;
  readonly reason: string;
  body: Buffer = noBody;
  private list: Header[] = [];
  private knownCseq: Cseq | undefined;
  private knownFromTag: string | undefined;
  private knownToTag: string | undefined;

  private constructor(method: string, uri: string, status: number, reason: string) {
    this.method = method;
    this.uri = uri;
    this.status = status;
    this.reason = reason;
  }

  static request(method: string, uri: string): SipMessage {
    return new SipMessage(method, uri, 0, '');
  }

  static response(status: number, reason = reasonOf(status)): SipMessage {
    return new SipMessage('', '', status, reason);
  }

  get isRequest(): boolean {
    return this.status === 0;
  }

  /** In their order. */
  get headers(): readonly Header[] {
    return this.list;
  }

  /** The first value of a header; the key in lower case. */
  get(key: string): string | undefined {
    for (const header of this.list) if (header.key === key) return header.value;
    return undefined;
  }

  all(key: string): string[] {
    const values: string[] = [];
    for (const header of this.list) if (header.key === key) values.push(header.value);
    return values;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  add(name: string, value: string): this {
    const { name: spelled, key } = headerName(name);
    if (understood.has(key)) this.changed();
    this.list.push({ name: spelled, key, value });
    return this;
  }

  /** Before all others; for the Via of a request of ours. */
  prepend(name: string, value: string): this {
    this.changed();
    this.list.unshift({ ...headerName(name), value });
    return this;
  }

  /** In place of all values there are, at the place of the first. */
  set(name: string, value: string): this {
    const { key } = headerName(name);
    const index = this.list.findIndex((header) => header.key === key);
    this.changed();
    if (index < 0) return this.add(name, value);
    this.list = this.list.filter((header, at) => header.key !== key || at === index);
    this.list[index] = { ...headerName(name), value };
    return this;
  }

  /** In place of the first value, where there is one; the others stay. */
  setFirst(key: string, value: string): this {
    const index = this.list.findIndex((header) => header.key === key);
    const old = this.list[index];
    this.changed();
    if (old) this.list[index] = { ...old, value };
    return this;
  }

  remove(key: string): this {
    this.changed();
    this.list = this.list.filter((header) => header.key !== key);
    return this;
  }

  /** Number and method of the CSeq; 0 and '' when there is none. */
  get cseq(): Cseq {
    this.knownCseq ??= readCseq(this.get('cseq'));
    return this.knownCseq;
  }

  /** '' when there is none. */
  get fromTag(): string {
    this.knownFromTag ??= tagOf(this.get('from') ?? '');
    return this.knownFromTag;
  }

  /** '' when there is none. */
  get toTag(): string {
    this.knownToTag ??= tagOf(this.get('to') ?? '');
    return this.knownToTag;
  }

  get callId(): string {
    return this.get('call-id') ?? '';
  }

  /** As on the wire, with the Content-Length that is true. */
  toBuffer(): Buffer {
    const start = this.isRequest
      ? `${this.method} ${this.uri} SIP/2.0`
      : `SIP/2.0 ${this.status} ${this.reason}`;
    let head = `${start}\r\n`;
    for (const { name, key, value } of this.list)
      if (key !== 'content-length') head += `${name}: ${value}\r\n`;
    head += `Content-Length: ${this.body.length}\r\n\r\n`;
    return this.body.length === 0 ? Buffer.from(head) : Buffer.concat([Buffer.from(head), this.body]);
  }

  /** What was read of the headers before may be wrong now. */
  private changed(): void {
    this.knownCseq = undefined;
    this.knownFromTag = undefined;
    this.knownToTag = undefined;
  }
}

function readCseq(value: string | undefined): Cseq {
  const match = /^(\d{1,10})\s+(\S+)$/.exec(value ?? '');
  return match?.[1] && match[2] ? { number: Number(match[1]), method: match[2] } : { number: 0, method: '' };
}

const reasons: ReadonlyMap<number, string> = new Map([
  [100, 'Trying'],
  [180, 'Ringing'],
  [183, 'Session Progress'],
  [200, 'OK'],
  [202, 'Accepted'],
  [400, 'Bad Request'],
  [405, 'Method Not Allowed'],
  [408, 'Request Timeout'],
  [416, 'Unsupported URI Scheme'],
  [420, 'Bad Extension'],
  [422, 'Session Interval Too Small'],
  [480, 'Temporarily Unavailable'],
  [481, 'Call Leg/Transaction Does Not Exist'],
  [482, 'Loop Detected'],
  [487, 'Request Terminated'],
  [491, 'Request Pending'],
  [500, 'Server Internal Error'],
  [501, 'Not Implemented'],
  [503, 'Service Unavailable'],
  [504, 'Server Time-out'],
  [505, 'Version Not Supported'],
  [513, 'Message Too Large'],
]);

export function reasonOf(status: number): string {
  return reasons.get(status) ?? (status < 300 ? 'OK' : 'Error');
}
