// The people who may edit the box: a name and a password each. A password is kept as scrypt only, once of itself for
// the web page, and once each of the md5 and the sha1 that Kazoo's clients send instead of it.
import { createHash, randomBytes } from 'node:crypto';
import { PartylineError } from '../errors.js';
import { passwordLength } from '../settings.js';
import type { Account } from './account.js';
import { noteChange, type ChangeKind } from './change-log.js';
import type { Database } from './database.js';
import { InvalidDocumentError, stored } from './errors.js';
import type { Scrypt } from './scrypt.js';

export interface Admin {
  /** 32 hexadecimal digits */
  readonly id: string;
  /** Lower case. */
  readonly name: string;
  /** unix ms */
  readonly createdAt: number;
  /** unix ms; a session that is older than this should end. */
  readonly passwordChangedAt: number;
}

export interface SetPasswordOptions {
  /**
   * Absent = the admin must be there; 'missing' = is made when there is none of this name; 'first' = is made when there
   * is no admin at all, and nothing is changed otherwise.
   */
  readonly create?: 'missing' | 'first';
  /** See authors.ts; absent = on the command line. */
  readonly author?: string;
}

export interface AdminsParts {
  readonly writer: () => Database;
  readonly reader: () => Database;
  readonly account: Account;
  readonly scrypt: Scrypt;
  /** Called when a change has been committed. */
  readonly changed: () => void;
  /** Unix ms. */
  readonly now: () => number;
}

/** Ours: a login looks at every one of them. */
export const mostAdmins = 50;
/** Letters of e-mail addresses too; no colon, which ends the name in HTTP Basic and in Kazoo's credentials. */
const namePattern = /^[a-z0-9][a-z0-9._@+-]{0,63}$/;
const columns = 'id, name, created_at AS createdAt, password_changed_at AS passwordChangedAt';

export class Admins {
  private readonly parts: AdminsParts;

  constructor(parts: AdminsParts) {
    this.parts = parts;
  }

  /** By name. */
  list(): Promise<Admin[]> {
    return this.parts.reader().all<Admin>(`SELECT ${columns} FROM admins ORDER BY name`);
  }

  get(id: string): Promise<Admin | undefined> {
    return this.parts.reader().get<Admin>(`SELECT ${columns} FROM admins WHERE id = ?`, [id]);
  }

  /** @param name upper and lower case alike */
  find(name: string): Promise<Admin | undefined> {
    return this.parts
      .reader()
      .get<Admin>(`SELECT ${columns} FROM admins WHERE name = ?`, [name.toLowerCase()]);
  }

  async count(): Promise<number> {
    return countAdmins(this.parts.reader());
  }

  /**
   * Gives an admin another password.
   * @param name upper and lower case alike
   * @returns whether the admin was made
   * @throws InvalidDocumentError naming `name` or `password`; PartylineError NOT_FOUND, or VALIDATION when there are 50
   */
  async setPassword(
    name: string,
    password: string,
    options: SetPasswordOptions = {},
  ): Promise<{ id: string; created: boolean }> {
    const known = checkedName(name);
    checkPasswordLength(password);
    const hashes = await this.hashes(known, password);
    const writer = this.parts.writer();
    const result = await stored(
      writer.transaction(async () => {
        const now = this.parts.now();
        const note = (what: ChangeKind, subject: string) =>
          noteChange(writer, { author: options.author, what, subject, name: known }, now);
        const admin = await writer.get<{ id: string }>('SELECT id FROM admins WHERE name = ?', [known]);
        if (admin && options.create !== 'first') {
          await writer.run(
            'UPDATE admins SET password_hash = ?, md5_hash = ?, sha1_hash = ?, password_changed_at = ? WHERE id = ?',
            [...hashes, now, admin.id],
          );
          await note('admin-password', admin.id);
          return { id: admin.id, created: false };
        }
        const count = await countAdmins(writer);
        if (options.create === undefined || (options.create === 'first' && count > 0)) {
          throw new PartylineError('NOT_FOUND', `Admin ${known}`);
        }
        if (count >= mostAdmins) {
          throw new PartylineError(
            'VALIDATION',
            `name: there are ${mostAdmins} admins, and no more can be made`,
          );
        }
        const id = randomBytes(16).toString('hex');
        await writer.run('INSERT INTO admins VALUES (?, ?, ?, ?, ?, ?, ?)', [id, known, ...hashes, now, now]);
        await note('admin-made', id);
        return { id, created: true };
      }),
    );
    this.parts.changed();
    return result;
  }

