// The SIP side of one call: INVITE with its ACK, re-INVITEs in both directions, the requests inside the dialog and the
// end. `PhoneCall` builds the user's verbs on it.
import { EventEmitter } from 'node:events';

import { CallMedia, type MediaOptions } from './call-media.js';
import type { Dialog } from './dialog.js';
import { answerChallenge, type Credentials } from './digest.js';
import { now } from './rtp-clock.js';
import { responseTo, SipMessage, tagOf } from './sip-message.js';
import type { ClientTransaction, ServerTransaction, Transactions } from './sip-transactions.js';

/** What a call needs of its phone. */
export interface UserAgent {
  readonly transactions: Transactions;
  readonly credentials: Credentials | undefined;
  /** Puts Via, Contact and User-Agent on a request about to be sent. */
  stamp(request: SipMessage): void;
  readonly contact: string;
  forget(call: { readonly dialog: Dialog }): void;
  /** From now on nothing that belongs to this call is read or answered. */
  ignore(callId: string): void;
}

export type CallState = 'calling' | 'ringing' | 'answered' | 'ended';

export interface CallEnd {
  readonly reason: 'local' | 'remote' | 'cancelled' | 'rejected' | 'timeout' | 'vanished';
  /** SIP status: of the refusal, 200 after a BYE, 487 after a CANCEL, 408 when nobody answered. */
  readonly code: number;
  /** The message that ended it, if there was one. */
  readonly message?: SipMessage;
}

/** A request of the phone was refused. */
export class CallFailed extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    readonly response?: SipMessage,
  ) {
    super(`${status} ${reason}`);
    this.name = 'CallFailed';
  }
}

class Deferred<T> {
  resolve!: (value: T) => void;
  reject!: (error: Error) => void;
  readonly promise = new Promise<T>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  constructor() {
    // A test need not look at every outcome.
    this.promise.catch(() => undefined);
  }
}

