// Who asks: HTTP Basic with a key's token and secret, whose user must be the one in the address.
import { CatapultError } from './errors.js';

export interface CatapultKeys {
  findCatapultKey(
    token: string,
    secret: string,
  ): Promise<{ readonly id: string; readonly userId: string } | undefined>;
  /** As in the record of changes. */
  authorOf(key: { readonly owner: string; readonly kind: string }): Promise<string>;
}

/**
 * @returns the id of the key
 * @throws CatapultError user-access-denied, the same for a wrong key and another's address
 */
export async function checkUser(
  keys: CatapultKeys,
  authorization: string | undefined,
  userId: string,
): Promise<string> {
  const pair = basicOf(authorization);
  const key = pair && (await keys.findCatapultKey(pair.user, pair.password));
  if (key?.userId === userId) return key.id;
  throw new CatapultError('user-access-denied', 'token, secret or user id is wrong', [], {
    'www-authenticate': 'Basic realm="Catapult", charset="UTF-8"',
  });
}

/** RFC 7617. */
export function basicOf(header: string | undefined): { user: string; password: string } | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=_-]{1,1024})$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
