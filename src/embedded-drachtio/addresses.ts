// What stands in headers: URIs, name-addrs, Via values and their parameters. Hand-written scanners, because they meet
// whatever the network sends: every one is linear in its input and none throws.

export interface SipUri {
  readonly scheme: string;
  readonly user: string | undefined;
  /** Without brackets for IPv6, lower case. */
  readonly host: string;
  readonly port: number | undefined;
  /** Names in lower case. */
  readonly params: ReadonlyMap<string, string>;
  readonly hasHeaders: boolean;
}

/** undefined = not a URI that a request can be sent to. */
export function parseUri(text: string): SipUri | undefined {
  const colon = text.indexOf(':');
  if (colon < 1 || /[\s<>"]/.test(text)) return undefined;
  const scheme = text.slice(0, colon).toLowerCase();
  if (!/^[a-z][a-z0-9+.-]*$/.test(scheme)) return undefined;
  let rest = text.slice(colon + 1);
  if (scheme !== 'sip' && scheme !== 'sips') {
    return { scheme, user: rest, host: '', port: undefined, params: new Map(), hasHeaders: false };
  }
  // The user part may hold ';' and '?': it ends at the last '@' before the host.
  const at = rest.lastIndexOf('@');
  const user = at >= 0 ? rest.slice(0, at) : undefined;
  if (at >= 0) rest = rest.slice(at + 1);
  const question = rest.indexOf('?');
  const hasHeaders = question >= 0;
  if (hasHeaders) rest = rest.slice(0, question);
  const semicolon = rest.indexOf(';');
  const params = parseParams(semicolon >= 0 ? rest.slice(semicolon) : '');
  const place = parseHostPort(semicolon >= 0 ? rest.slice(0, semicolon) : rest);
  if (!place || user === '') return undefined;
  return { scheme, user, host: place.host, port: place.port, params, hasHeaders };
}

/** `host`, `host:port`, `[v6]:port`. */
export function parseHostPort(text: string): { host: string; port: number | undefined } | undefined {
  const match = /^(\[[0-9A-Fa-f:.]{2,64}\]|[A-Za-z0-9_.-]{1,255})(?:\s*:\s*(\d{1,5}))?$/.exec(text.trim());
  if (!match?.[1]) return undefined;
  const port = match[2] === undefined ? undefined : Number(match[2]);
  if (port !== undefined && (port < 1 || port > 65535)) return undefined;
  const host = match[1].startsWith('[') ? match[1].slice(1, -1) : match[1];
  return { host: host.toLowerCase(), port };
}

/** `;a=b;c;d="e;f"` → names in lower case; quotes are taken off. */
export function parseParams(text: string): Map<string, string> {
  const params = new Map<string, string>();
  if (text === '') return params;
  for (const part of splitOutsideQuotes(text, ';')) {
    const trimmed = part.trim();
    if (!trimmed) continue;
    const equals = trimmed.indexOf('=');
    const name = (equals < 0 ? trimmed : trimmed.slice(0, equals)).trim().toLowerCase();
    const value = equals < 0 ? '' : trimmed.slice(equals + 1).trim();
    if (!params.has(name)) params.set(name, unquoted(value));
  }
  return params;
}

export interface NameAddr {
  readonly uri: string;
  readonly params: ReadonlyMap<string, string>;
}

/** `"A" <sip:a@b>;tag=c` and `sip:a@b;tag=c` (where the parameters belong to the header). */
export function parseNameAddr(value: string): NameAddr | undefined {
  const open = indexOutsideQuotes(value, '<');
  if (open < 0) {
    if (value.includes('"')) return undefined;
    const semicolon = value.indexOf(';');
    const uri = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
    return uri ? { uri, params: parseParams(semicolon < 0 ? '' : value.slice(semicolon)) } : undefined;
  }
  const close = value.indexOf('>', open);
  if (close < 0) return undefined;
  // What stands before the bracket is a quoted string or plain words.
  const display = value.slice(0, open).trim();
  if (display.startsWith('"') ? endOfQuoted(display) !== display.length : display.includes('"'))
    return undefined;
  return { uri: value.slice(open + 1, close).trim(), params: parseParams(value.slice(close + 1)) };
}

/** The tag of a From or To value; '' when there is none. */
export function tagOf(value: string): string {
  return parseNameAddr(value)?.params.get('tag') ?? '';
}

export interface Via {
  readonly transport: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly params: ReadonlyMap<string, string>;
}

/**
 * `SIP/2.0/UDP host:port;branch=…`, with blanks wherever the grammar allows them. Any version will do: a request of
 * another one is refused with 505, and the refusal has to find its way back.
 */
export function parseVia(value: string): Via | undefined {
  const semicolon = value.indexOf(';');
  const head = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
  const protocol = /^SIP\s*\/\s*[\d.]{1,8}\s*\/\s*([^\s/]{1,32})\s+/i.exec(head);
  const place = protocol && parseHostPort(head.slice(protocol[0].length));
  if (!protocol?.[1] || !place) return undefined;
  return {
    transport: protocol[1].toLowerCase(),
    ...place,
    params: parseParams(semicolon < 0 ? '' : value.slice(semicolon)),
  };
}

/** Splits at a separator that stands neither in quotes nor in angle brackets. */
export function splitOutsideQuotes(text: string, separator: string): string[] {
  if (!text.includes(separator)) return [text];
  if (!text.includes('"') && !text.includes('<')) return text.split(separator);
  const parts: string[] = [];
  let start = 0;
  let bracketed = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (char === '"') index = endOfQuoted(text, index) - 1;
    else if (char === '<') bracketed = true;
    else if (char === '>') bracketed = false;
    else if (char === separator && !bracketed) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function indexOutsideQuotes(text: string, wanted: string): number {
  if (!text.includes('"')) return text.indexOf(wanted);
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '"') index = endOfQuoted(text, index) - 1;
    else if (text[index] === wanted) return index;
  }
  return -1;
}

/** Where the quoted string that begins at `start` is over; beyond the end where it never is. */
function endOfQuoted(text: string, start = 0): number {
  for (let index = start + 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '"') return index + 1;
  }
  return text.length + 1;
}

function unquoted(value: string): string {
  const quoted = value.length > 1 && value.startsWith('"') && value.endsWith('"');
  return quoted ? value.slice(1, -1) : value;
}

/** A URI without brackets takes no header parameter: they would be the URI's. */
export function bracketed(value: string): string {
  return value.includes('<') || !value.includes(';') ? value : `<${value}>`;
}

/** `sip:a@b;tag=c` → `<sip:a@b>;tag=c`, so that parameters can follow; all but the tag are the URI's. */
export function bracketUri(value: string): string {
  if (value.includes('<')) return value;
  const [uri = '', ...params] = value.split(';').map((part) => part.trim());
  const isTag = (param: string) => /^tag\s*=/i.test(param);
  const inside = [uri, ...params.filter((param) => !isTag(param))].join(';');
  return [`<${inside}>`, ...params.filter(isTag)].join(';');
}
