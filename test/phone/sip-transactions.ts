// SIP transactions of the phone (RFC 3261 §17, with RFC 6026 for 2xx): requests are sent again over UDP until answered,
// answers are sent again when their request comes twice. How often a request had to be repeated is counted, because a
// box under load must not make its callers repeat themselves.
import { randomBytes } from 'node:crypto';

import { SipMessage, responseTo } from './sip-message.js';
import type { Remote, SipTransport } from './sip-transport.js';

/** RFC 3261 §17.1.1.1, ms. */
const t1 = 500;
const t2 = 4_000;
const timeout = 64 * t1;

export function newBranch(): string {
  return `z9hG4bK${randomBytes(9).toString('hex')}`;
}

/** A request of ours and its answers. */
export class ClientTransaction {
  /** How often the request was sent again. */
  retransmissions = 0;
  provisional = false;
  final = false;
  private timer: NodeJS.Timeout | undefined;
  private expiry: NodeJS.Timeout | undefined;

  constructor(
    private readonly owner: Transactions,
    readonly request: SipMessage,
    readonly to: Remote,
    private readonly onResponse: (response: SipMessage) => void,
    private readonly onTimeout: (why: 'timeout' | 'connection') => void,
  ) {}

  start(): void {
    this.owner.transport.send(this.request, this.to);
    if (this.owner.transport.kind === 'udp') this.repeat(t1);
    this.expiry = setTimeout(() => this.fail('timeout'), timeout);
  }

  private repeat(after: number): void {
    this.timer = setTimeout(() => {
      this.retransmissions++;
      this.owner.retransmissions++;
      this.owner.transport.send(this.request, this.to);
      this.repeat(this.request.method === 'INVITE' ? after * 2 : Math.min(after * 2, t2));
    }, after);
  }

  received(response: SipMessage): void {
    const invite = this.request.method === 'INVITE';
    if (response.status < 200) {
      this.provisional = true;
      // An INVITE that is being worked on is neither repeated nor given up (a phone may ring for minutes).
      if (invite) {
        clearTimeout(this.timer);
        clearTimeout(this.expiry);
      }
      this.onResponse(response);
      return;
    }
    const first = !this.final;
    this.final = true;
    clearTimeout(this.timer);
    clearTimeout(this.expiry);
    if (invite && response.status >= 300) this.owner.transport.send(this.ackFor(response), this.to);
    if (!invite) this.owner.forget(this);
    else if (first) this.expiry = setTimeout(() => this.owner.forget(this), timeout).unref();
    // A repeated 2xx goes up again, because its ACK is the caller's business; other repeats end here.
    if (first || (invite && response.status < 300)) this.onResponse(response);
  }

  private ackFor(response: SipMessage): SipMessage {
    const ack = SipMessage.request('ACK', this.request.uri);
    ack.add('Via', this.request.all('via')[0] ?? '');
    for (const route of this.request.all('route')) ack.add('Route', route);
    ack.add('From', this.request.get('from') ?? '').add('To', response.get('to') ?? '');
    ack.add('Call-ID', this.request.callId).add('CSeq', `${this.request.cseq.number} ACK`);
    return ack.add('Max-Forwards', '70');
  }

  fail(why: 'timeout' | 'connection'): void {
    if (this.final) return;
    this.final = true;
    this.stop();
    this.owner.forget(this);
    this.onTimeout(why);
  }

  /** Sends the request no more. */
  stop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.expiry);
  }
}

/** A request to us and our answers. */
export class ServerTransaction {
  /** Called when an INVITE of ours is cancelled while it has no final answer. */
  onCancel: (() => void) | undefined;
  final = false;
  private last: SipMessage | undefined;
  private timer: NodeJS.Timeout | undefined;
  private expiry: NodeJS.Timeout | undefined;

  constructor(
    private readonly owner: Transactions,
    readonly request: SipMessage,
    readonly from: Remote,
  ) {}

