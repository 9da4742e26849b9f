// What an answer to a request is made of (RFC 3261 §8.2.6) and where it goes (§18.2, RFC 3581).
import { createHash } from 'node:crypto';
import { bracketed, type Via } from './addresses.js';
import { SipMessage } from './sip-message.js';
import type { Place } from './transports.js';

/** Headers that come over from the request and that nobody can change. */
export const copiedHeaders: ReadonlySet<string> = new Set([
  'from',
  'to',
  'call-id',
  'cseq',
  'route',
  'max-forwards',
]);

/**
 * An answer without body.
 * @param toTag for a To without one; a 100 goes without
 */
export function answerTo(request: SipMessage, status: number, toTag: string, reason?: string): SipMessage {
  const response = reason ? SipMessage.response(status, reason) : SipMessage.response(status);
  const to = request.get('to') ?? '';
  for (const { key, name, value } of request.headers) if (key === 'via') response.add(name, value);
  response.add('From', request.get('from') ?? '');
  response.add('To', status === 100 || request.toTag ? to : `${bracketed(to)};tag=${toTag}`);
  response.add('Call-ID', request.callId).add('CSeq', request.get('cseq') ?? '');
  const timestamp = status === 100 ? request.get('timestamp') : undefined;
  return timestamp === undefined ? response : response.add('Timestamp', timestamp);
}

/** The To tag for an answer that is forgotten at once: the same for every copy of the request. */
export function statelessTag(request: SipMessage): string {
  const { callId, fromTag } = request;
  return createHash('sha256')
    .update(`${callId}\n${fromTag}\n${request.get('cseq')}`)
    .digest('hex')
    .slice(0, 16);
}

/** Where responses go: RFC 3261 §18.2.2 with RFC 3581. */
export function responsePlace(via: Via, from: Place): Place {
  const port = via.port ?? 5060;
  // The connection it came by; when that is gone, where the phone says it listens.
  if (from.protocol === 'tcp') return { ...from, port };
  return { protocol: 'udp', address: from.address, port: via.params.has('rport') ? from.port : port };
}

/** Notes in the topmost Via where the request really came from. */
export function markVia(request: SipMessage, via: Via, from: Place): void {
  const asked = via.params.has('rport');
  if (!asked && via.host === from.address) return;
  let value = request.get('via') ?? '';
  if (asked) value = value.replace(/;\s*rport\s*(?:=[^;]*)?(?=;|$)/i, `;rport=${from.port}`);
  if (via.host !== from.address) value += `;received=${from.address}`;
  request.setFirst('via', value);
}
