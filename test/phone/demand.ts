// A phone that plays a telephone system with passwords: it lets nobody call it who has not answered its challenge
// (RFC 3261 §22, RFC 2617 with MD5).
import { createHash, randomBytes } from 'node:crypto';

import type { Credentials } from './digest.js';
import { responseTo, type SipMessage } from './sip-message.js';

export interface Demand extends Credentials {
  /** 401 as a phone would, or 407 as a proxy; default 407. */
  readonly status?: 401 | 407;
}

const nonces = new Set<string>();
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** The challenge for a request that does not meet the demand; undefined = it does. */
export function challengeTo(request: SipMessage, demand: Demand, localTag: string): SipMessage | undefined {
  const status = demand.status ?? 407;
  const answer = request.get(status === 407 ? 'proxy-authorization' : 'authorization');
  if (answer !== undefined && meets(request, answer, demand)) return undefined;
  const nonce = randomBytes(8).toString('hex');
  nonces.add(nonce);
  const text = `Digest realm="pbx", nonce="${nonce}", algorithm=MD5, qop="auth"`;
  const [reason, name] =
    status === 407
      ? ['Proxy Authentication Required', 'Proxy-Authenticate']
      : ['Unauthorized', 'WWW-Authenticate'];
  return responseTo(request, status, reason, localTag).add(name, text);
}

function meets(request: SipMessage, answer: string, { user, password }: Demand): boolean {
  const get = (name: string): string => new RegExp(`[ ,]${name}="?([^",]+)`).exec(answer)?.[1] ?? '';
  const middle = `${get('nonce')}:${get('nc')}:${get('cnonce')}:auth`;
  const due = md5(`${md5(`${user}:pbx:${password}`)}:${middle}:${md5(`${request.method}:${get('uri')}`)}`);
  return get('uri') === request.uri && get('response') === due && nonces.delete(get('nonce'));
}