  respond(response: SipMessage): void {
    if (this.final) return;
    this.last = response;
    this.owner.transport.send(response, this.from);
    if (response.status < 200) return;
    this.final = true;
    if (this.request.method === 'INVITE') {
      // A 2xx is repeated over every transport until its ACK is here (§13.3.1.4), other answers over UDP only.
      if (response.status < 300 || this.owner.transport.kind === 'udp') this.repeat(t1);
    }
    this.expiry = setTimeout(() => {
      this.acknowledged();
      this.owner.forgetServer(this);
    }, timeout).unref();
  }

  private repeat(after: number): void {
    this.timer = setTimeout(() => {
      this.owner.transport.send(this.last!, this.from);
      this.repeat(Math.min(after * 2, t2));
    }, after).unref();
  }

  repeated(): void {
    if (this.last) this.owner.transport.send(this.last, this.from);
  }

  /** The ACK is here, the answer needs no repeating. */
  acknowledged(): void {
    clearTimeout(this.timer);
  }

  stop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.expiry);
  }
}

export class Transactions {
  /** Requests sent again because no answer came in time, since the start. */
  retransmissions = 0;
  onRequest: (request: SipMessage, transaction: ServerTransaction) => void = () => undefined;
  /** An ACK to a 2xx, which belongs to no transaction. */
  onAck: (ack: SipMessage) => void = () => undefined;
  /** Sees every message first; false drops it. */
  filter: (message: SipMessage) => boolean = () => true;
  private readonly clients = new Map<string, ClientTransaction>();
  private readonly servers = new Map<string, ServerTransaction>();

  constructor(readonly transport: SipTransport) {}

  start(): void {
    this.transport.onMessage = (message, from) => {
      if (!this.filter(message)) return;
      if (message.isRequest) this.receivedRequest(message, from);
      else this.clients.get(`${message.branch} ${message.cseq.method}`)?.received(message);
    };
    this.transport.onFailure = (to) => {
      for (const client of [...this.clients.values()]) {
        if (client.to.host === to.host && client.to.port === to.port) client.fail('connection');
      }
    };
  }

  stop(): void {
    for (const client of this.clients.values()) client.stop();
    for (const server of this.servers.values()) server.stop();
    this.clients.clear();
    this.servers.clear();
  }

  request(
    request: SipMessage,
    to: Remote,
    onResponse: (response: SipMessage) => void,
    onTimeout: (why: 'timeout' | 'connection') => void,
  ): ClientTransaction {
    const transaction = new ClientTransaction(this, request, to, onResponse, onTimeout);
    this.clients.set(`${request.branch} ${request.method}`, transaction);
    transaction.start();
    return transaction;
  }

  forget(client: ClientTransaction): void {
    this.clients.delete(`${client.request.branch} ${client.request.method}`);
  }

  forgetServer(server: ServerTransaction): void {
    this.servers.delete(`${server.request.branch} ${server.request.method}`);
  }

  private receivedRequest(request: SipMessage, from: Remote): void {
    const name = `${request.branch} ${request.method === 'ACK' ? 'INVITE' : request.method}`;
    const known = this.servers.get(name);
    if (request.method === 'ACK') {
      if (known) known.acknowledged();
      else this.onAck(request);
    } else if (known) {
      known.repeated();
    } else {
      const server = new ServerTransaction(this, request, from);
      this.servers.set(name, server);
      if (request.method === 'CANCEL') this.cancelled(server);
      else this.onRequest(request, server);
    }
  }

  private cancelled(cancel: ServerTransaction): void {
    const invite = this.servers.get(`${cancel.request.branch} INVITE`);
    const [status, reason] = invite
      ? ([200, 'OK'] as const)
      : ([481, 'Call/Transaction Does Not Exist'] as const);
    cancel.respond(responseTo(cancel.request, status, reason));
    if (invite && !invite.final) invite.onCancel?.();
  }
}