  /** @throws PartylineError NOT_FOUND */
  async remove(name: string, options: { readonly author?: string } = {}): Promise<void> {
    const known = name.toLowerCase();
    const writer = this.parts.writer();
    await stored(
      writer.transaction(async () => {
        const admin = await writer.get<{ id: string }>('SELECT id FROM admins WHERE name = ?', [known]);
        if (!admin) throw new PartylineError('NOT_FOUND', `Admin ${name}`);
        await writer.run('DELETE FROM admins WHERE id = ?', [admin.id]);
        const change = { ...options, what: 'admin-removed', subject: admin.id, name: known } as const;
        await noteChange(writer, change, this.parts.now());
      }),
    );
    this.parts.changed();
  }

  /** The admin of this name and password; takes as long for a name that nobody has. */
  async checkPassword(name: string, password: string): Promise<{ adminId: string } | undefined> {
    if (!isPassword(password)) return undefined;
    const row = await this.parts
      .reader()
      .get<{ id: string; hash: string }>('SELECT id, password_hash AS hash FROM admins WHERE name = ?', [
        name.slice(0, 256).toLowerCase(),
      ]);
    const [matches] = await this.parts.scrypt.matches(password, row ? [row.hash] : []);
    return row && matches ? { adminId: row.id } : undefined;
  }

  /**
   * The admin of whom this is the hash of "name:password", as in Kazoo's user_auth.
   * @param hash hexadecimal, upper and lower case alike
   */
  async checkCredentialsHash(hash: string, method: 'md5' | 'sha1'): Promise<{ adminId: string } | undefined> {
    if (!/^[0-9a-fA-F]+$/.test(hash) || hash.length !== (method === 'md5' ? 32 : 40)) return undefined;
    const column = method === 'md5' ? 'md5_hash' : 'sha1_hash';
    const rows = await this.parts
      .reader()
      .all<{ id: string; hash: string }>(`SELECT id, ${column} AS hash FROM admins ORDER BY id`);
    const matches = await this.parts.scrypt.matches(
      hash.toLowerCase(),
      rows.map((row) => row.hash),
    );
    const found = rows.find((_, index) => matches[index]);
    return found && { adminId: found.id };
  }

  /** In the order of the columns. */
  private async hashes(name: string, password: string): Promise<[string, string, string]> {
    const { account, scrypt } = this.parts;
    const salt = await account.salt();
    const digest = (method: string) => createHash(method).update(`${name}:${password}`).digest('hex');
    return [
      await scrypt.hash(password),
      await scrypt.hash(digest('md5'), salt),
      await scrypt.hash(digest('sha1'), salt),
    ];
  }
}

async function countAdmins(database: Database): Promise<number> {
  return (await database.get<{ count: number }>('SELECT count(*) AS count FROM admins'))?.count ?? 0;
}

/** The name in lower case. @throws InvalidDocumentError */
export function checkedName(name: string): string {
  const known = name.slice(0, 256).toLowerCase();
  if (namePattern.test(known)) return known;
  const message = '1 to 64 letters, digits and . _ @ + -, a letter or a digit first';
  throw new InvalidDocumentError([{ field: 'name', rule: 'pattern', message, target: namePattern.source }]);
}

function isPassword(password: string): boolean {
  return password.length >= passwordLength.least && password.length <= passwordLength.most;
}

/** @throws InvalidDocumentError; what was given is not in it */
function checkPasswordLength(password: string): void {
  if (isPassword(password)) return;
  const { least, most } = passwordLength;
  throw new InvalidDocumentError([
    { field: 'password', rule: 'length', message: `must have ${least} to ${most} characters` },
  ]);
}
