// What the APIs and the web page ask when somebody comes to the door. Answers only; who makes admins and keys uses
// those parts of the store themselves.
import type { Account } from './account.js';
import type { Admins } from './admins.js';
import type { ApiKeys } from './api-keys.js';
import { authorOfKey } from './authors.js';

export interface CredentialsParts {
  readonly account: Account;
  readonly admins: Admins;
  readonly apiKeys: ApiKeys;
}

export class Credentials {
  private readonly parts: CredentialsParts;

  constructor(parts: CredentialsParts) {
    this.parts = parts;
  }

  /** Kazoo's id of the box, 32 hexadecimal digits; the same for as long as the database lives. */
  accountId(): Promise<string> {
    return this.parts.account.id();
  }

  /** The box's name. */
  accountName(): Promise<string> {
    return this.parts.account.name();
  }

  /** @param key as in Kazoo's api_auth */
  findApiKey(key: string): Promise<{ id: string; kind: string } | undefined> {
    return this.parts.apiKeys.findKazoo(key);
  }

  /** @param token and secret: name and password in HTTP Basic */
  findCatapultKey(token: string, secret: string): Promise<{ id: string; userId: string } | undefined> {
    return this.parts.apiKeys.findCatapult(token, secret);
  }

  /**
   * About 0.2 s, one at a time.
   * @param hash md5 or sha1 of "name:password", as in Kazoo's user_auth
   * @throws PartylineError UNAVAILABLE when too many are waiting for their turn
   */
  checkCredentialsHash(hash: string, method: 'md5' | 'sha1'): Promise<{ adminId: string } | undefined> {
    return this.parts.admins.checkCredentialsHash(hash, method);
  }

  /**
   * Whether who logged in then is still welcome. About 0.1 ms.
   * @param login `owner` is the id of an admin or of an API key, `kind` is 'admin' or the key's; `since` is unix ms
   */
  async stillValid(login: { owner: string; kind: string; since: number }): Promise<boolean> {
    const { admins, apiKeys } = this.parts;
    if (login.kind === 'admin') {
      const admin = await admins.get(login.owner);
      return admin !== undefined && admin.passwordChangedAt <= login.since;
    }
    const key = await apiKeys.get(login.owner);
    return key !== undefined && key.revokedAt === undefined;
  }

  /** Who they are in the record of changes; '' = nobody who is known any more. */
  async authorOf({ owner, kind }: { owner: string; kind: string }): Promise<string> {
    const { admins, apiKeys } = this.parts;
    if (kind === 'admin') return (await admins.get(owner))?.name ?? '';
    const key = await apiKeys.get(owner);
    return key ? authorOfKey(key.name, key.id) : '';
  }

  /** As checkCredentialsHash, for who sends the password itself. */
  checkPassword(name: string, password: string): Promise<{ adminId: string } | undefined> {
    return this.parts.admins.checkPassword(name, password);
  }
}
