// The answers to requests that came in: what the application says, or what we say when it says nothing; and what an
// answer to an INVITE begins.
import { bracketed } from './addresses.js';
import type { AdminConnection } from './admin-connection.js';
import { awaitReply } from './awaited.js';
import {
  cdr,
  contactFrom,
  contactOf,
  copyHeaders,
  nameBody,
  newId,
  newTag,
  tell,
  timeOfDay,
  type Core,
} from './core.js';
import { contactUri, Dialog } from './dialogs.js';
import { answerTo, copiedHeaders } from './responses.js';
import type { ServerTransaction } from './server-transaction.js';
import { echoInterval, intervalOf, type SessionInterval } from './session-timer.js';
import type { SipMessage } from './sip-message.js';
import { giveUpAfter } from './timers.js';
import type { Uac } from './uac.js';

/** What is kept for one transaction besides. */
interface Pending {
  readonly owner: AdminConnection;
  timer: NodeJS.Timeout | undefined;
}

type Headers = Readonly<Record<string, string>>;

export class Answers {
  private readonly core: Core;
  private readonly uac: Uac;
  private readonly pending = new Map<string, Pending>();
  /** Call-IDs of new INVITEs without a final answer: drachtio-srf knows a pending INVITE by its Call-ID alone. */
  private readonly ringingCalls = new Map<string, ServerTransaction>();

  constructor(core: Core, uac: Uac) {
    this.core = core;
    this.uac = uac;
  }

  /** How many requests wait for an application. */
  get waiting(): number {
    return this.pending.size;
  }

  /** How many calls come in that have no final answer. */
  get ringing(): number {
    return this.ringingCalls.size;
  }

  isRinging(callId: string): boolean {
    return this.ringingCalls.has(callId);
  }

  /** The application that has yet to answer. */
  askedOf(transaction: ServerTransaction): AdminConnection | undefined {
    return this.pending.get(transaction.id)?.owner;
  }

  /** An application's answer. */
  onAppResponse(
    connection: AdminConnection,
    messageId: string,
    transactionId: string,
    told: SipMessage,
  ): void {
    const { core } = this;
    const transaction = core.transactions.server(transactionId);
    if (!transaction || transaction.answered || this.pending.get(transactionId)?.owner !== connection) {
      connection.reply(messageId, 'NOK|Response not sent due to unknown transaction');
      return;
    }
    const { status } = told;
    const { request, isInvite, to } = transaction;
    const success = status >= 200 && status < 300;
    const makesDialog = isInvite && status > 100 && status < 300;
    const reliable = status > 100 && status < 200 && /\b100rel\b/i.test(told.get('require') ?? '');
    // The application learns the dialog's id from its first answer, be it a refusal.
    if (isInvite && status > 100) transaction.dialogId ??= newId();
    if (status > 100) transaction.toTag ??= told.toTag || newTag();
    const response = answerTo(request, status, transaction.toTag ?? '', told.reason);
    copyHeaders(told, response, copiedHeaders);
    if (makesDialog) for (const route of request.all('record-route')) response.add('Record-Route', route);
    this.giveContact(transaction, response, reliable);
    response.body = told.body;
    nameBody(response);
    const inside = this.dialogOf(transaction);
    const dialog = makesDialog ? (inside ?? this.openDialog(transaction, connection)) : inside;
    const interval =
      success && (isInvite || request.method === 'UPDATE')
        ? intervalOf(request, core.minSessionExpires)
        : undefined;
    if (interval) echoInterval(interval, request, response);
    let rseq = 0;
    if (reliable && dialog) {
      rseq = (dialog.awaitedPrack?.rseq ?? Math.floor(Math.random() * 0x7ffffff)) + 1;
      response.add('RSeq', String(rseq));
    }
    const data = response.toBuffer();
    this.renew(transaction, status);
    transaction.respond(status, data);
    // The application must know of the dialog before anything that belongs to it.
    const dialogId = request.method === 'BYE' ? '' : (transaction.dialogId ?? '');
    const protocol = isInvite ? to.protocol : '';
    connection.reply(
      messageId,
      `OK|application|${data.length}|${protocol}|${to.address}|${to.port}|${timeOfDay()}|${transaction.id}|${dialogId}||Msg sent:|`,
      data,
    );
    if (isInvite) this.onInviteAnswered(transaction, dialog, response, data, { rseq, interval });
    else if (interval && dialog) this.watch(dialog, interval);
  }

