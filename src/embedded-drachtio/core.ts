// What the two halves (requests that come in, requests that go out) share: the tables, the transports, the applications,
// and how the box names itself.
import { randomBytes, randomUUID } from 'node:crypto';
import { bracketUri } from './addresses.js';
import type { AdminConnection } from './admin-connection.js';
import type { AdminServer } from './admin-server.js';
import type { Counters } from './counters.js';
import type { Dialog, Dialogs } from './dialogs.js';
import type { SipMessage } from './sip-message.js';
import type { Timers } from './timers.js';
import type { Transactions } from './transactions.js';
import type { Place, Protocol, Transports } from './transports.js';

export interface Limits {
  /** Transactions at once; more INVITEs are answered 503 without keeping anything. */
  readonly transactions: number;
  /** Bytes of the requests they hold. */
  readonly transactionBytes: number;
  readonly dialogs: number;
}

export interface Core {
  readonly timers: Timers;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly transports: Transports;
  readonly transactions: Transactions;
  readonly dialogs: Dialogs;
  readonly admin: AdminServer;
  /** Address in our Via and Contact. */
  readonly address: () => string;
  /** ms an application may be silent. */
  readonly answerTimeoutMs: number;
  /** Seconds; a phone that wants its session refreshed more often is refused with 422 (RFC 4028 §4). */
  readonly minSessionExpires: number;
  /** No new calls: the server is being stopped. */
  stopping: boolean;
  readonly log: (level: 'debug' | 'info' | 'warn', event: string, fields?: object) => void;
  /** Ends a dialog that the application does not end: BYE to the phone, and the application is told. */
  readonly endDialog: (dialog: Dialog, reason: string, cdr: string) => void;
  /** The call is over while no application is there to be told. */
  readonly missedBye: (dialogId: string, from: Place, bye: Buffer) => void;
}

export function newTag(): string {
  return randomBytes(8).toString('hex');
}

export function newId(): string {
  return randomUUID();
}

export function newBranch(): string {
  return `z9hG4bK${randomBytes(10).toString('hex')}`;
}

/** `HH:MM:SS.uuuuuu`, UTC, as the frames have it. */
export function timeOfDay(): string {
  return `${new Date().toISOString().slice(11, 23)}000`;
}

export function contactOf(core: Core, protocol: Protocol): string {
  const transport = protocol === 'tcp' ? ';transport=tcp' : '';
  return `<sip:${core.address()}:${core.transports.port}${transport}>`;
}

/** rport is for UDP (RFC 3581): over TCP the connection is the way back. */
export function viaOf(core: Core, protocol: Protocol, branch: string): string {
  const rport = protocol === 'udp' ? ';rport' : '';
  return `SIP/2.0/${protocol.toUpperCase()} ${core.address()}:${core.transports.port}${rport};branch=${branch}`;
}

/** `localhost` in a value of the application is us. */
export function atLocalhost(core: Core, value: string): string {
  return value.replace(/@localhost(?=[;>\s]|$)/g, `@${core.address()}:${core.transports.port}`);
}

/** A Contact of the application; where it leaves our address to us, the transport is ours to name too. */
export function contactFrom(core: Core, value: string, protocol: Protocol): string {
  const contact = bracketUri(value);
  const here = atLocalhost(core, contact);
  const silent = here !== contact && protocol !== 'udp' && !/;\s*transport\s*=/i.test(contact);
  return silent ? here.replace('>', `;transport=${protocol}>`) : here;
}

/** Tells an application about a message; the tokens of the frame. */
export function tell(
  to: AdminConnection,
  message: Buffer,
  facts: {
    source: 'network' | 'application';
    size: number;
    protocol: string;
    from: Pick<Place, 'address' | 'port'>;
    transactionId: string;
    dialogId: string;
    receivedOn?: string;
  },
): void {
  const { source, size, protocol, from, transactionId, dialogId, receivedOn } = facts;
  to.send(
    `sip|${source}|${size}|${protocol}|${from.address}|${from.port}|${timeOfDay()}|${transactionId}|${dialogId}|${receivedOn ?? ''}`,
    message,
  );
}

/** The call records of the protocol, to one application that asked for them. */
export function cdr(core: Core, kind: 'attempt' | 'start' | 'stop', rest: string, message: Buffer): void {
  core.admin.next(`cdr:${kind}`)?.send(`cdr:${kind}|${rest}`, message);
}

/** Headers an application may not set: they are the SIP server's. */
const reserved = new Set(['via', 'record-route', 'rseq', 'content-length']);

/** Copies an application's headers, but for those that are made here and those named in `but`. */
export function copyHeaders(from: SipMessage, to: SipMessage, but: ReadonlySet<string>): void {
  for (const { name, key, value } of from.headers) {
    if (!reserved.has(key) && !but.has(key)) to.add(name, value);
  }
}

/** A body that is plainly SDP is called so. */
export function nameBody(message: SipMessage): boolean {
  if (message.body.length === 0 || message.has('content-type')) return true;
  if (message.body.subarray(0, 3).toString('latin1') !== 'v=0') return false;
  message.add('Content-Type', 'application/sdp');
  return true;
}
