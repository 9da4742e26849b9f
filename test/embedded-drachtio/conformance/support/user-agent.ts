// The telephone at the far end of the wire: a bare UDP or TCP socket that sends what it is told and
// records what it gets. It has no transactions of its own, so nothing is answered or repeated behind a test's back.
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Inbox } from './inbox.js';
import { formatSip, header, parseSip, responseTo, sdp, tagOf, type SipText } from './sip-text.js';

/** A message with the time it came in, in ms of Date.now(). */
export interface Arrived extends SipText {
  at: number;
}

let serial = 0;

/** A token that no other test of this process uses. */
export function fresh(prefix: string): string {
  serial += 1;
  return `${prefix}${process.pid}x${serial}`;
}

const describe = (message: Arrived): string => `${message.start} / ${header(message, 'cseq')}`;

/** What both transports share: where to send, how to build requests, what has arrived. */
export abstract class UserAgent {
  readonly inbox = new Inbox<Arrived>(describe);
  readonly transport: 'UDP' | 'TCP';
  port = 0;
  serverPort: number;

  protected constructor(transport: 'UDP' | 'TCP', serverPort: number) {
    this.transport = transport;
    this.serverPort = serverPort;
  }

  abstract send(text: string): void;
  abstract stop(): Promise<void>;

  protected arrived(raw: string): void {
    this.inbox.put({ ...parseSip(raw), at: Date.now() });
  }

  get contact(): string {
    return `<sip:alice@127.0.0.1:${this.port}${this.transport === 'TCP' ? ';transport=tcp' : ''}>`;
  }

  /** The next response with this CSeq method, and this status if one is given; copies of earlier ones do not count. */
  response(method: string, status?: number, ms?: number): Promise<Arrived> {
    const wanted = (message: Arrived): boolean =>
      message.status !== undefined &&
      !this.isCopy(message) &&
      (status === undefined || message.status === status) &&
      header(message, 'cseq').endsWith(` ${method}`);
    return this.inbox.take(`${status ?? 'a response'} to ${method}`, wanted, ms);
  }

  /** The next request with this method; copies of earlier ones do not count, but those of an ACK, which are wanted. */
  request(method: string, ms?: number): Promise<Arrived> {
    const wanted = (message: Arrived): boolean =>
      message.method === method && (method === 'ACK' || !this.isCopy(message));
    return this.inbox.take(method, wanted, ms);
  }

  /** Another copy of a message that has arrived before. */
  again(message: Arrived, ms?: number): Promise<Arrived> {
    return this.inbox.take(`another ${message.start}`, (other) => other.raw === message.raw, ms);
  }

  /** True for a retransmission: the same bytes have arrived before. */
  private isCopy(message: Arrived): boolean {
    return this.inbox.history.find((other) => other.raw === message.raw) !== message;
  }

  /** Answers a request as a plain UA would. */
  answer(request: SipText, status: number, options: Parameters<typeof responseTo>[2] = {}): void {
    this.send(responseTo(request, status, options));
  }

  /** A new leg towards the server; nothing is sent yet. */
  leg(): Leg {
    return new Leg(this);
  }
}

/** A UA on one UDP socket of 127.0.0.1. */
export class UdpAgent extends UserAgent {
  readonly #socket: UdpSocket = createSocket('udp4');
  /** What could not be read as SIP, such as keep-alive answers. */
  readonly rest: string[] = [];

  constructor(serverPort: number) {
    super('UDP', serverPort);
    this.#socket.on('message', (data) => {
      const raw = data.toString('latin1');
      if (raw.includes('\r\n\r\n') && raw.length > 4) this.arrived(raw);
      else this.rest.push(raw);
    });
  }

  async start(): Promise<this> {
    this.#socket.bind(0, '127.0.0.1');
    await once(this.#socket, 'listening');
    this.port = this.#socket.address().port;
    return this;
  }

  send(text: string): void {
    this.#socket.send(Buffer.from(text, 'latin1'), this.serverPort, '127.0.0.1');
  }

  async stop(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }
}

/** A UA on TCP: it connects to the server, and also listens so that the server can connect to it. */
export class TcpAgent extends UserAgent {
  #socket: Socket | undefined;
  #server: Server | undefined;
  #sockets = new Set<Socket>();
  #buffers = new Map<Socket, string>();
  /** How many CRLF keep-alive answers have come in. */
  pongs = 0;
  /** How often the server has connected to the listening port. */
  accepted = 0;

  constructor(serverPort: number) {
    super('TCP', serverPort);
  }

  /** Connects; `port` is then the local port of that connection. */
  async start(): Promise<this> {
    const socket = connect(this.serverPort, '127.0.0.1');
    await once(socket, 'connect');
    this.#socket = socket;
    this.port = socket.localPort ?? 0;
    this.#adopt(socket);
    return this;
  }

  /** Listens for connections made by the server; `port` is then the listening port. */
  async listen(): Promise<this> {
    const server = createServer((socket) => {
      this.accepted += 1;
      this.#socket = socket;
      this.#adopt(socket);
    });
    this.#server = server;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    this.port = typeof address === 'object' && address ? address.port : 0;
    return this;
  }

