// Who calls whom, read from a request's headers and made safe to store, log and show: SIP lets a caller write
// anything there.

/** Longest name or number that is kept, characters; longer ones are cut. */
const maxText = 128;

export interface CallerIdentity {
  readonly callerNumber: string;
  readonly callerName: string;
  /** User part of the Request-URI: the number that was dialled. */
  readonly calledNumber: string;
  /** Host part of the Request-URI, lower case, without port. */
  readonly calledHost: string;
}

export interface UriParts {
  readonly user?: string | undefined;
  readonly host?: string | undefined;
}

/** Printable text of at most 128 characters. */
export function safeText(value: string | undefined): string {
  if (!value) return '';
  // eslint-disable-next-line no-control-regex -- taking control characters out is the point
  return value.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '').slice(0, maxText);
}

/** `"Alice \"A\" B"` → `Alice "A" B`. */
export function displayName(quoted: string | undefined): string {
  const trimmed = quoted?.trim() ?? '';
  const inner = /^"(.*)"$/s.exec(trimmed)?.[1];
  return safeText((inner ?? trimmed).replace(/\\(.)/g, '$1'));
}

/** User part with %-escapes undone; a broken escape is kept as it is. */
export function userPart(user: string | undefined): string {
  if (!user) return '';
  try {
    return safeText(decodeURIComponent(user));
  } catch {
    return safeText(user);
  }
}

/**
 * Identity of a call from its parsed From header and Request-URI.
 * @param from the From header's display name and URI parts
 */
export function callerIdentity(
  from: { name: string | undefined; uri: UriParts },
  requestUri: UriParts,
): CallerIdentity {
  return {
    callerNumber: userPart(from.uri.user),
    callerName: displayName(from.name),
    calledNumber: userPart(requestUri.user),
    calledHost: safeText(requestUri.host).toLowerCase(),
  };
}
