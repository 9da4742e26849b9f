// Who is logged in to the web page. A token is kept as its SHA-256 only and found by it (it has 256 random bits). A
// session ends when it is not used, when it is old, when its admin gets another password, and with its admin.
import { createHash, randomBytes } from 'node:crypto';
import type { Database } from './database.js';
import { stored } from './errors.js';

export interface SessionsParts {
  readonly writer: () => Database;
  readonly reader: () => Database;
  /** Unix ms. */
  readonly now: () => number;
}

/** Whose session a token is of. */
export interface SessionAdmin {
  readonly id: string;
  readonly name: string;
}

/** A session that is not used for so long is over, ms: a working day. Ours. */
export const sessionIdleMs = 12 * 3_600_000;
/** However much it is used, ms: a week. Ours. */
export const sessionLongestMs = 7 * 86_400_000;
/** Per admin; the oldest makes place. */
const mostSessions = 100;
/** An SD card bears only so many writes: a use is written down at most so often, ms. */
const useEveryMs = 600_000;

interface Row extends SessionAdmin {
  readonly createdAt: number;
  readonly usedAt: number;
}

export class Sessions {
  private readonly parts: SessionsParts;

  constructor(parts: SessionsParts) {
    this.parts = parts;
  }

  /** A new token, 43 characters of base64url. @throws StorageError */
  async begin(adminId: string): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const now = this.parts.now();
    const writer = this.parts.writer();
    await stored(
      writer.transaction(async () => {
        await writer.run('DELETE FROM sessions WHERE used_at < ? OR created_at < ?', [
          now - sessionIdleMs - useEveryMs,
          now - sessionLongestMs,
        ]);
        await writer.run(
          `DELETE FROM sessions WHERE token_hash IN (
             SELECT token_hash FROM sessions WHERE admin_id = ? ORDER BY created_at DESC LIMIT -1 OFFSET ?)`,
          [adminId, mostSessions - 1],
        );
        await writer.run('INSERT INTO sessions VALUES (?, ?, ?, ?)', [hashOf(token), adminId, now, now]);
      }),
    );
    return token;
  }

  /** Whose token this is, which counts as a use of it; undefined = of nobody, or of nobody any more. */
  async use(token: string): Promise<SessionAdmin | undefined> {
    if (!/^[A-Za-z0-9_-]{43}$/.test(token)) return undefined;
    const hash = hashOf(token);
    const row = await this.parts.reader().get<Row>(
      `SELECT admins.id, admins.name, sessions.created_at AS createdAt, sessions.used_at AS usedAt
       FROM sessions JOIN admins ON admins.id = admin_id
       WHERE token_hash = ? AND admins.password_changed_at <= sessions.created_at`,
      [hash],
    );
    const now = this.parts.now();
    if (!row || now - row.createdAt >= sessionLongestMs || now - row.usedAt >= sessionIdleMs + useEveryMs) {
      return undefined;
    }
    // A clock that was put back must not keep the use from being written.
    if (Math.abs(now - row.usedAt) >= useEveryMs) {
      const update = 'UPDATE sessions SET used_at = ? WHERE token_hash = ?';
      // Nobody waits for it; the next use tries again.
      this.parts
        .writer()
        .runRelaxed(update, [now, hash])
        .catch(() => undefined);
    }
    return { id: row.id, name: row.name };
  }

  async end(token: string): Promise<void> {
    await stored(this.parts.writer().run('DELETE FROM sessions WHERE token_hash = ?', [hashOf(token)]));
  }

  /** Every session of this admin. */
  async endAll(adminId: string): Promise<void> {
    await stored(this.parts.writer().run('DELETE FROM sessions WHERE admin_id = ?', [adminId]));
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
