// The calls that stand (RFC 3261 §12): what is needed to send a request to the other side, to recognise one of its own,
// and to know which application it belongs to.
import { parseNameAddr, parseUri } from './addresses.js';
import type { AdminConnection } from './admin-connection.js';
import type { Awaited } from './awaited.js';
import type { ClientTransaction } from './client-transaction.js';
import type { ServerTransaction } from './server-transaction.js';
import { SipMessage } from './sip-message.js';
import type { Place } from './transports.js';

export interface DialogParts {
  readonly id: string;
  readonly role: 'uas' | 'uac';
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** From value of our requests, To value of our requests; both with their tags. */
  readonly local: string;
  readonly remote: string;
  readonly localSeq: number;
  readonly remoteSeq: number;
  readonly routes: readonly string[];
  readonly target: string;
  readonly place: Place;
}

export class Dialog {
  readonly id: string;
  readonly role: 'uas' | 'uac';
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly local: string;
  readonly remote: string;
  readonly routes: readonly string[];
  localSeq: number;
  remoteSeq: number;
  /** URI that our requests are addressed to. */
  target: string;
  /** Where the other side's last message came from. */
  place: Place;
  confirmed = false;
  /** The application; undefined while it is lost. */
  owner: AdminConnection | undefined;
  /** Our INVITE under way, and theirs. */
  clientInvite: ClientTransaction | undefined;
  serverInvite: ServerTransaction | undefined;
  /** Our 2xx to an INVITE until its ACK comes, and our reliable provisional response until its PRACK does. */
  awaitedAck: Awaited | undefined;
  awaitedPrack: Awaited | undefined;
  /** Our last ACK with the CSeq it belongs to, sent again when their 2xx comes again. */
  ack: { readonly cseq: number; readonly data: Buffer; readonly to: Place } | undefined;
  /** CSeq number of our INVITE whose 2xx waits for the application's ACK. */
  ackDue: number | undefined;
  ackDueTimer: NodeJS.Timeout | undefined;
  /** The application cancelled, but the 2xx was faster: hang up once it is acknowledged. */
  endAfterAck = false;
  /** Our last session description, for a refresh of the session timer. */
  localSdp: Buffer | undefined;
  /** Contact of our requests. */
  contact: string | undefined;
  stopSessionTimer: (() => void) | undefined;
  ended = false;

  constructor(parts: DialogParts) {
    this.id = parts.id;
    this.role = parts.role;
    this.callId = parts.callId;
    this.localTag = parts.localTag;
    this.remoteTag = parts.remoteTag;
    this.local = parts.local;
    this.remote = parts.remote;
    this.localSeq = parts.localSeq;
    this.remoteSeq = parts.remoteSeq;
    this.routes = parts.routes;
    this.target = parts.target;
    this.place = parts.place;
  }

  /** A request inside the dialog, without Via. */
  request(method: string, cseq: number): SipMessage {
    const request = SipMessage.request(method, this.target);
    request.add('Max-Forwards', '70');
    for (const route of this.routes) request.add('Route', route);
    request.add('From', this.local).add('To', this.remote).add('Call-ID', this.callId);
    return request.add('CSeq', `${cseq} ${method}`);
  }

  /** A request or 2xx of the other side may name a new target (RFC 3261 §12.2). */
  refreshTarget(message: SipMessage): void {
    const contact = contactUri(message);
    if (contact) this.target = contact;
  }

  stopTimers(): void {
    clearTimeout(this.ackDueTimer);
    const onceDone = this.awaitedAck?.onceDone;
    this.awaitedAck?.stop();
    this.awaitedPrack?.stop();
    this.awaitedAck = undefined;
    this.awaitedPrack = undefined;
    onceDone?.();
    this.stopSessionTimer?.();
    this.stopSessionTimer = undefined;
  }
}

/** The URI of the first Contact, if it can be used. */
export function contactUri(message: SipMessage): string | undefined {
  const value = message.get('contact');
  const uri = value === undefined ? undefined : parseNameAddr(value)?.uri;
  return uri !== undefined && parseUri(uri) ? uri : undefined;
}

export class Dialogs {
  private readonly byId = new Map<string, Dialog>();
  private readonly byTags = new Map<string, Dialog>();

  get size(): number {
    return this.byId.size;
  }

  add(dialog: Dialog): void {
    this.byId.set(dialog.id, dialog);
    this.byTags.set(key(dialog.callId, dialog.localTag, dialog.remoteTag), dialog);
  }

  remove(dialog: Dialog): void {
    dialog.ended = true;
    dialog.stopTimers();
    this.byId.delete(dialog.id);
    this.byTags.delete(key(dialog.callId, dialog.localTag, dialog.remoteTag));
  }

  get(id: string): Dialog | undefined {
    return this.byId.get(id);
  }

  find(callId: string, localTag: string, remoteTag: string): Dialog | undefined {
    return this.byTags.get(key(callId, localTag, remoteTag));
  }

  /** The dialog an incoming request belongs to. */
  ofRequest(request: SipMessage): Dialog | undefined {
    return this.find(request.callId, request.toTag, request.fromTag);
  }

  all(): Dialog[] {
    return [...this.byId.values()];
  }

  clear(): void {
    for (const dialog of this.all()) this.remove(dialog);
  }
}

function key(callId: string, localTag: string, remoteTag: string): string {
  return `${callId}\n${localTag}\n${remoteTag}`;
}
