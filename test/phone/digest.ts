// Digest authentication as a phone does it (RFC 2617, RFC 8760): answers a 401 or 407 challenge.
import { createHash, randomBytes } from 'node:crypto';

import type { SipMessage } from './sip-message.js';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

const algorithms: Record<string, string> = { MD5: 'md5', 'SHA-256': 'sha256' };

/** Name and value of the header that answers the challenge in `response`, or undefined when it holds none we can do. */
export function answerChallenge(
  response: SipMessage,
  method: string,
  uri: string,
  credentials: Credentials,
): { name: string; value: string } | undefined {
  const proxy = response.status === 407;
  const challenge = response.get(proxy ? 'proxy-authenticate' : 'www-authenticate');
  if (!challenge || !/^digest\s/i.test(challenge)) return undefined;
  const given = parameters(challenge.replace(/^digest\s+/i, ''));
  const algorithm = algorithms[(given.algorithm ?? 'MD5').toUpperCase()];
  if (!algorithm || given.realm === undefined || given.nonce === undefined) return undefined;
  const hash = (text: string): string => createHash(algorithm).update(text).digest('hex');
  const qop = given.qop?.split(',').some((one) => one.trim() === 'auth') ? 'auth' : undefined;
  const cnonce = randomBytes(8).toString('hex');
  const nc = '00000001';
  const a1 = hash(`${credentials.user}:${given.realm}:${credentials.password}`);
  const a2 = hash(`${method}:${uri}`);
  const answer = hash(
    qop ? `${a1}:${given.nonce}:${nc}:${cnonce}:${qop}:${a2}` : `${a1}:${given.nonce}:${a2}`,
  );
  const parts = [
    `username="${credentials.user}"`,
    `realm="${given.realm}"`,
    `nonce="${given.nonce}"`,
    `uri="${uri}"`,
    `response="${answer}"`,
    `algorithm=${given.algorithm ?? 'MD5'}`,
  ];
  if (given.opaque !== undefined) parts.push(`opaque="${given.opaque}"`);
  if (qop) parts.push(`qop=${qop}`, `nc=${nc}`, `cnonce="${cnonce}"`);
  return { name: proxy ? 'Proxy-Authorization' : 'Authorization', value: `Digest ${parts.join(', ')}` };
}

function parameters(text: string): Record<string, string | undefined> {
  const found: Record<string, string | undefined> = {};
  for (const match of text.matchAll(/([a-z]+)\s*=\s*(?:"([^"]*)"|([^\s,]+))/gi)) {
    found[match[1]!.toLowerCase()] = match[2] ?? match[3];
  }
  return found;
}
