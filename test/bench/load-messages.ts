// The SIP messages of the load generator: as text templates filled in once per call, and a look at no more of an answer
// than the load needs. Full parsing would cost more than the server spends on some of these messages.

export interface LoadTarget {
  readonly host: string;
  readonly port: number;
  /** Number to call. */
  readonly number: string;
}

export interface LoadSource {
  readonly host: string;
  readonly port: number;
  /** UDP port that the box sends RTP to. */
  readonly mediaPort: number;
}

/** Headers of one dialog that stay the same in all of its requests. */
export interface LoadDialog {
  readonly callId: string;
  readonly from: string;
  /** With the tag of the box, once it has answered. */
  readonly to: string;
  readonly remoteUri: string;
}

export function inviteOf(source: LoadSource, dialog: LoadDialog, branch: string): Buffer {
  const sdp = [
    'v=0',
    `o=load 1 1 IN IP4 ${source.host}`,
    's=-',
    `c=IN IP4 ${source.host}`,
    't=0 0',
    `m=audio ${source.mediaPort} RTP/AVP 0 101`,
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=ptime:20',
    'a=sendrecv',
    '',
  ].join('\r\n');
  return request('INVITE', 1, source, dialog, branch, [
    `Contact: <sip:load@${source.host}:${source.port}>`,
    'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS',
    'User-Agent: load',
    'Content-Type: application/sdp',
    `Content-Length: ${sdp.length}`,
    '',
    sdp,
  ]);
}

/** For a 2xx; a branch of its own (RFC 3261 §13.2.2.4). */
export function ackOf(source: LoadSource, dialog: LoadDialog, branch: string): Buffer {
  return request('ACK', 1, source, dialog, branch, ['Content-Length: 0', '', '']);
}

export function byeOf(source: LoadSource, dialog: LoadDialog, branch: string): Buffer {
  return request('BYE', 2, source, dialog, branch, ['Content-Length: 0', '', '']);
}

function request(
  method: string,
  sequence: number,
  source: LoadSource,
  { callId, from, to, remoteUri }: LoadDialog,
  branch: string,
  rest: readonly string[],
): Buffer {
  const head = [
    `${method} ${remoteUri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${source.host}:${source.port};branch=${branch};rport`,
    'Max-Forwards: 70',
    `From: ${from}`,
    `To: ${to}`,
    `Call-ID: ${callId}`,
    `CSeq: ${sequence} ${method}`,
  ];
  return Buffer.from([...head, ...rest].join('\r\n'), 'latin1');
}

export interface LoadMessage {
  readonly text: string;
  /** Of a response; undefined = it is a request. */
  readonly status: number | undefined;
  /** Of a request, or the one a response belongs to. */
  readonly method: string;
  readonly callId: string;
}

/** Undefined for what is no SIP. */
export function readMessage(data: Buffer): LoadMessage | undefined {
  const text = data.toString('latin1');
  const callId = headerOf(text, 'Call-ID');
  const method = headerOf(text, 'CSeq')?.split(' ')[1];
  if (!callId || !method) return undefined;
  return {
    text,
    status: text.startsWith('SIP/2.0 ') ? Number(text.slice(8, 11)) : undefined,
    method,
    callId,
  };
}

/** The first header of that name, written as the box writes it. */
export function headerOf(text: string, name: string): string | undefined {
  const at = text.indexOf(`\r\n${name}: `);
  if (at < 0) return undefined;
  const start = at + name.length + 4;
  return text.slice(start, text.indexOf('\r\n', start));
}

/** A 200 to a request of the box. */
export function okTo(text: string): Buffer {
  const kept = text
    .slice(0, text.indexOf('\r\n\r\n'))
    .split('\r\n')
    .filter((line) => /^(Via|From|To|Call-ID|CSeq): /i.test(line));
  return Buffer.from(['SIP/2.0 200 OK', ...kept, 'Content-Length: 0', '', ''].join('\r\n'), 'latin1');
}
