// The cookies of the web page: the session, the secret of a visitor who has none yet, and the chosen language.
import type { Visit } from './visit.js';

/** With __Host- a browser takes the cookie from this very host and by HTTPS only. */
export function cookieName(what: 'session' | 'visitor' | 'language', secure: boolean): string {
  return `${secure ? '__Host-' : ''}partyline-${what}`;
}

/** The cookies of a request; of several with one name the first. */
export function readCookies(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (header ?? '').slice(0, 8192).split(';')) {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, equals)).trim();
    if (name && !cookies.has(name)) cookies.set(name, pair.slice(equals + 1).trim());
  }
  return cookies;
}

/** @param value letters, digits, - and _ only; '' removes the cookie */
export function setCookie(
  { reply, secure }: Pick<Visit, 'reply' | 'secure'>,
  what: 'session' | 'visitor' | 'language',
  value: string,
  maxAgeSeconds?: number,
): void {
  const age = value === '' ? 0 : maxAgeSeconds;
  const parts = [
    `${cookieName(what, secure)}=${value}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Strict',
    ...(secure ? ['Secure'] : []),
    ...(age === undefined ? [] : [`Max-Age=${age}`]),
  ];
  // Fastify makes one header of each when it is set more than once.
  void reply.header('set-cookie', parts.join('; '));
}
