// The application's end of the admin connection, frame by frame: what drachtio-srf does, without drachtio-srf,
// so that a test can also say what drachtio-srf never would.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Inbox } from './inbox.js';
import { header, parseSip, type SipText } from './sip-text.js';
import { fresh } from './user-agent.js';

/** One frame from the server: its `|` tokens and the SIP message below them, if any. */
export interface Frame {
  raw: string;
  tokens: string[];
  kind: string;
  sip?: SipText;
  at: number;
}

/** The tokens of a `sip` frame by name; a `response` frame has the same ones from its fourth token on. */
export interface Meta {
  source: string;
  size: string;
  protocol: string;
  address: string;
  port: string;
  time: string;
  transactionId: string;
  dialogId: string;
}

export function readFrame(raw: string): Frame {
  const end = raw.indexOf('\r\n');
  const meta = end < 0 ? raw : raw.slice(0, end);
  const tokens = meta.split('|');
  const frame: Frame = { raw, tokens, kind: tokens[1] ?? '', at: Date.now() };
  if (end >= 0) frame.sip = parseSip(raw.slice(end + 2));
  return frame;
}

/** Names the tokens of a `sip` frame, or of the `response` frame that echoes a message sent. */
export function metaOf(frame: Frame): Meta {
  const from = frame.kind === 'sip' ? 2 : 4;
  const token = (index: number): string => frame.tokens[from + index] ?? '';
  const dialogId = frame.kind === 'response' && frame.sip?.method ? '' : token(7);
  return {
    source: token(0),
    size: token(1),
    protocol: token(2),
    address: token(3),
    port: token(4),
    time: token(5),
    transactionId: token(6),
    dialogId,
  };
}

const describe = (frame: Frame): string => `${frame.tokens.join('|')} ${frame.sip?.start ?? ''}`;

export class RawApp {
  readonly inbox = new Inbox<Frame>(describe);
  readonly closed: Promise<void>;
  readonly socket: Socket;
  #buffer = Buffer.alloc(0);
  #markClosed: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => (this.#markClosed = resolve));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#markClosed());
    socket.on('data', (data) => this.#read(data));
  }

  /** A connection that has said nothing yet. */
  static async connect(port: number): Promise<RawApp> {
    const socket = connect(port, '127.0.0.1');
    const app = new RawApp(socket);
    await once(socket, 'connect');
    return app;
  }

  /** A connection that has authenticated and routes the given verbs. */
  static async ready(port: number, secret: string, verbs: string[]): Promise<RawApp> {
    const app = await RawApp.connect(port);
    await app.ok(`authenticate|${secret}|`);
    for (const verb of verbs) await app.ok(`route|${verb}`);
    return app;
  }

  /** Sends one frame as it stands; `payload` is latin1. */
  frame(payload: string): void {
    this.socket.write(Buffer.from(`${payload.length}#${payload}`, 'latin1'));
  }

  /** Sends a message with an id of its own and returns that id. */
  send(rest: string): string {
    const id = fresh('m');
    this.frame(`${id}|${rest}`);
    return id;
  }

  /** The `response` frame for a message sent. */
  reply(id: string, ms?: number): Promise<Frame> {
    return this.inbox.take(
      `the reply to ${id}`,
      (frame) => frame.kind === 'response' && frame.tokens[2] === id,
      ms,
    );
  }

  /** Sends a message, waits for its reply and wants it to be OK. */
  async ok(rest: string): Promise<Frame> {
    const reply = await this.reply(this.send(rest));
    if (reply.tokens[3] !== 'OK') throw new Error(`${rest.slice(0, 80)} -> ${reply.tokens.join('|')}`);
    return reply;
  }

  /** Sends a message and returns the tokens of its reply from OK/NO/NOK on. */
  async ask(rest: string): Promise<string[]> {
    return (await this.reply(this.send(rest))).tokens.slice(3);
  }

  /** The next `sip` frame with a request of this method. */
  request(method: string, ms?: number): Promise<Frame> {
    const wanted = (frame: Frame): boolean => frame.kind === 'sip' && frame.sip?.method === method;
    return this.inbox.take(`${method} for the app`, wanted, ms);
  }

  /** The next `sip` frame with a response of this CSeq method, and this status if one is given. */
  response(method: string, status?: number, ms?: number): Promise<Frame> {
    const wanted = (frame: Frame): boolean =>
      frame.kind === 'sip' &&
      frame.sip?.status !== undefined &&
      (status === undefined || frame.sip.status === status) &&
      header(frame.sip, 'cseq').endsWith(` ${method}`);
    return this.inbox.take(`${status ?? 'a response'} to ${method} for the app`, wanted, ms);
  }

  /** Answers an incoming request the way drachtio-srf does: four headers copied, no Via, To without a tag. */
  answer(request: Frame, status: number, options: { headers?: string[]; body?: string } = {}): string {
    if (!request.sip) throw new Error('no SIP message in that frame');
    const { sip } = request;
    const lines = [
      `SIP/2.0 ${status} Answer`,
      `Call-ID: ${header(sip, 'call-id')}`,
      `cseq: ${header(sip, 'cseq')}`,
      `from: ${header(sip, 'from')}`,
      `to: ${header(sip, 'to')}`,
      ...(options.headers ?? []),
      `Content-Length: ${options.body?.length ?? 0}`,
      '',
      options.body ?? '',
    ];
    return this.send(`sip|${metaOf(request).transactionId}|\r\n${lines.join('\r\n')}`);
  }

  /** Sends a request: in a dialog where one is given, else a new one. Returns the message's id. */
  sendRequest(
    start: string,
    options: {
      dialogId?: string;
      transactionId?: string;
      proxy?: string;
      headers?: string[];
      body?: string;
    } = {},
  ): string {
    const { dialogId = '', transactionId = '', proxy, headers = [], body = '' } = options;
    const meta = `sip|${transactionId}|${dialogId}${proxy === undefined ? '' : `|${proxy}`}`;
    const lines = [start, ...headers, `Content-Length: ${body.length}`, '', body];
    return this.send(`${meta}\r\n${lines.join('\r\n')}`);
  }

  async stop(): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }

  #read(data: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    for (;;) {
      const hash = this.#buffer.indexOf('#');
      if (hash < 0) return;
      const length = Number(this.#buffer.toString('latin1', 0, hash));
      if (!Number.isInteger(length)) throw new Error('a frame without a length');
      if (this.#buffer.length < hash + 1 + length) return;
      const raw = this.#buffer.toString('latin1', hash + 1, hash + 1 + length);
      this.#buffer = this.#buffer.subarray(hash + 1 + length);
      this.inbox.put(readFrame(raw));
    }
  }
}
