// One request of ours, until its answer (RFC 3261 §17.1, with RFC 6026): repeats it on UDP until something comes back,
// acknowledges the failure of an INVITE, gives up after 64·T1 without a word, or after timer C of the last one.
import { SipMessage } from './sip-message.js';
import { giveUpAfter, repeating, type Timers } from './timers.js';
import type { Place } from './transports.js';

export type ClientState = 'calling' | 'proceeding' | 'completed' | 'accepted' | 'terminated';

export interface ClientTransactionParts {
  readonly id: string;
  readonly key: string;
  readonly request: SipMessage;
  readonly to: Place;
  readonly timers: Timers;
  readonly send: (data: Buffer, to: Place, failed?: () => void) => void;
  readonly onResponse: (response: SipMessage, transaction: ClientTransaction) => void;
  /** Nothing came within 64·T1 (408), or the message could not be sent (503). */
  readonly onFailure: (status: number, transaction: ClientTransaction) => void;
  readonly over: (transaction: ClientTransaction) => void;
}

export class ClientTransaction {
  readonly id: string;
  readonly key: string;
  readonly request: SipMessage;
  readonly to: Place;
  state: ClientState = 'calling';
  dialogId: string | undefined;
  /** The application wants it cancelled; sent once there is a provisional response (RFC 3261 §9.1). */
  cancelWanted = false;
  cancelSent = false;
  /** Called when there is a final answer, or there will be none. */
  onSettled: (() => void) | undefined;
  private readonly parts: ClientTransactionParts;
  private readonly data: Buffer;
  private stopRepeating: (() => void) | undefined;
  private endTimer: NodeJS.Timeout | undefined;

  constructor(parts: ClientTransactionParts) {
    this.parts = parts;
    this.id = parts.id;
    this.key = parts.key;
    this.request = parts.request;
    this.to = parts.to;
    this.data = parts.request.toBuffer();
  }

  get isInvite(): boolean {
    return this.request.method === 'INVITE';
  }

  /** True when there is a final answer, or there will be none. */
  get settled(): boolean {
    return this.state !== 'calling' && this.state !== 'proceeding';
  }

  start(): void {
    if (this.settled) return;
    const { timers } = this.parts;
    this.transmit();
    if (this.to.protocol === 'udp') this.repeatFrom(timers.t1);
    this.failIn(408, giveUpAfter(timers));
  }

  received(response: SipMessage): void {
    const { status } = response;
    if (this.state === 'terminated') return;
    if (this.state === 'completed') {
      // The answer was repeated because the ACK was lost.
      if (this.isInvite && status >= 300) this.acknowledge(response);
      return;
    }
    if (this.state === 'accepted') {
      if (status >= 200 && status < 300) this.parts.onResponse(response, this);
      return;
    }
    this.stopRepeating?.();
    const { timers } = this.parts;
    const unreliable = this.to.protocol === 'udp';
    if (status < 200) {
      this.state = 'proceeding';
      // Who was cancelled has a time of its own (see giveUpSoon).
      if (this.isInvite && !this.cancelSent) this.failIn(408, timers.c);
      // A request that is no INVITE goes on being repeated, but slowly (§17.1.2.2).
      else if (!this.isInvite && unreliable) this.repeatFrom(timers.t2);
      this.parts.onResponse(response, this);
      return;
    }
    clearTimeout(this.endTimer);
    this.state = this.isInvite && status < 300 ? 'accepted' : 'completed';
    if (this.isInvite && status >= 300) this.acknowledge(response);
    try {
      // Told first: whom to tell is forgotten with the transaction.
      this.parts.onResponse(response, this);
    } finally {
      // Timers M and D; on UDP timer D is 32 s at least and timer K is T4, on TCP there is nothing to wait for.
      if (this.isInvite && (unreliable || status < 300)) this.endIn(giveUpAfter(timers));
      else this.endIn(unreliable ? timers.t4 : 0);
      this.settle();
    }
  }

  terminate(): void {
    if (this.state === 'terminated') return;
    this.state = 'terminated';
    this.stopRepeating?.();
    clearTimeout(this.endTimer);
    this.settle();
    this.parts.over(this);
  }

  private settle(): void {
    this.onSettled?.();
    this.onSettled = undefined;
  }

  /** Ends an INVITE that was cancelled and whose 487 does not come, after 64·T1 (RFC 3261 §9.1). */
  giveUpSoon(): void {
    this.failIn(487, giveUpAfter(this.parts.timers));
  }

  private transmit(): void {
    this.parts.send(this.data, this.to, () => this.fail(503));
  }

  private fail(status: number): void {
    if (this.state === 'terminated' || this.state === 'completed' || this.state === 'accepted') return;
    // Told first: whom to tell is forgotten with the transaction.
    this.parts.onFailure(status, this);
    this.terminate();
  }

  /** The ACK of a failure belongs to the transaction: same branch, same Request-URI (§17.1.1.3). */
  private acknowledge(response: SipMessage): void {
    const { request } = this;
    const ack = SipMessage.request('ACK', request.uri);
    ack.add('Via', request.get('via') ?? '');
    ack.add('Max-Forwards', '70');
    ack.add('From', request.get('from') ?? '');
    ack.add('To', response.get('to') ?? '');
    ack.add('Call-ID', request.get('call-id') ?? '');
    ack.add('CSeq', `${request.cseq.number} ACK`);
    for (const route of request.all('route')) ack.add('Route', route);
    this.parts.send(ack.toBuffer(), this.to);
  }

  private repeatFrom(first: number): void {
    this.stopRepeating = repeating(first, this.isInvite ? Infinity : this.parts.timers.t2, () =>
      this.transmit(),
    );
  }

  private failIn(status: number, ms: number): void {
    clearTimeout(this.endTimer);
    this.endTimer = setTimeout(() => this.fail(status), ms);
  }

  private endIn(ms: number): void {
    clearTimeout(this.endTimer);
    if (ms === 0) this.terminate();
    else this.endTimer = setTimeout(() => this.terminate(), ms);
  }
}
