// Keys with which programs use the APIs. A key is told once, when it is made, and kept as its SHA-256: it has 256 random
// bits, which no list of words comes near, so that nothing slower is needed to keep it secret and it can be found by
// its hash.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { messageOf, PartylineError } from '../errors.js';
import type { Log } from '../log.js';
import { noteChange } from './change-log.js';
import type { Database } from './database.js';
import { InvalidDocumentError, stored } from './errors.js';

export type ApiKeyKind = 'kazoo' | 'catapult';

/** What can be told of a key at any time. */
export interface ApiKey {
  /** 32 hexadecimal digits */
  readonly id: string;
  readonly kind: ApiKeyKind;
  readonly name: string;
  /** Catapult only: the user in its addresses, and the name in HTTP Basic. */
  readonly userId?: string;
  readonly token?: string;
  /** Times are unix ms. */
  readonly createdAt: number;
  /** Absent = never. May lie a minute behind. */
  readonly lastUsedAt?: number;
  /** Absent = the key holds. */
  readonly revokedAt?: number;
}

/** A key as it is made: `secret` cannot be had again. */
export interface NewApiKey extends ApiKey {
  /** Kazoo: the API key, 64 hexadecimal digits. Catapult: the password in HTTP Basic. */
  readonly secret: string;
}

export interface CreateApiKeyOptions {
  readonly kind: ApiKeyKind;
  /** For people; at most 128 characters. */
  readonly name?: string;
  /** Catapult only: another key of this user; a new user when absent. */
  readonly userId?: string;
  /** See authors.ts; absent = on the command line. */
  readonly author?: string;
}

export interface ApiKeysParts {
  readonly writer: () => Database;
  readonly reader: () => Database;
  /** Called when a change has been committed. */
  readonly changed: () => void;
  readonly log: Log;
  /** Unix ms. */
  readonly now: () => number;
}

/** Those that were revoked among them; ours. */
export const mostApiKeys = 1000;
const longestName = 128;
/** An SD card bears only so many writes: the last use is written at most so often, ms. */
const useEveryMs = 60_000;
const userPattern = /^u-[A-Za-z0-9]{1,62}$/;
const columns = 'id, kind, name, user_id, token, created_at, last_used_at, revoked_at';

interface Row {
  readonly id: string;
  readonly kind: ApiKeyKind;
  readonly name: string;
  readonly user_id: string | null;
  readonly token: string | null;
  readonly created_at: number;
  readonly last_used_at: number | null;
  readonly revoked_at: number | null;
}

type UsedKey = Pick<Row, 'id' | 'last_used_at'>;

export class ApiKeys {
  private readonly parts: ApiKeysParts;
  /** Keys whose use is being written. */
  private readonly noting = new Set<string>();

  constructor(parts: ApiKeysParts) {
    this.parts = parts;
  }

