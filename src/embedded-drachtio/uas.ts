// Requests that come in: matched, checked, and given to the application they belong to or refused.
import type { Via } from './addresses.js';
import type { Answers } from './answers.js';
import { cdr, newId, newTag, tell, timeOfDay, type Core } from './core.js';
import type { Dialog } from './dialogs.js';
import { answerTo, markVia, responsePlace, statelessTag } from './responses.js';
import { ServerTransaction } from './server-transaction.js';
import { isTooShort } from './session-timer.js';
import type { SipMessage } from './sip-message.js';
import { serverKey } from './transactions.js';
import type { Place } from './transports.js';

const knownMethods = [
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'INFO',
  'UPDATE',
  'PRACK',
  'MESSAGE',
  'REGISTER',
  'SUBSCRIBE',
  'NOTIFY',
  'REFER',
  'PUBLISH',
];
/** Methods that mean nothing outside of a dialog. */
const dialogMethods = new Set(['BYE', 'UPDATE', 'PRACK', 'INFO']);
/** Extensions that a request may require of us (RFC 3261 §8.2.2.3). */
const knownExtensions = new Set(['100rel', 'timer', 'replaces', 'norefersub', 'path', 'outbound']);

export class Uas {
  private readonly core: Core;
  private readonly answers: Answers;

  constructor(core: Core, answers: Answers) {
    this.core = core;
    this.answers = answers;
  }

  onRequest(request: SipMessage, via: Via, from: Place, size: number): void {
    const { core } = this;
    const { transactions, limits, counters } = core;
    markVia(request, via, from);
    if (request.method === 'ACK') {
      this.onAck(request, via, from, size);
      return;
    }
    const key = serverKey(request, via);
    const known = transactions.serverOf(key);
    if (known) {
      counters.add('requestRetransmissions');
      known.retransmitted();
      return;
    }
    if (request.method === 'CANCEL') {
      this.onCancel(request, via, from, size);
      return;
    }
    if (transactions.size >= limits.transactions || transactions.bytes + size > limits.transactionBytes) {
      counters.add('overload');
      this.statelessly(request, via, from, 503, { 'Retry-After': '10' });
      return;
    }
    const transaction = this.begin(request, key, via, from, size);
    if (transaction.isInvite) this.answers.respond(transaction, 100);
    const unsupported = request
      .all('require')
      .flatMap((value) => value.split(','))
      .map((option) => option.trim().toLowerCase())
      .filter((option) => option && !knownExtensions.has(option));
    if (unsupported.length > 0) {
      this.answers.respond(transaction, 420, { Unsupported: unsupported.join(', ') });
    } else if (request.toTag) {
      this.onInDialog(transaction);
    } else {
      this.onNew(transaction);
    }
  }

  /** A request that cannot be understood but can be answered. */
  refuse(request: SipMessage, via: Via, from: Place, status: number, reason: string): void {
    markVia(request, via, from);
    this.statelessly(request, via, from, status, {}, reason);
  }

  // ----- the kinds of request -----

  private onNew(transaction: ServerTransaction): void {
    const { core } = this;
    const { request, isInvite } = transaction;
    const { method, callId } = request;
    if (dialogMethods.has(method)) {
      this.answers.respond(transaction, 481);
      return;
    }
    if (!knownMethods.includes(method)) {
      this.answers.respond(transaction, 405, { Allow: knownMethods.join(', ') });
      return;
    }
    // The same request by another way (RFC 3261 §8.2.2.2), or a Call-ID that is not unique.
    if (core.transactions.mergedInto(transaction) || (isInvite && this.answers.isRinging(callId))) {
      this.answers.respond(transaction, 482);
      return;
    }
    if (isInvite && core.dialogs.size + this.answers.ringing >= core.limits.dialogs) {
      core.counters.add('overload');
      this.answers.respond(transaction, 503, { 'Retry-After': '10' });
      return;
    }
    if (isInvite && this.refuseShortSession(transaction)) return;
    const app = core.stopping ? undefined : core.admin.next(method);
    if (!app) {
      // What nobody asked for will not be asked for in a moment either; an application that is gone will be back.
      this.answers.respond(
        transaction,
        503,
        core.admin.authenticated.length > 0 ? {} : { 'Retry-After': '5' },
      );
      return;
    }
    const data = this.answers.give(transaction, app, '', `${core.transports.host}|${core.transports.port}|`);
    if (isInvite) cdr(core, 'attempt', `network|${timeOfDay()}`, data);
  }

