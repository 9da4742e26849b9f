// Digest authentication as the one who asks (RFC 3261 §22, RFC 2617, RFC 8760), pure: the challenge, what a phone answers
// to it, and whether that is right. Bounded, and the comparison takes equally long for every answer.
import { createHash, timingSafeEqual } from 'node:crypto';

type DigestAlgorithm = 'MD5' | 'SHA-256';

/** One Authorization header of a phone. */
export interface DigestAnswer {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  /** Hex, lower case. */
  readonly response: string;
  readonly algorithm: DigestAlgorithm;
  /** All three, or none of them as in RFC 2069. */
  readonly protection?: { readonly nc: string; readonly cnonce: string };
}

export interface DigestSecret {
  /** Absent = any name will do. */
  readonly username?: string;
  readonly password: string;
}

const hashes: Readonly<Record<DigestAlgorithm, string>> = { MD5: 'md5', 'SHA-256': 'sha256' };
/** Characters of all Authorization headers of a request together; phones send some 300. */
const longestHeader = 4096;
/** A phone may answer several challenges, one header each. */
const mostAnswers = 4;

/**
 * Value of a WWW-Authenticate header. It asks for MD5 alone: the baresip of Debian 12 was measured to give up when SHA-256
 * is offered too, before it or behind it.
 * @param stale the password may be right, but the nonce is not good any more
 */
export function digestChallenge(realm: string, nonce: string, stale: boolean): string {
  return `Digest realm="${realm}", nonce="${nonce}", algorithm=MD5, qop="auth"${stale ? ', stale=true' : ''}`;
}

/**
 * What can be used of the Authorization headers of a request: none when there is nothing that we could have asked for.
 * @param header several headers are joined by a comma, as drachtio-srf does
 */
export function digestAnswers(header: string | undefined): DigestAnswer[] {
  if (header === undefined || header.length > longestHeader) return [];
  return header
    .split(/(?:^|,)\s*Digest\s+/i)
    .slice(1, 1 + mostAnswers)
    .flatMap((text) => answerOf(text) ?? []);
}

/** Both the name and the digest are always looked at, whichever is wrong. */
export function isRightDigest(answer: DigestAnswer, method: string, secret: DigestSecret): boolean {
  const { realm, nonce, uri, response, algorithm, protection } = answer;
  const hash = (text: string) => createHash(hashes[algorithm]).update(text).digest('hex');
  const a1 = hash(`${secret.username ?? answer.username}:${realm}:${secret.password}`);
  const a2 = hash(`${method}:${uri}`);
  const middle = protection ? `${nonce}:${protection.nc}:${protection.cnonce}:auth` : nonce;
  const sameDigest = same(hash(`${a1}:${middle}:${a2}`), response);
  const sameName = secret.username === undefined || same(secret.username, answer.username);
  return sameDigest && sameName;
}

function answerOf(text: string): DigestAnswer | undefined {
  const given = parametersOf(text);
  const { username, realm, nonce, uri, qop, nc, cnonce } = given;
  const response = given.response?.toLowerCase();
  const algorithm = algorithmOf(given.algorithm);
  if (username === undefined || realm === undefined || !nonce || !uri || !response || !algorithm)
    return undefined;
  if (qop === undefined) return { username, realm, nonce, uri, response, algorithm };
  if (qop.toLowerCase() !== 'auth' || !nc || !cnonce) return undefined;
  return { username, realm, nonce, uri, response, algorithm, protection: { nc, cnonce } };
}

function algorithmOf(name: string | undefined): DigestAlgorithm | undefined {
  const upper = name?.toUpperCase() ?? 'MD5';
  return upper === 'MD5' || upper === 'SHA-256' ? upper : undefined;
}

function parametersOf(text: string): Record<string, string | undefined> {
  const found: Record<string, string | undefined> = Object.create(null) as Record<string, undefined>;
  for (const match of text.matchAll(/([a-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi)) {
    found[match[1]!.toLowerCase()] = match[2]?.replace(/\\(.)/g, '$1') ?? match[3];
  }
  return found;
}

function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