export abstract class CallSignalling extends EventEmitter<{
  ringing: [];
  answered: [];
  ended: [CallEnd];
  reinvited: [];
}> {
  state: CallState = 'calling';
  readonly media: CallMedia;
  /** Times of `now()`, ms: INVITE sent or received, first 18x, 200. */
  readonly times: { invited?: number; ringing?: number; answered?: number; ended?: number } = {};
  /** The latest provisional or final answer to our first INVITE. */
  lastResponse: SipMessage | undefined;
  /** Never acknowledge a 200. */
  noAck = false;
  protected readonly dialogs: { current: Dialog };
  protected readonly whenAnswered = new Deferred<void>();
  protected readonly whenRinging = new Deferred<void>();
  protected readonly whenEnded = new Deferred<CallEnd>();
  protected invite: ClientTransaction | undefined;
  protected incoming: ServerTransaction | undefined;
  private readonly acks = new Map<number, SipMessage>();
  private unacknowledged:
    { transaction: ServerTransaction; sequence: number; answerDue: boolean } | undefined;
  private reinviting = false;

  constructor(
    protected readonly ua: UserAgent,
    dialog: Dialog,
    mediaOptions: MediaOptions,
  ) {
    super();
    this.dialogs = { current: dialog };
    this.media = new CallMedia(mediaOptions);
  }

  get dialog(): Dialog {
    return this.dialogs.current;
  }

  /** Resolves when the call is answered; rejects with CallFailed when it ends before. */
  answered(): Promise<void> {
    return this.whenAnswered.promise;
  }

  /** Resolves at the first 180 or 183 (or at once when it is answered without). */
  ringing(): Promise<void> {
    return this.whenRinging.promise;
  }

  ended(): Promise<CallEnd> {
    return this.whenEnded.promise;
  }

  // ---- what we ask ----

  /** Sends an INVITE and gives its final answer; a challenge is answered when there are credentials. */
  protected sendInvite(
    request: SipMessage,
    onProvisional?: (response: SipMessage) => void,
  ): Promise<SipMessage> {
    const { promise, resolve } = new Deferred<SipMessage>();
    const send = (message: SipMessage, mayAuthenticate: boolean): void => {
      this.ua.stamp(message);
      const { number } = message.cseq;
      this.invite = this.ua.transactions.request(
        message,
        this.dialog.nextHop,
        (response) => {
          if (response.status < 200) return onProvisional?.(response);
          if (response.status < 300 && this.acks.has(number)) return this.repeatAck(number, response);
          const again = mayAuthenticate && this.authenticated(message, response);
          if (again) send(again, false);
          else resolve(response);
        },
        (why) =>
          resolve(
            why === 'timeout' ? localResponse(408, 'Request Timeout') : localResponse(503, 'No connection'),
          ),
      );
    };
    send(request, true);
    return promise;
  }

  /** Acknowledges a 2xx to our INVITE. */
  protected acknowledge(response: SipMessage, body?: string): void {
    const sequence = response.cseq.number;
    const ack = this.dialog.request('ACK', sequence);
    this.ua.stamp(ack);
    if (body !== undefined) ack.withBody('application/sdp', body);
    this.acks.set(sequence, ack);
    if (!this.noAck) this.ua.transactions.transport.send(ack, this.dialog.nextHop);
  }

  private repeatAck(sequence: number, response: SipMessage): void {
    if (this.noAck) return;
    const ack = this.acks.get(sequence)!;
    if (tagOf(response.get('to')) === this.dialog.remoteTag)
      this.ua.transactions.transport.send(ack, this.dialog.nextHop);
  }

  /** Sends any request but INVITE inside the dialog and gives its final answer (408 when none comes). */
  request(
    method: string,
    { body, type, headers = {} }: { body?: string; type?: string; headers?: Record<string, string> } = {},
  ): Promise<SipMessage> {
    const { promise, resolve } = new Deferred<SipMessage>();
    const message = this.dialog.request(method);
    for (const [name, value] of Object.entries(headers)) message.add(name, value);
    if (body !== undefined) message.withBody(type ?? 'text/plain', body);
    const send = (one: SipMessage, mayAuthenticate: boolean): void => {
      this.ua.stamp(one);
      this.ua.transactions.request(
        one,
        this.dialog.nextHop,
        (response) => {
          if (response.status < 200) return;
          const again = mayAuthenticate && this.authenticated(one, response);
          if (again) send(again, false);
          else resolve(response);
        },
        () => resolve(localResponse(408, 'Request Timeout')),
      );
    };
    send(message, true);
    return promise;
  }

  private authenticated(request: SipMessage, response: SipMessage): SipMessage | undefined {
    const { credentials } = this.ua;
    if (!credentials || (response.status !== 401 && response.status !== 407)) return undefined;
    const header = answerChallenge(response, request.method, request.uri, credentials);
    if (!header) return undefined;
    const again = request
      .clone()
      .remove('via')
      .set('CSeq', `${++this.dialog.localSequence} ${request.method}`);
    return again.set(header.name, header.value);
  }

  /**
   * Changes the session by re-INVITE: with a new offer of what `media.wanted` says, or without one. Throws CallFailed
   * when refused; a 491 is tried again as RFC 3261 §14.1 says.
   */
  async reinvite({
    withoutSdp = false,
    headers = {},
  }: { withoutSdp?: boolean; headers?: Record<string, string> } = {}): Promise<void> {
    for (let tries = 0; ; tries++) {
      this.reinviting = true;
      try {
        const request = this.dialog.request('INVITE');
        for (const [name, value] of Object.entries(headers)) request.add(name, value);
        if (!withoutSdp) request.withBody('application/sdp', this.media.offer());
        const response = await this.sendInvite(request);
        if (response.status === 491 && tries < 3) {
          await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 1_900));
          continue;
        }
        if (response.status >= 300) throw new CallFailed(response.status, response.reason, response);
        this.dialog.refresh(response);
        if (withoutSdp) {
          this.acknowledge(response, this.media.answer(response.body));
        } else {
          this.acknowledge(response);
          this.media.accept(response.body);
        }
        return;
      } finally {
        this.reinviting = false;
      }
    }
  }

  // ---- what we are asked ----

  /** A request inside the dialog. */
  received(request: SipMessage, transaction: ServerTransaction): void {
    const sequence = request.cseq.number;
    const answer = (status: number, reason: string): void => {
      transaction.respond(responseTo(request, status, reason, this.dialog.localTag));
    };
    if (sequence < this.dialog.remoteSequence) return answer(500, 'Out of order');
    this.dialog.remoteSequence = sequence;
    switch (request.method) {
      case 'INVITE':
      case 'UPDATE':
        return this.renegotiated(request, transaction, answer);
      case 'BYE':
        answer(200, 'OK');
        return this.finish({ reason: 'remote', code: 200, message: request });
      case 'INFO':
      case 'OPTIONS':
      case 'MESSAGE':
      case 'NOTIFY':
        return answer(200, 'OK');
      default:
        return answer(405, 'Method Not Allowed');
    }
  }

  private renegotiated(
    request: SipMessage,
    transaction: ServerTransaction,
    answer: (status: number, reason: string) => void,
  ): void {
    if (this.reinviting) return answer(491, 'Request Pending');
    this.dialog.refresh(request);
    const response = responseTo(request, 200, 'OK', this.dialog.localTag).add('Contact', this.ua.contact);
    const invite = request.method === 'INVITE';
    try {
      if (request.body) response.withBody('application/sdp', this.media.answer(request.body));
      else if (invite) response.withBody('application/sdp', this.media.offer());
    } catch {
      return answer(488, 'Not Acceptable Here');
    }
    if (invite)
      this.unacknowledged = { transaction, sequence: request.cseq.number, answerDue: !request.body };
    transaction.respond(response);
    this.emit('reinvited');
  }

  /** The ACK to a 200 of ours. */
  receivedAck(ack: SipMessage): void {
    const open = this.unacknowledged;
    if (!open || ack.cseq.number !== open.sequence) return;
    this.unacknowledged = undefined;
    open.transaction.acknowledged();
    try {
      if (open.answerDue) this.media.accept(ack.body);
    } catch (error) {
      return this.fail(error);
    }
    if (this.state !== 'ended') this.whenAnswered.resolve();
  }

  /** Answers the INVITE that opened this call. */
  protected answerIncoming(): void {
    const transaction = this.incoming!;
    const { request } = transaction;
    const response = responseTo(request, 200, 'OK', this.dialog.localTag).add('Contact', this.ua.contact);
    response.add('Allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, MESSAGE, NOTIFY');
    let body: string;
    try {
      body = request.body ? this.media.answer(request.body) : this.media.offer();
    } catch {
      this.refuseIncoming(488, 'Not Acceptable Here');
      return;
    }
    this.unacknowledged = { transaction, sequence: request.cseq.number, answerDue: !request.body };
    this.state = 'answered';
    this.times.answered = now();
    transaction.respond(response.withBody('application/sdp', body));
    this.emit('answered');
  }

  protected refuseIncoming(status: number, reason: string, headers: Record<string, string> = {}): void {
    const transaction = this.incoming!;
    const response = responseTo(transaction.request, status, reason, this.dialog.localTag);
    for (const [name, value] of Object.entries(headers)) response.add(name, value);
    transaction.respond(response);
    this.finish({ reason: status === 487 ? 'cancelled' : 'local', code: status });
  }

  /** The call cannot go on because of what this phone or the other side did wrong. */
  abstract fail(error: unknown): void;

  protected finish(end: CallEnd): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.times.ended = now();
    this.media.close();
    const status = end.message && !end.message.isRequest ? end.message.reason : end.reason;
    this.whenAnswered.reject(new CallFailed(end.code, status, end.message));
    this.whenRinging.reject(new CallFailed(end.code, status, end.message));
    this.whenEnded.resolve(end);
    this.ua.forget(this);
    this.emit('ended', end);
  }
}

function localResponse(status: number, reason: string): SipMessage {
  return SipMessage.response(status, reason);
}