  private onInDialog(transaction: ServerTransaction): void {
    const { core } = this;
    const { request, from } = transaction;
    const { method, cseq } = request;
    const dialog = core.dialogs.ofRequest(request);
    if (!dialog) {
      this.answers.respond(transaction, 481);
      return;
    }
    if (cseq.number < dialog.remoteSeq) {
      core.counters.add('lowerCseq');
      this.answers.respond(transaction, 500);
      return;
    }
    dialog.remoteSeq = cseq.number;
    transaction.dialogId = dialog.id;
    transaction.toTag = dialog.localTag;
    if (method === 'INVITE') {
      if (dialog.clientInvite && !dialog.clientInvite.settled) {
        this.answers.respond(transaction, 491);
        return;
      }
      if (dialog.serverInvite && !dialog.serverInvite.answered) {
        this.answers.respond(transaction, 500, { 'Retry-After': String(Math.ceil(Math.random() * 10)) });
        return;
      }
    }
    if ((method === 'INVITE' || method === 'UPDATE') && this.refuseShortSession(transaction)) return;
    if (method === 'INVITE') dialog.serverInvite = transaction;
    dialog.place = from;
    if (method === 'INVITE' || method === 'UPDATE') dialog.refreshTarget(request);
    if (method === 'PRACK' && !takePrack(dialog, request)) {
      this.answers.respond(transaction, 481);
      return;
    }
    const { owner } = dialog;
    if (method === 'BYE') this.answers.ended(dialog);
    if (owner) {
      const data = this.answers.give(transaction, owner, dialog.id, '');
      if (method === 'BYE') cdr(core, 'stop', `network|${timeOfDay()}|normal-release`, data);
    } else if (method === 'BYE') {
      core.missedBye(dialog.id, from, request.toBuffer());
      this.answers.respond(transaction, 200);
    } else {
      this.answers.fail(transaction, 500, { 'Retry-After': '5' });
    }
  }

  private onAck(request: SipMessage, via: Via, from: Place, size: number): void {
    const { core } = this;
    const invite = core.transactions.serverOf(serverKey(request, via));
    if (invite && invite.state !== 'accepted') {
      invite.acknowledged();
      return;
    }
    const dialog = core.dialogs.ofRequest(request);
    const awaited = dialog?.awaitedAck;
    if (!dialog || awaited?.cseq !== request.cseq.number) return;
    dialog.awaitedAck = undefined;
    awaited.stop();
    dialog.place = from;
    if (dialog.owner) {
      tell(dialog.owner, request.toBuffer(), {
        source: 'network',
        size,
        protocol: '',
        from,
        transactionId: awaited.transaction.request.toTag ? newId() : awaited.transaction.id,
        dialogId: dialog.id,
      });
    }
    awaited.onceDone?.();
  }

  private onCancel(request: SipMessage, via: Via, from: Place, size: number): void {
    const { core } = this;
    const invite = core.transactions.serverOf(serverKey(request, via, 'INVITE'));
    if (!invite) {
      this.statelessly(request, via, from, 481);
      return;
    }
    invite.toTag ??= newTag();
    this.statelessly(request, via, from, 200, {}, undefined, invite.toTag);
    // After a final answer it has no effect (RFC 3261 §9.2).
    if (invite.answered) return;
    const owner = this.answers.askedOf(invite);
    const dialogId = invite.dialogId ?? '';
    const data = request.toBuffer();
    this.answers.fail(invite, 487);
    if (owner) {
      const { protocol } = from;
      tell(owner, data, { source: 'network', size, protocol, from, transactionId: invite.id, dialogId });
    }
    cdr(core, 'stop', `network|${timeOfDay()}|call-canceled`, data);
  }

  private begin(request: SipMessage, key: string, via: Via, from: Place, size: number): ServerTransaction {
    const { core } = this;
    const transaction = new ServerTransaction({
      id: newId(),
      key,
      request,
      size,
      from,
      to: responsePlace(via, from),
      timers: core.timers,
      send: (data, to) => core.transports.send(data, to),
      over: (ended) => {
        core.transactions.removeServer(ended);
        this.answers.settle(ended);
      },
    });
    core.transactions.addServer(transaction);
    return transaction;
  }

  private refuseShortSession(transaction: ServerTransaction): boolean {
    const least = this.core.minSessionExpires;
    if (!isTooShort(transaction.request, least)) return false;
    this.answers.respond(transaction, 422, { 'Min-SE': String(least) });
    return true;
  }

  /** For what is not worth a transaction. */
  private statelessly(
    request: SipMessage,
    via: Via,
    from: Place,
    status: number,
    headers: Record<string, string> = {},
    reason?: string,
    tag = statelessTag(request),
  ): void {
    const response = answerTo(request, status, tag, reason);
    for (const [name, value] of Object.entries(headers)) response.add(name, value);
    this.core.transports.send(response.toBuffer(), responsePlace(via, from));
  }
}

/** True where the PRACK is for the provisional response that waits for one. */
function takePrack({ awaitedPrack }: Dialog, prack: SipMessage): boolean {
  const [rseq, cseq, method] = (prack.get('rack') ?? '').trim().split(/\s+/);
  if (!awaitedPrack || Number(rseq) !== awaitedPrack.rseq || method !== 'INVITE') return false;
  if (Number(cseq) !== awaitedPrack.cseq) return false;
  awaitedPrack.stop();
  return true;
}