  /** The application is gone: what it has not answered is answered for it. */
  onAppLost(connection: AdminConnection): void {
    for (const [id, pending] of [...this.pending]) {
      if (pending.owner !== connection) continue;
      const transaction = this.core.transactions.server(id);
      if (!transaction || transaction.answered) continue;
      this.core.counters.add('answeredForLostApplication');
      const { request, dialogId, from } = transaction;
      // Whether it has read of the end of the call nobody knows: it is told again.
      if (request.method === 'BYE' && dialogId) this.core.missedBye(dialogId, from, request.toBuffer());
      this.fail(transaction, 503, { 'Retry-After': '5' });
    }
  }

  /** Answers for good whatever waits for an application, because the server is being stopped. */
  refuseAll(): void {
    for (const id of [...this.pending.keys()]) {
      const transaction = this.core.transactions.server(id);
      if (transaction) this.fail(transaction, 503, { 'Retry-After': '5' });
    }
  }

  /** Forgets everything without a word. */
  clear(): void {
    for (const { timer } of this.pending.values()) clearTimeout(timer);
    this.pending.clear();
    this.ringingCalls.clear();
  }

  // ----- between the request and its answer -----

  /** Gives a request to an application and waits for its answer. @returns the message */
  give(transaction: ServerTransaction, app: AdminConnection, dialogId: string, receivedOn: string): Buffer {
    const { request, from, isInvite, id, size } = transaction;
    if (isInvite && !request.toTag) this.ringingCalls.set(request.callId, transaction);
    this.pending.set(transaction.id, { owner: app, timer: undefined });
    this.renew(transaction, 100);
    const data = request.toBuffer();
    const { protocol } = from;
    tell(app, data, { source: 'network', size, protocol, from, transactionId: id, dialogId, receivedOn });
    return data;
  }

  /** A silent application does not leave a caller without an answer; a final answer ends the waiting. */
  private renew(transaction: ServerTransaction, status: number): void {
    const pending = this.pending.get(transaction.id);
    if (!pending) return;
    clearTimeout(pending.timer);
    if (status >= 200) {
      this.settle(transaction);
      return;
    }
    const { answerTimeoutMs, timers } = this.core;
    // The sender of another request gives up after 64·T1: the answer must come before.
    const ms = transaction.isInvite ? answerTimeoutMs : Math.min(answerTimeoutMs, 0.9 * giveUpAfter(timers));
    pending.timer = setTimeout(() => {
      this.core.counters.add('answeredForSilentApplication');
      this.fail(transaction, transaction.isInvite ? 480 : 504);
    }, ms);
  }

  /** Nothing is waited for any more. */
  settle(transaction: ServerTransaction): void {
    clearTimeout(this.pending.get(transaction.id)?.timer);
    this.pending.delete(transaction.id);
    const { callId } = transaction.request;
    if (this.ringingCalls.get(callId) === transaction) this.ringingCalls.delete(callId);
  }

  // ----- answers of ours -----

  /** An answer without body, from us. */
  respond(transaction: ServerTransaction, status: number, headers: Headers = {}): void {
    if (status > 100) transaction.toTag ??= newTag();
    const response = answerTo(transaction.request, status, transaction.toTag ?? '');
    for (const [name, value] of Object.entries(headers)) response.add(name, value);
    if (status >= 200) this.settle(transaction);
    transaction.respond(status, response.toBuffer());
  }

  /** A failure that the application did not send; a BYE cannot fail, because its dialog is gone. */
  fail(transaction: ServerTransaction, status: number, headers: Headers = {}): void {
    if (transaction.request.method === 'BYE') this.respond(transaction, 200);
    else this.respond(transaction, status, headers);
    this.failed(transaction, this.dialogOf(transaction));
  }

  /** An INVITE failed: a dialog it had begun is over, one that stood before goes on. */
  private failed(transaction: ServerTransaction, dialog: Dialog | undefined): void {
    if (!dialog || !transaction.isInvite) return;
    if (dialog.serverInvite === transaction) dialog.serverInvite = undefined;
    if (!dialog.confirmed) this.ended(dialog);
  }