  /** Closes the present connection and leaves the listening port open. */
  async hangUp(): Promise<void> {
    const socket = this.#socket;
    if (!socket || socket.destroyed) return;
    const closed = once(socket, 'close');
    socket.end();
    await closed;
  }

  get connection(): Socket {
    if (!this.#socket) throw new Error('not connected');
    return this.#socket;
  }

  send(text: string): void {
    this.connection.write(Buffer.from(text, 'latin1'));
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #adopt(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => this.#read(socket, data.toString('latin1')));
  }

  #read(socket: Socket, data: string): void {
    let text = (this.#buffers.get(socket) ?? '') + data;
    for (;;) {
      while (text.startsWith('\r\n')) {
        this.pongs += 1;
        text = text.slice(2);
      }
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) break;
      const length = Number(/^(?:content-length|l)\s*:\s*(\d+)/im.exec(text.slice(0, end))?.[1] ?? 0);
      if (text.length < end + 4 + length) break;
      this.arrived(text.slice(0, end + 4 + length));
      text = text.slice(end + 4 + length);
    }
    this.#buffers.set(socket, text);
  }
}

/** One call leg as its caller sees it: ids, the next CSeq, and the requests that belong to it. */
export class Leg {
  readonly agent: UserAgent;
  readonly callId = `${fresh('call-')}@ua`;
  readonly fromTag = fresh('ft');
  cseq = 0;
  /** Branch of the last request sent. */
  branch = '';
  toTag = '';
  target: string;

  constructor(agent: UserAgent) {
    this.agent = agent;
    this.target = `sip:conf@127.0.0.1:${agent.serverPort}`;
  }

  /** The text of a request of this leg. `cseq` and `branch` default to the next ones. */
  text(
    method: string,
    options: {
      cseq?: number;
      branch?: string;
      headers?: Array<[string, string]>;
      body?: string;
      uri?: string;
    } = {},
  ): string {
    const cseq = options.cseq ?? (this.cseq += 1);
    this.branch = options.branch ?? fresh('z9hG4bK-');
    const { agent } = this;
    const to = `<sip:conf@127.0.0.1:${agent.serverPort}>${this.toTag ? `;tag=${this.toTag}` : ''}`;
    return formatSip(
      `${method} ${options.uri ?? this.target} SIP/2.0`,
      [
        ['Via', `SIP/2.0/${agent.transport} 127.0.0.1:${agent.port};branch=${this.branch};rport`],
        ['Max-Forwards', '70'],
        ['From', `"Alice" <sip:alice@127.0.0.1:${agent.port}>;tag=${this.fromTag}`],
        ['To', to],
        ['Call-ID', this.callId],
        ['CSeq', `${cseq} ${method}`],
        ['Contact', agent.contact],
        ...(options.headers ?? []),
      ],
      options.body ?? '',
    );
  }

  /** Sends a request and returns its text, for a later retransmission. */
  send(method: string, options: Parameters<Leg['text']>[1] = {}): string {
    const text = this.text(method, options);
    this.agent.send(text);
    return text;
  }

  /** Sends an INVITE (or re-INVITE) with an offer. */
  invite(options: Parameters<Leg['text']>[1] = {}): string {
    const headers: Array<[string, string]> = [
      ...(options.headers ?? []),
      ['Content-Type', 'application/sdp'],
    ];
    return this.send('INVITE', { ...options, headers, body: options.body ?? sdp(40000) });
  }

  /** The ACK to a 2xx: a request of its own. Takes the dialog's tag and target from the 200. */
  ack(ok: SipText, options: Parameters<Leg['text']>[1] = {}): string {
    this.toTag = tagOf(ok, 'to');
    this.target = /<([^>]+)>/.exec(header(ok, 'contact'))?.[1] ?? this.target;
    return this.send('ACK', { cseq: Number(header(ok, 'cseq').split(' ')[0]), ...options });
  }

  /** The ACK to a refusal: part of the INVITE's transaction (RFC 3261 section 17.1.1.3). */
  ackRefusal(refusal: SipText, inviteText: string): void {
    this.sendAlong('ACK', inviteText, header(refusal, 'to'));
  }

  /** The CANCEL of an INVITE: same branch, same number (RFC 3261 section 9.1). */
  cancel(inviteText: string): string {
    return this.sendAlong('CANCEL', inviteText, header(parseSip(inviteText), 'to'));
  }

  /** A request with the branch and the number of an INVITE. */
  private sendAlong(method: 'ACK' | 'CANCEL', inviteText: string, to: string): string {
    const invite = parseSip(inviteText);
    const headers: Array<[string, string]> = [
      ['Via', header(invite, 'via')],
      ['Max-Forwards', '70'],
      ['From', header(invite, 'from')],
      ['To', to],
      ['Call-ID', header(invite, 'call-id')],
      ['CSeq', header(invite, 'cseq').replace('INVITE', method)],
    ];
    const text = formatSip(`${method} ${invite.uri} SIP/2.0`, headers);
    this.agent.send(text);
    return text;
  }
}
