// Reads and writes SIP text for the tests, independently of the server's own parser, so that a mistake
// there cannot hide itself here. Strings are latin1: one character is one byte of the wire.

/** One SIP message as it stood on the wire. Header names are lower case and long form. */
export interface SipText {
  raw: string;
  start: string;
  /** Undefined for a response. */
  method?: string;
  uri?: string;
  /** Undefined for a request. */
  status?: number;
  headers: Array<[string, string]>;
  body: string;
}

const longForm: Record<string, string> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  l: 'content-length',
  c: 'content-type',
  k: 'supported',
  s: 'subject',
  e: 'content-encoding',
  o: 'event',
  r: 'refer-to',
  b: 'referred-by',
  x: 'session-expires',
};

/** Splits one message; folded header lines are joined with one space. Throws if there is no empty line. */
export function parseSip(raw: string): SipText {
  const end = raw.indexOf('\r\n\r\n');
  if (end < 0) throw new Error(`not a whole SIP message: ${JSON.stringify(raw.slice(0, 200))}`);
  const [start = '', ...lines] = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    return [longForm[name] ?? name, line.slice(colon + 1).trim()];
  });
  const message: SipText = { raw, start, headers, body: raw.slice(end + 4) };
  const status = /^SIP\/2\.0 (\d{3}) /.exec(start);
  if (status) message.status = Number(status[1]);
  else [message.method, message.uri] = start.split(' ');
  return message;
}

/** The first value of a header, or '' where there is none. */
export function header(message: SipText, name: string): string {
  return message.headers.find(([other]) => other === name)?.[1] ?? '';
}

/** All values of a header, one for each header line. */
export function allHeaders(message: SipText, name: string): string[] {
  return message.headers.filter(([other]) => other === name).map(([, value]) => value);
}

/** The tag of From or To, or ''. */
export function tagOf(message: SipText, name: 'from' | 'to'): string {
  return /;\s*tag\s*=\s*([^;\s>]+)/i.exec(header(message, name))?.[1] ?? '';
}

/** The branch of the topmost Via, or ''. */
export function branchOf(message: SipText): string {
  return /;\s*branch\s*=\s*([^;\s,]+)/i.exec(header(message, 'via'))?.[1] ?? '';
}

/** The sequence number and method of CSeq. */
export function cseqOf(message: SipText): { number: number; method: string } {
  const [number = '', method = ''] = header(message, 'cseq').split(/\s+/);
  return { number: Number(number), method };
}

/** Puts a message together; Content-Length is counted here. */
export function formatSip(start: string, headers: Array<[string, string]>, body = ''): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return [start, ...lines, `Content-Length: ${body.length}`, '', body].join('\r\n');
}

/**
 * The response a plain UA would give: Via, From, To, Call-ID and CSeq copied from the request.
 * `toTag` is added to To where the request has none.
 */
export function responseTo(
  request: SipText,
  status: number,
  options: { toTag?: string; headers?: Array<[string, string]>; body?: string } = {},
): string {
  const { toTag, headers = [], body = '' } = options;
  const to = header(request, 'to');
  const copied: Array<[string, string]> = [
    ...allHeaders(request, 'via').map((value): [string, string] => ['Via', value]),
    ...allHeaders(request, 'record-route').map((value): [string, string] => ['Record-Route', value]),
    ['From', header(request, 'from')],
    ['To', toTag && !tagOf(request, 'to') ? `${to};tag=${toTag}` : to],
    ['Call-ID', header(request, 'call-id')],
    ['CSeq', header(request, 'cseq')],
  ];
  return formatSip(`SIP/2.0 ${status} ${reasonOf(status)}`, [...copied, ...headers], body);
}

function reasonOf(status: number): string {
  const phrases: Record<number, string> = {
    100: 'Trying',
    180: 'Ringing',
    183: 'Session Progress',
    200: 'OK',
    401: 'Unauthorized',
    407: 'Proxy Authentication Required',
    486: 'Busy Here',
    487: 'Request Terminated',
    488: 'Not Acceptable Here',
    491: 'Request Pending',
  };
  return phrases[status] ?? 'Answer';
}

/** A small audio offer; `port` tells two of them apart. */
export function sdp(port: number): string {
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=audio ${port} RTP/AVP 0 101`,
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=sendrecv',
    '',
  ].join('\r\n');
}
