// What a request of ours looks like where the application left something out (RFC 3261 §8.1.1), and where it is sent
// (§8.1.2, §12.2.1.1).
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { bracketUri, parseNameAddr, parseUri, type SipUri } from './addresses.js';
import type { ClientTransaction } from './client-transaction.js';
import {
  atLocalhost,
  contactFrom,
  contactOf,
  copyHeaders,
  nameBody,
  newId,
  newTag,
  type Core,
} from './core.js';
import type { Dialog } from './dialogs.js';
import { SipMessage } from './sip-message.js';
import type { Place, Protocol } from './transports.js';

/** An operation that is refused; the text is the original's. */
export class Refused extends Error {}

/** Headers of a request outside of dialogs that are seen to one by one. */
const completed = new Set(['max-forwards', 'from', 'to', 'call-id', 'cseq', 'contact']);
/** Headers of a request inside a dialog that are the dialog's. */
export const dialogHeaders: ReadonlySet<string> = new Set([
  'from',
  'to',
  'call-id',
  'cseq',
  'route',
  'max-forwards',
]);
const targeting = new Set(['INVITE', 'SUBSCRIBE', 'REFER', 'UPDATE']);

/** True for what can make a dialog, and so has a Contact and a dialog's id from the beginning. */
export function isCreating(method: string): boolean {
  return method === 'INVITE' || method === 'SUBSCRIBE';
}

/** A request outside of dialogs, without Via. @throws Refused when its body is of no known type */
export function newRequest(core: Core, told: SipMessage, protocol: Protocol): SipMessage {
  const { method, uri } = told;
  const request = SipMessage.request(method, uri);
  const own = contactOf(core, protocol);
  request.add('Max-Forwards', told.get('max-forwards') ?? '70');
  const from = bracketUri(atLocalhost(core, told.get('from') ?? own));
  request.add('From', /;\s*tag\s*=/i.test(from) ? from : `${from};tag=${newTag()}`);
  request.add('To', bracketUri(atLocalhost(core, told.get('to') ?? `<${uri}>`)));
  request.add('Call-ID', told.get('call-id') ?? newId());
  request.add('CSeq', `${told.cseq.number || 1 + Math.floor(Math.random() * 0x3fffffff)} ${method}`);
  const contact = told.get('contact');
  if (contact !== undefined) request.add('Contact', contactFrom(core, contact, protocol));
  else if (isCreating(method)) request.add('Contact', own);
  copyHeaders(told, request, completed);
  for (const name of ['p-asserted-identity', 'p-preferred-identity']) {
    const value = request.get(name);
    if (value !== undefined) request.set(name, atLocalhost(core, value));
  }
  takeBody(request, told);
  return request;
}

/** A request inside a dialog, without Via. @throws Refused when its body is of no known type */
export function dialogRequest(core: Core, dialog: Dialog, told: SipMessage): SipMessage {
  const { method } = told;
  // A digest retry brings its own number.
  dialog.localSeq = Math.max(dialog.localSeq + 1, told.cseq.number);
  const request = dialog.request(method, dialog.localSeq);
  copyHeaders(told, request, dialogHeaders);
  const contact = request.get('contact');
  const { protocol } = dialog.place;
  if (contact !== undefined) request.set('Contact', contactFrom(core, contact, protocol));
  else if (targeting.has(method)) request.add('Contact', dialog.contact ?? contactOf(core, protocol));
  takeBody(request, told);
  return request;
}

function takeBody(request: SipMessage, told: SipMessage): void {
  request.body = told.body;
  if (!nameBody(request)) throw new Refused('missing content-type');
}

/** The CANCEL of an INVITE: its Via, its numbers (RFC 3261 §9.1). */
export function cancelOf(invite: ClientTransaction): SipMessage {
  const { request } = invite;
  const cancel = SipMessage.request('CANCEL', request.uri);
  cancel.add('Via', request.get('via') ?? '').add('Max-Forwards', '70');
  for (const route of request.all('route')) cancel.add('Route', route);
  cancel.add('From', request.get('from') ?? '').add('To', request.get('to') ?? '');
  return cancel.add('Call-ID', request.callId).add('CSeq', `${request.cseq.number} CANCEL`);
}

/**
 * The id of the dialog that a request makes: the same for a digest retry, which has the same Call-ID and From tag, and
 * without a character that would break the frames.
 */
export function dialogIdOf({ callId, fromTag }: SipMessage): string {
  return createHash('sha256').update(`${callId}\n${fromTag}`).digest('hex').slice(0, 32);
}

// ----- where to -----

/** Inside a dialog: the first route, else the phone itself; behind NAT that is where its messages come from. */
export async function dialogPlace(core: Core, dialog: Dialog): Promise<Place> {
  const route = dialog.routes[0];
  const hop = route === undefined ? undefined : parseNameAddr(route)?.uri;
  if (hop !== undefined) return placeOf(core, hop);
  const target = parseUri(dialog.target);
  const { place } = dialog;
  // Where the phone's Contact names another address than its packets have, the packets are right.
  if (place.protocol === 'udp' && place.port > 0) {
    const same = target && target.host === place.address;
    return same ? { protocol: 'udp', address: place.address, port: target.port ?? 5060 } : place;
  }
  if (!target || !isIP(target.host)) return place;
  return { ...place, address: target.host, port: target.port ?? place.port };
}

/** @throws Refused when it is no URI, or one of a transport we have not; Error when its host has no address */
export async function placeOf(core: Core, text: string): Promise<Place> {
  const uri = parseUri(text) ?? parseUri(`sip:${text}`);
  if (!uri?.host) throw new Refused(`invalid request-uri: ${text}`);
  const protocol = protocolOf(uri);
  const address = uri.host === 'localhost' ? '127.0.0.1' : await core.transports.resolve(uri.host);
  return { protocol, address, port: uri.port ?? 5060 };
}

function protocolOf(uri: SipUri): Protocol {
  const transport = uri.params.get('transport')?.toLowerCase() ?? 'udp';
  if (uri.scheme === 'sips' || (transport !== 'udp' && transport !== 'tcp')) {
    throw new Refused('requested protocol/transport not available');
  }
  return transport;
}
