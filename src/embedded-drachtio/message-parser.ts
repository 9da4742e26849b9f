// From bytes to a SIP message, bounded. What is malformed but can be answered comes back with what is needed for a 400.
import {
  parseHostPort,
  parseNameAddr,
  parseUri,
  parseVia,
  splitOutsideQuotes,
  type Via,
} from './addresses.js';
import { SipMessage } from './sip-message.js';

/** A UDP datagram carries no more, bytes. */
export const maxMessage = 65_535;
const maxHeaders = 256;
const maxStartLine = 8192;
/** Headers that are lists and that we edit entry by entry. */
const lists = new Set(['via', 'v', 'route', 'record-route']);

export type ParseResult =
  | { readonly kind: 'message'; readonly message: SipMessage; readonly via: Via }
  /** A request that gets this status; the message holds what could be read of it. */
  | {
      readonly kind: 'refuse';
      readonly status: number;
      readonly reason: string;
      readonly message: SipMessage;
      readonly via: Via;
    }
  | { readonly kind: 'drop'; readonly reason: string };

/**
 * @param stream true: the body is as long as Content-Length says, because the framer cut it so
 */
export function parseMessage(data: Buffer, stream: boolean): ParseResult {
  if (data.length > maxMessage) return { kind: 'drop', reason: 'too-large' };
  let start = 0;
  while (start < data.length && (data[start] === 0x0d || data[start] === 0x0a)) start += 1;
  const end = endOfHead(data, start);
  const head = data.toString('utf8', start, end.head);
  const lines = unfold(head);
  const startLine = lines.shift();
  if (startLine === undefined || startLine.length > maxStartLine)
    return { kind: 'drop', reason: 'no-start-line' };
  const opened = open(startLine);
  if (!opened) return { kind: 'drop', reason: 'start-line' };
  const { message } = opened;
  let fault = opened.fault;
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = colon < 0 ? '' : line.slice(0, colon).trim();
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
      fault ??= { status: 400, reason: 'Malformed header' };
      continue;
    }
    const value = line.slice(colon + 1).trim();
    if (value.includes(',') && lists.has(name.toLowerCase())) {
      for (const part of splitOutsideQuotes(value, ',')) message.add(name, part.trim());
    } else {
      message.add(name, value);
    }
    if (message.headers.length > maxHeaders) return { kind: 'drop', reason: 'too-many-headers' };
  }
  const topVia = message.get('via');
  const via = topVia === undefined ? undefined : parseVia(topVia);
  if (!via) return { kind: 'drop', reason: 'via' };
  fault ??= checkHeaders(message) ?? takeBody(message, data.subarray(end.body), stream);
  if (!fault) return { kind: 'message', message, via };
  // A malformed response is dropped, and so is a request that lacks what an answer is made of.
  const answerable = needed.every((key) => message.has(key));
  if (!message.isRequest || message.method === 'ACK' || !answerable)
    return { kind: 'drop', reason: 'malformed' };
  return { kind: 'refuse', ...fault, message, via };
}

interface Fault {
  readonly status: number;
  readonly reason: string;
}

function endOfHead(data: Buffer, start: number): { head: number; body: number } {
  const crlf = data.indexOf('\r\n\r\n', start);
  if (crlf >= 0) return { head: crlf, body: crlf + 4 };
  const lf = data.indexOf('\n\n', start);
  return lf >= 0 ? { head: lf, body: lf + 2 } : { head: data.length, body: data.length };
}

/** Lines that begin with a blank go on the line before (RFC 3261 §7.3.1). */
function unfold(head: string): string[] {
  const lines: string[] = [];
  for (const line of head.split(/\r\n|\n|\r/)) {
    if ((line.startsWith(' ') || line.startsWith('\t')) && lines.length > 1) {
      lines[lines.length - 1] += ` ${line.trim()}`;
    } else if (line !== '' || lines.length === 0) {
      lines.push(line);
    }
  }
  return lines;
}