  /**
   * When there are 1000, the one that was revoked the longest ago makes room.
   * @throws InvalidDocumentError naming the field; PartylineError VALIDATION when 1000 keys hold; StorageError
   */
  async create(options: CreateApiKeyOptions): Promise<NewApiKey> {
    const { kind, name = '', userId } = options;
    check(options);
    const secret = randomBytes(32).toString('hex');
    const catapult = kind === 'catapult';
    const row: Row = {
      id: randomBytes(16).toString('hex'),
      kind,
      name,
      user_id: catapult ? (userId ?? `u-${randomBytes(16).toString('hex')}`) : null,
      token: catapult ? `t-${randomBytes(16).toString('hex')}` : null,
      created_at: this.parts.now(),
      last_used_at: null,
      revoked_at: null,
    };
    const writer = this.parts.writer();
    await stored(
      writer.transaction(async () => {
        await makeRoom(writer);
        await writer.run(
          `INSERT INTO api_keys (id, kind, name, secret_hash, user_id, token, created_at)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
          [row.id, kind, name, hashOf(secret), row.user_id, row.token, row.created_at],
        );
        const change = { author: options.author, what: 'key-made', subject: row.id, name } as const;
        await noteChange(writer, change, row.created_at);
      }),
    );
    this.parts.changed();
    return { ...keyOf(row), secret };
  }

  /** The oldest first; those that were revoked among them. */
  async list(): Promise<ApiKey[]> {
    const rows = await this.parts
      .reader()
      .all<Row>(`SELECT ${columns} FROM api_keys ORDER BY created_at, id`);
    return rows.map(keyOf);
  }

  async get(id: string): Promise<ApiKey | undefined> {
    const row = await this.parts.reader().get<Row>(`SELECT ${columns} FROM api_keys WHERE id = ?`, [id]);
    return row && keyOf(row);
  }

  /**
   * From now on the key opens nothing; it stays in the list. Doing it again changes nothing.
   * @returns the key as it is then
   * @throws PartylineError NOT_FOUND
   */
  async revoke(id: string, options: { readonly author?: string } = {}): Promise<ApiKey> {
    const writer = this.parts.writer();
    const now = this.parts.now();
    const revoked = await stored(
      writer.transaction(async () => {
        const key = await writer.get<{ name: string }>(
          'UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL RETURNING name',
          [now, id],
        );
        if (key)
          await noteChange(writer, { ...options, what: 'key-revoked', subject: id, name: key.name }, now);
        return key !== undefined;
      }),
    );
    if (revoked) this.parts.changed();
    const key = await this.get(id);
    if (!key) throw new PartylineError('NOT_FOUND', `API key ${id.slice(0, 64)}`);
    return key;
  }

  /** The Kazoo key that holds, if it is one; notes its use. */
  async findKazoo(key: string): Promise<{ id: string; kind: ApiKeyKind } | undefined> {
    if (!/^[0-9a-f]{64}$/.test(key)) return undefined;
    const row = await this.parts
      .reader()
      .get<UsedKey>(
        "SELECT id, last_used_at FROM api_keys WHERE secret_hash = ? AND kind = 'kazoo' AND revoked_at IS NULL",
        [hashOf(key)],
      );
    if (!row) return undefined;
    this.noteUse(row);
    return { id: row.id, kind: 'kazoo' };
  }

  /** The Catapult key that holds, if token and secret are of one; notes its use. */
  async findCatapult(token: string, secret: string): Promise<{ id: string; userId: string } | undefined> {
    if (token.length > 64 || secret.length > 128) return undefined;
    const row = await this.parts
      .reader()
      .get<UsedKey & { user_id: string; secret_hash: string }>(
        'SELECT id, last_used_at, user_id, secret_hash FROM api_keys WHERE token = ? AND revoked_at IS NULL',
        [token],
      );
    if (!row || !timingSafeEqual(Buffer.from(row.secret_hash), Buffer.from(hashOf(secret)))) return undefined;
    this.noteUse(row);
    return { id: row.id, userId: row.user_id };
  }

  /** Nobody waits for it, and a power cut may take it. */
  private noteUse({ id, last_used_at: before }: UsedKey): void {
    const now = this.parts.now();
    // A clock that was put back must not keep the use from being written.
    if ((before !== null && Math.abs(now - before) < useEveryMs) || this.noting.has(id)) return;
    this.noting.add(id);
    this.parts
      .writer()
      .runRelaxed('UPDATE api_keys SET last_used_at = ? WHERE id = ?', [now, id])
      .catch((error: unknown) => this.parts.log.warn('use of a key not noted', { error: messageOf(error) }))
      .finally(() => this.noting.delete(id));
  }
}

async function makeRoom(writer: Database): Promise<void> {
  const row = await writer.get<{ count: number }>('SELECT count(*) AS count FROM api_keys');
  if ((row?.count ?? 0) < mostApiKeys) return;
  const { changes } = await writer.run(
    `DELETE FROM api_keys WHERE id =
       (SELECT id FROM api_keys WHERE revoked_at IS NOT NULL ORDER BY revoked_at, id LIMIT 1)`,
  );
  if (changes > 0) return;
  throw new PartylineError('VALIDATION', `there are ${mostApiKeys} API keys; revoke one first`);
}

function check({ kind, name = '', userId }: CreateApiKeyOptions): void {
  if (kind !== 'kazoo' && kind !== 'catapult') {
    throw new InvalidDocumentError([{ field: 'kind', rule: 'enum', message: 'must be kazoo or catapult' }]);
  }
  if (name.length > longestName) {
    const message = `must not have more than ${longestName} characters`;
    throw new InvalidDocumentError([{ field: 'name', rule: 'maxLength', message, target: longestName }]);
  }
  if (userId !== undefined && (kind !== 'catapult' || !userPattern.test(userId))) {
    const message =
      kind === 'catapult' ? 'must be u- and 1 to 62 letters or digits' : 'is for Catapult keys only';
    throw new InvalidDocumentError([{ field: 'user', rule: 'pattern', message }]);
  }
}

function keyOf(row: Row): ApiKey {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    ...(row.user_id !== null && { userId: row.user_id }),
    ...(row.token !== null && { token: row.token }),
    createdAt: row.created_at,
    ...(row.last_used_at !== null && { lastUsedAt: row.last_used_at }),
    ...(row.revoked_at !== null && { revokedAt: row.revoked_at }),
  };
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
