// The first admin of a box that has none, with the password from the settings: a box that comes out of an image must
// be usable from its web page. Never touches an admin who is there, so that an old setting does not undo a new password.
import { PartylineError } from '../errors.js';
import type { Log } from '../log.js';
import { authorBox } from './authors.js';
import type { Store } from './store.js';

export const firstAdminName = 'admin';

/** @returns true when the admin was made */
export async function createFirstAdmin(store: Store, password: string, log: Log): Promise<boolean> {
  const ignored = () => {
    log.info('PARTYLINE_ADMIN_PASSWORD is ignored: the box has an admin');
    return false;
  };
  // Asked first, because hashing for nothing would make every start slower.
  if ((await store.admins.count()) > 0) return ignored();
  try {
    await store.admins.setPassword(firstAdminName, password, { create: 'first', author: authorBox });
  } catch (error) {
    // Somebody else made another admin meanwhile.
    if (error instanceof PartylineError && error.code === 'NOT_FOUND') return ignored();
    throw error;
  }
  log.info('first admin made', { name: firstAdminName });
  return true;
}