/** Cut by hand: what backtracks here would be blocked by one line of blanks. */
function open(line: string): { message: SipMessage; fault?: Fault } | undefined {
  if (/^SIP\/2\.0 \d{3}(?: |$)/i.test(line)) {
    const code = Number(line.slice(8, 11));
    return code >= 100 && code <= 699 ? { message: SipMessage.response(code, line.slice(12)) } : undefined;
  }
  const method = /^[!%'*+.`~_A-Za-z0-9-]{1,64}(?= )/.exec(line)?.[0];
  const trimmed = line.trimEnd();
  const last = trimmed.lastIndexOf(' ');
  const version = trimmed.slice(last + 1);
  const uri = method === undefined ? '' : trimmed.slice(method.length, last).trim();
  if (method === undefined || !uri || !/^SIP\/\d{1,9}\.\d{1,9}$/.test(version)) return undefined;
  const message = SipMessage.request(method, uri);
  if (version !== 'SIP/2.0') return { message, fault: { status: 505, reason: 'Version Not Supported' } };
  const parsed = parseUri(uri);
  if (!parsed || parsed.hasHeaders || line !== `${method} ${uri} ${version}`) {
    return { message, fault: { status: 400, reason: 'Malformed Request-URI' } };
  }
  if (!['sip', 'sips', 'tel'].includes(parsed.scheme)) {
    return { message, fault: { status: 416, reason: 'Unsupported URI Scheme' } };
  }
  return { message };
}

/** Headers without which there is no answer. */
const needed = ['from', 'to', 'call-id', 'cseq'];
/** Headers of which there may be one. */
const once = new Set([...needed, 'max-forwards', 'content-length', 'content-type', 'expires']);

function checkHeaders(message: SipMessage): Fault | undefined {
  const seen = new Set<string>();
  for (const { key } of message.headers) {
    if (seen.has(key) && once.has(key)) return { status: 400, reason: `Repeated ${key}` };
    seen.add(key);
  }
  for (const key of needed) if (!seen.has(key)) return { status: 400, reason: `Missing ${key}` };
  if (!/^\S{1,512}$/.test(message.callId)) return { status: 400, reason: 'Malformed Call-ID' };
  const { number, method } = message.cseq;
  // RFC 3261 §8.1.1.5: less than 2^31.
  if (!method || number > 0x7fffffff) return { status: 400, reason: 'Malformed CSeq' };
  if (message.isRequest && method !== message.method)
    return { status: 400, reason: 'CSeq does not fit the method' };
  for (const key of ['from', 'to']) {
    const address = parseNameAddr(message.get(key) ?? '');
    const uri = address && parseUri(address.uri);
    if (!uri) return { status: 400, reason: `Malformed ${key}` };
    const tag = address.params.get('tag');
    if (tag !== undefined && !/^[^\s"<>@,;]{1,256}$/.test(tag))
      return { status: 400, reason: `Malformed ${key} tag` };
  }
  if (message.all('via').some((value) => !parseVia(value))) return { status: 400, reason: 'Malformed Via' };
  const maxForwards = message.get('max-forwards');
  if (maxForwards !== undefined && !(/^\d{1,10}$/.test(maxForwards) && Number(maxForwards) <= 255)) {
    return { status: 400, reason: 'Malformed Max-Forwards' };
  }
  const expires = message.get('expires');
  if (message.isRequest && expires !== undefined && !/^\d{1,10}$/.test(expires)) {
    return { status: 400, reason: 'Malformed Expires' };
  }
  return checkContacts(message);
}

function checkContacts(message: SipMessage): Fault | undefined {
  if (!message.isRequest) return undefined;
  const contacts = message.all('contact');
  if (message.method === 'REGISTER' && contacts.includes('*')) return undefined;
  for (const value of contacts) {
    for (const contact of splitOutsideQuotes(value, ',')) {
      const address = parseNameAddr(contact);
      const uri = address && parseUri(address.uri);
      if (
        !uri ||
        (uri.scheme.startsWith('sip') && !parseHostPort(uri.host.includes(':') ? `[${uri.host}]` : uri.host))
      ) {
        return { status: 400, reason: 'Malformed Contact' };
      }
    }
  }
  if (message.method === 'INVITE' && contacts.length === 0) return { status: 400, reason: 'Missing Contact' };
  return undefined;
}

function takeBody(message: SipMessage, rest: Buffer, stream: boolean): Fault | undefined {
  const told = message.get('content-length');
  if (told === undefined) {
    if (stream && rest.length > 0) return { status: 400, reason: 'Missing Content-Length' };
    message.body = Buffer.from(rest);
    return undefined;
  }
  const length = /^\d{1,7}$/.test(told) ? Number(told) : -1;
  if (length < 0) return { status: 400, reason: 'Malformed Content-Length' };
  if (length > rest.length) return { status: 400, reason: 'Body shorter than Content-Length' };
  message.body = Buffer.from(rest.subarray(0, length));
  return undefined;
}
