// One SIP message as the test phone reads and writes it (RFC 3261 §7): start line, headers in order, body. Own code and
// not the application's library, so that a misunderstanding there cannot hide here.

const compact: Record<string, string> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  c: 'content-type',
  l: 'content-length',
  k: 'supported',
  s: 'subject',
  e: 'content-encoding',
  x: 'session-expires',
};

/** Most bytes and header lines of a message we read; more is no SIP message for a phone. */
export const maxMessageBytes = 65_535;
const maxHeaders = 200;

function key(name: string): string {
  const lower = name.toLowerCase();
  return compact[lower] ?? lower;
}

export class SipMessage {
  method = '';
  uri = '';
  status = 0;
  reason = '';
  body = '';
  private readonly headers: { name: string; value: string }[] = [];

  static request(method: string, uri: string): SipMessage {
    const message = new SipMessage();
    message.method = method;
    message.uri = uri;
    return message;
  }

  static response(status: number, reason: string): SipMessage {
    const message = new SipMessage();
    message.status = status;
    message.reason = reason;
    return message;
  }

  /** The message in these bytes, or undefined when they hold none. */
  static parse(bytes: Buffer): SipMessage | undefined {
    if (bytes.length > maxMessageBytes) return undefined;
    let split = bytes.indexOf('\r\n\r\n');
    if (split < 0) split = bytes.length;
    const lines = bytes
      .toString('utf8', 0, split)
      .replace(/\r\n[ \t]+/g, ' ')
      .split('\r\n');
    const start = lines.shift() ?? '';
    let message: SipMessage;
    const response = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(start);
    const request = /^([A-Z]+) (\S+) SIP\/2\.0$/.exec(start);
    if (response) message = SipMessage.response(Number(response[1]), response[2]!);
    else if (request) message = SipMessage.request(request[1]!, request[2]!);
    else return undefined;
    if (lines.length > maxHeaders) return undefined;
    for (const line of lines) {
      const colon = line.indexOf(':');
      if (colon < 1) return undefined;
      message.add(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
    }
    const length = message.get('content-length');
    const from = split + 4;
    const to = length === undefined ? bytes.length : from + Number(length);
    message.body = bytes.toString('utf8', Math.min(from, bytes.length), Math.min(to, bytes.length));
    return message;
  }

  get isRequest(): boolean {
    return this.method !== '';
  }

  get(name: string): string | undefined {
    const wanted = key(name);
    return this.headers.find((header) => key(header.name) === wanted)?.value;
  }

  /** Every value of a header, comma lists taken apart. */
  all(name: string): string[] {
    const wanted = key(name);
    return this.headers
      .filter((header) => key(header.name) === wanted)
      .flatMap((header) => splitList(header.value));
  }

  set(name: string, value: string): this {
    this.remove(name);
    return this.add(name, value);
  }

  add(name: string, value: string): this {
    this.headers.push({ name, value });
    return this;
  }

  prepend(name: string, value: string): this {
    this.headers.unshift({ name, value });
    return this;
  }

  remove(name: string): this {
    const wanted = key(name);
    for (let i = this.headers.length - 1; i >= 0; i--) {
      if (key(this.headers[i]!.name) === wanted) this.headers.splice(i, 1);
    }
    return this;
  }

  get cseq(): { number: number; method: string } {
    const [number, method] = (this.get('cseq') ?? '').split(/\s+/);
    return { number: Number(number), method: method ?? '' };
  }

  get callId(): string {
    return this.get('call-id') ?? '';
  }

  /** The branch of the topmost Via, which names the transaction. */
  get branch(): string {
    return /;\s*branch=([^;,\s]+)/i.exec(this.all('via')[0] ?? '')?.[1] ?? '';
  }

  /** A copy to send again with changes. */
  clone(): SipMessage {
    const copy = new SipMessage();
    Object.assign(copy, { method: this.method, uri: this.uri, status: this.status, reason: this.reason });
    copy.body = this.body;
    for (const { name, value } of this.headers) copy.add(name, value);
    return copy;
  }

  withBody(type: string, body: string): this {
    this.set('Content-Type', type);
    this.body = body;
    return this;
  }

  toString(): string {
    const start = this.isRequest
      ? `${this.method} ${this.uri} SIP/2.0`
      : `SIP/2.0 ${this.status} ${this.reason}`;
    const lines = this.headers
      .filter((header) => key(header.name) !== 'content-length')
      .map((header) => `${header.name}: ${header.value}`);
    return `${start}\r\n${lines.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(this.body)}\r\n\r\n${this.body}`;
  }
}

/** A response to this request with the headers RFC 3261 §8.2.6 copies; `tag` becomes the To tag when it has none. */
export function responseTo(request: SipMessage, status: number, reason: string, tag?: string): SipMessage {
  const response = SipMessage.response(status, reason);
  for (const via of request.all('via')) response.add('Via', via);
  for (const route of request.all('record-route')) response.add('Record-Route', route);
  response.add('From', request.get('from') ?? '');
  const to = request.get('to') ?? '';
  response.add('To', tag !== undefined && tagOf(to) === undefined ? `${to};tag=${tag}` : to);
  response.add('Call-ID', request.callId);
  response.add('CSeq', request.get('cseq') ?? '');
  return response;
}

/** Splits at commas that are neither quoted nor inside angle brackets. */
function splitList(value: string): string[] {
  if (!value.includes(',')) return [value];
  const parts: string[] = [];
  let quoted = false;
  let angle = false;
  let from = 0;
  for (let i = 0; i < value.length; i++) {
    const c = value[i];
    if (quoted && c === '\\') i++;
    else if (c === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (c === '<') angle = true;
    else if (c === '>') angle = false;
    else if (c === ',' && !angle) {
      parts.push(value.slice(from, i).trim());
      from = i + 1;
    }
  }
  parts.push(value.slice(from).trim());
  return parts;
}

/** The tag parameter of a From or To value. */
export function tagOf(value: string | undefined): string | undefined {
  const after = value?.slice((value.lastIndexOf('>') ?? -1) + 1);
  return after === undefined ? undefined : /;\s*tag=([^;\s]+)/i.exec(after)?.[1];
}

/** The URI inside a From, To, Contact or Route value. */
export function uriOf(value: string): string {
  const angle = /<([^>]*)>/.exec(value);
  return angle ? angle[1]! : (value.split(';')[0] ?? '').trim();
}

export interface SipUri {
  readonly user: string;
  readonly host: string;
  readonly port: number;
  readonly transport: string | undefined;
}

/** Takes a sip: URI apart; the port is 5060 unless given. Throws on anything else. */
export function parseUri(uri: string): SipUri {
  const match = /^sips?:(?:([^@]*)@)?(\[[^\]]+\]|[^:;?]+)(?::(\d+))?((?:;[^?]*)?)/i.exec(uri);
  if (!match) throw new Error(`not a sip URI: ${uri}`);
  return {
    user: match[1] ?? '',
    host: match[2]!,
    port: match[3] === undefined ? 5060 : Number(match[3]),
    transport: /;transport=([a-z]+)/i.exec(match[4] ?? '')?.[1]?.toLowerCase(),
  };
}
