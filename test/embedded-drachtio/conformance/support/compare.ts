// Compares what the server says with what the captured server said. What must differ (ids, ports, times, sizes) is
// not ignored but bound: an id of the capture must stand for one and the same live id wherever it appears.
import { metaOf, readFrame } from './raw-app.js';
import { cseqOf, header, parseSip, type SipText } from './sip-text.js';

/** Ports of the live run; the captures used 5060 (or 5080) for the server and 5070 (or 5073) for the UA. */
export interface Ports {
  server: number;
  udp: number;
  tcp: number;
}

/** What the capture and the live run call the same thing. */
export class Bindings {
  readonly #live = new Map<string, string>();
  readonly #offsets = new Map<string, number>();
  readonly #ports: Array<[string, number]>;
  readonly #tcpPort: string | undefined;
  lastOffset = 0;

  constructor(captured: { server: number; udp: number; tcp?: string }, ports: Ports) {
    this.#tcpPort = captured.tcp;
    this.#ports = [
      [String(captured.server), ports.server],
      [String(captured.udp), ports.udp],
      ...(captured.tcp ? ([[captured.tcp, ports.tcp]] as Array<[string, number]>) : []),
    ];
  }

  /** Ids made by the UA or the application are sent as they were captured. */
  keep(id: string): void {
    if (id && !this.#live.has(id)) this.#live.set(id, id);
  }

  /** True where `captured` may stand for `live`; remembers it from then on. */
  same(captured: string, live: string): boolean {
    if (captured === '' || live === '') return captured === live;
    const bound = this.#live.get(captured);
    if (bound === undefined) this.#live.set(captured, live);
    return bound === undefined || bound === live;
  }

  id(captured: string): string {
    return this.#live.get(captured) ?? captured;
  }

  port(captured: string): string {
    return String(this.#ports.find(([old]) => old === captured)?.[1] ?? captured);
  }

  /** The server starts its CSeq where it likes and then counts by one: a constant offset for each Call-ID. */
  sameNumber(callId: string, captured: number, live: number): boolean {
    const offset = this.#offsets.get(callId) ?? live - captured;
    this.#offsets.set(callId, offset);
    this.lastOffset = offset;
    return captured + offset === live;
  }

  offset(callId: string): number {
    return this.#offsets.get(callId) ?? this.lastOffset;
  }

  /** Puts the live ports into captured text. */
  withPorts(text: string): string {
    let out = text;
    for (const [old, port] of this.#ports) {
      out = out
        .replaceAll(`127.0.0.1:${old}`, `127.0.0.1:${port}`)
        .replaceAll(`rport=${old}`, `rport=${port}`);
    }
    // The captured server was on the default port and left it out of its own Via.
    const own = this.#ports[0]?.[1];
    return out.replace(/^(Via: SIP\/2\.0\/(?:UDP|TCP) 127\.0\.0\.1)(?=;)/gm, `$1:${own}`);
  }

  /** Captured text as it must be sent now. */
  rewrite(text: string): string {
    const ids = [...this.#live].filter(([old, live]) => old !== live && old.length > 5);
    ids.sort(([a], [b]) => b.length - a.length);
    let out = this.withPorts(text);
    for (const [old, live] of ids) out = out.replaceAll(old, live);
    return out;
  }

  get tcp(): boolean {
    return this.#tcpPort !== undefined;
  }
}

/** Branches made by the captured UA have a hyphen after the magic cookie, the server's have none. */
export function madeByServer(message: SipText): boolean {
  return /;branch=z9hG4bK[^-]/.test(header(message, 'via'));
}

interface Canonical {
  lines: string[];
  ids: string[];
}

/** Header lines in a fixed order with all ids taken out, and the ids in the same order. */
function canonical(message: SipText, ignore: ReadonlySet<string>): Canonical {
  const ids: string[] = [];
  const take = (id: string): string => {
    ids.push(id);
    return '*';
  };
  const lines = message.headers
    .map(([name, value], index) => ({ name, value, index }))
    .filter(({ name }) => name !== 'content-length' && name !== 'cseq' && !ignore.has(name))
    .sort((a, b) => (a.name === b.name ? a.index - b.index : a.name < b.name ? -1 : 1))
    .map(({ name, value }) => {
      let text = value
        .replace(/\s*([,;=])\s*/g, '$1')
        .replace(/;tag=([^;>\s]+)/g, (_, id: string) => `;tag=${take(id)}`);
      if (name === 'call-id') text = take(text);
      if (name === 'rseq') text = take(text);
      if (name === 'rack') text = text.replace(/^(\d+) \d+/, (_, id: string) => `${take(id)} *`);
      if (name === 'via') {
        text = text.replace(/;branch=([^;\s]+)/, (_, id: string) => `;branch=${take(id)}`);
        const [sentBy = '', ...params] = text.split(';');
        text = [sentBy, ...params.sort()].join(';');
      }
      return `${name}: ${text}`;
    });
  return { lines, ids };
}

/** Says how `live` differs from `captured`; an empty list means that it does not. */
export function compareSip(captured: SipText, live: SipText, bindings: Bindings): string[] {
  const wrong: string[] = [];
  const expected = parseSip(bindings.withPorts(captured.raw));
  const differ = (what: string, want: string, got: string): void => {
    if (want !== got) wrong.push(`${what}: captured ${JSON.stringify(want)}, now ${JSON.stringify(got)}`);
  };
  // Reason phrases may be worded freely (RFC 3261 section 7.2); the status may not.
  if (expected.status === undefined) differ('request line', expected.start, live.start);
  else differ('status', String(expected.status), String(live.status));
  differ('body', expected.body, live.body);
  if (Number(header(live, 'content-length') || 'NaN') !== live.body.length) {
    wrong.push(`Content-Length ${header(live, 'content-length')} for a body of ${live.body.length} bytes`);
  }
  // A server may name itself; drachtio-server does not.
  const ignore = new Set(['server', 'user-agent'].filter((name) => header(expected, name) === ''));
  const want = canonical(expected, ignore);
  const got = canonical(live, ignore);
  differ('headers', want.lines.join('\n'), got.lines.join('\n'));
  if (wrong.length > 0) return wrong;
  want.ids.forEach((id, index) => {
    const now = got.ids[index] ?? '';
    if (!bindings.same(id, now)) wrong.push(`id ${id} was ${bindings.id(id)}, now ${now}`);
  });
  const before = cseqOf(expected);
  const now = cseqOf(live);
  differ('CSeq method', before.method, now.method);
  const numbersAgree = madeByServer(expected)
    ? bindings.sameNumber(header(expected, 'call-id'), before.number, now.number)
    : before.number === now.number;
  if (!numbersAgree) wrong.push(`CSeq ${before.number} became ${now.number}`);
  return wrong;
}

/** Compares one frame for the application. `sizes` are the lengths of all messages the UA has put on the wire. */
export function compareFrame(
  captured: string,
  live: string,
  bindings: Bindings,
  sizes: ReadonlySet<number>,
): string[] {
  const want = readFrame(captured);
  const got = readFrame(live);
  const wrong: string[] = [];
  const differ = (what: string, before: string, now: string): void => {
    if (before !== now) wrong.push(`${what}: captured ${JSON.stringify(before)}, now ${JSON.stringify(now)}`);
  };
  differ('kind', want.kind, got.kind);
  differ('number of tokens', String(want.tokens.length), String(got.tokens.length));
  if (!got.tokens[0]) wrong.push('no message id');
  if (want.kind === 'response') {
    differ('message answered', want.tokens[2] ?? '', got.tokens[2] ?? '');
    differ('outcome', want.tokens[3] ?? '', got.tokens[3] ?? '');
  }
  if (!want.sip || !got.sip) {
    differ('rest', bindings.withPorts(plain(want.tokens)), plain(got.tokens));
    if (Boolean(want.sip) !== Boolean(got.sip)) wrong.push(`SIP message: ${got.sip?.start ?? 'none'}`);
    return wrong;
  }
  wrong.push(...compareSip(want.sip, got.sip, bindings));
  // A call detail record has a time and little else.
  if (!want.kind.startsWith('cdr:')) compareMeta(want, got, bindings, sizes, wrong);
  return wrong;
}

/** The tokens after the id of a frame that carries no SIP message; versions are each server's own. */
function plain(tokens: string[]): string {
  return tokens
    .slice(2)
    .map((token) => token.replace(/^v\d+\.\d+\.\d+.*$/, 'version'))
    .map((token) => token.split(',').sort().join(','))
    .join('|');
}

function compareMeta(
  want: ReturnType<typeof readFrame>,
  got: ReturnType<typeof readFrame>,
  bindings: Bindings,
  sizes: ReadonlySet<number>,
  wrong: string[],
): void {
  const before = metaOf(want);
  const now = metaOf(got);
  const differ = (what: string, old: string, live: string): void => {
    if (old !== live) wrong.push(`${what}: captured ${JSON.stringify(old)}, now ${JSON.stringify(live)}`);
  };
  differ('source', before.source, now.source);
  // drachtio-server leaves the transport out where its stack has forgotten it; to know it is no fault.
  if (before.protocol !== '' || now.protocol !== '') {
    differ('transport', before.protocol || (bindings.tcp ? 'tcp' : 'udp'), now.protocol || before.protocol);
  }
  if (before.address !== '' && now.address !== before.address) differ('address', before.address, now.address);
  // For a request sent over UDP drachtio-server names its own port; the peer's is what the field is for.
  const own = before.source === 'application' && want.sip?.method !== undefined;
  if (!own) differ('port', bindings.port(before.port), now.port);
  if (!/^\d\d:\d\d:\d\d\.\d{6}$/.test(now.time)) wrong.push(`time ${now.time}`);
  const size = Number(now.size);
  if (before.size === '0') differ('size', '0', now.size);
  else if (before.source === 'application') differ('size', String(got.sip?.raw.length), now.size);
  else if (!sizes.has(size)) wrong.push(`size ${size}: no message of that length was on the wire`);
  if (before.transactionId === 'unsolicited') differ('transaction', 'unsolicited', now.transactionId);
  else if (!bindings.same(before.transactionId, now.transactionId)) {
    wrong.push(`transaction ${now.transactionId}, was ${bindings.id(before.transactionId)}`);
  }
  if (!bindings.same(before.dialogId, now.dialogId)) {
    wrong.push(`dialog ${now.dialogId || 'none'}, was ${bindings.id(before.dialogId) || 'none'}`);
  }
  if (now.dialogId.includes('|') || now.transactionId.includes('|')) wrong.push('an id with a bar in it');
  const tail = want.kind === 'sip' ? 10 : want.sip?.method ? 11 : 12;
  const tailOf = (tokens: string[]): string =>
    tokens
      .slice(tail)
      .join('|')
      .replace(/Msg sent:/, '');
  const mapped = want.tokens.slice(tail).map((token) => bindings.port(token));
  differ('last tokens', mapped.join('|').replace(/Msg sent:/, ''), tailOf(got.tokens));
}