  /** Contact, where the application gave none and the phone needs one; `localhost` is us. */
  private giveContact(transaction: ServerTransaction, response: SipMessage, reliable: boolean): void {
    const { core } = this;
    const { request, isInvite, from } = transaction;
    const given = response.get('contact');
    const success = response.status >= 200 && response.status < 300;
    if (given !== undefined) {
      response.set('Contact', contactFrom(core, given, from.protocol));
    } else if (
      (isInvite && (success || reliable || request.toTag !== '')) ||
      (request.method === 'SUBSCRIBE' && success)
    ) {
      response.add('Contact', contactOf(core, from.protocol));
    }
  }

  // ----- dialogs -----

  private dialogOf({ dialogId }: ServerTransaction): Dialog | undefined {
    return dialogId === undefined ? undefined : this.core.dialogs.get(dialogId);
  }

  private openDialog(transaction: ServerTransaction, owner: AdminConnection): Dialog {
    const { request } = transaction;
    const localTag = (transaction.toTag ??= newTag());
    const dialog = new Dialog({
      id: (transaction.dialogId ??= newId()),
      role: 'uas',
      callId: request.callId,
      localTag,
      remoteTag: request.fromTag,
      local: `${bracketed(request.get('to') ?? '')};tag=${localTag}`,
      remote: request.get('from') ?? '',
      localSeq: request.cseq.number,
      remoteSeq: request.cseq.number,
      routes: request.all('record-route'),
      target: contactUri(request) ?? request.uri,
      place: transaction.from,
    });
    dialog.owner = owner;
    dialog.serverInvite = transaction;
    this.core.dialogs.add(dialog);
    return dialog;
  }

  private onInviteAnswered(
    transaction: ServerTransaction,
    dialog: Dialog | undefined,
    response: SipMessage,
    data: Buffer,
    { rseq, interval }: { rseq: number; interval: SessionInterval | undefined },
  ): void {
    const { core } = this;
    const { status } = response;
    if (status >= 300) {
      this.failed(transaction, dialog);
      if (!dialog?.confirmed) cdr(core, 'stop', `application|${timeOfDay()}|call-rejected`, data);
    } else if (dialog && status >= 200) {
      const first = !dialog.confirmed;
      this.awaitAck(dialog, transaction, response);
      this.watch(dialog, interval);
      if (first) cdr(core, 'start', `application|${timeOfDay()}|uas`, data);
    } else if (dialog && rseq) {
      dialog.awaitedPrack?.stop();
      dialog.awaitedPrack = awaitReply(transaction, core.timers, {
        rseq,
        repeat: true,
        longest: Infinity,
        givenUp: () => {
          if (!transaction.answered) this.fail(transaction, 504);
        },
      });
    }
  }

  /** Repeats our 2xx until its ACK comes; without one the call is ended (RFC 3261 §13.3.1.4). */
  private awaitAck(dialog: Dialog, transaction: ServerTransaction, response: SipMessage): void {
    const { core } = this;
    dialog.confirmed = true;
    dialog.serverInvite = undefined;
    dialog.localSdp = response.body;
    dialog.contact = response.get('contact');
    dialog.awaitedPrack?.stop();
    dialog.awaitedPrack = undefined;
    // A phone that sends its next INVITE has had the answer to the last one.
    dialog.awaitedAck?.stop();
    dialog.awaitedAck = awaitReply(transaction, core.timers, {
      rseq: 0,
      repeat: transaction.to.protocol === 'udp',
      longest: core.timers.t2,
      givenUp: () => {
        const bye = dialog.awaitedAck?.onceDone;
        dialog.awaitedAck = undefined;
        if (bye) bye();
        else core.endDialog(dialog, 'ACK timeout', 'ackbye');
      },
    });
  }

  private watch(dialog: Dialog, interval: SessionInterval | undefined): void {
    this.uac.watch(dialog, interval && { seconds: interval.seconds, ours: interval.refresher === 'uas' });
  }

  /** The phone hung up, or the call never came about. An INVITE of it that is still open is answered 487. */
  ended(dialog: Dialog): void {
    const { serverInvite } = dialog;
    this.core.dialogs.remove(dialog);
    if (serverInvite && !serverInvite.answered) this.respond(serverInvite, 487);
  }
}
