// Who changed what, when, and how it was before: written in the same transaction as the change itself, so that neither
// is there without the other.
import { authorBox, keyMark } from './authors.js';
import type { Database, Value } from './database.js';
import { stored } from './errors.js';

/** 'box' = a setting of the whole box. */
export type ChangeKind =
  | 'conference-created'
  | 'conference-changed'
  | 'conference-removed'
  | 'conference-put-back'
  | 'admin-made'
  | 'admin-password'
  | 'admin-removed'
  | 'key-made'
  | 'key-revoked'
  | 'box-changed'
  | 'box-restored'
  | 'recording-removed'
  | 'sound-added'
  | 'sound-changed'
  | 'sound-removed'
  | 'network-kept'
  | 'network-returned'
  | 'update-begun'
  | 'factory-reset';

export interface NewChange {
  /** See authors.ts; '' = on the command line. */
  readonly author?: string | undefined;
  readonly what: ChangeKind;
  /** Id of what was changed. */
  readonly subject: string;
  /** What it is called, for people; '' = the box, or what has no name. */
  readonly name: string;
  /** JSON values; undefined = there was, or is, nothing. */
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface Change extends NewChange {
  readonly row: number;
  /** unix ms */
  readonly at: number;
  readonly author: string;
}

export interface ChangeQuery {
  readonly subject?: string;
  /** 1..200, 50 when absent. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: number;
}

export interface ChangeLogParts {
  readonly writer: () => Database;
  readonly reader: () => Database;
  /** Unix ms. */
  readonly now: () => number;
}

/**
 * Changes that are kept of people, and as many of programs and the box: one that makes conferences all day must not push
 * out what an admin did. Two documents of everyday size in each of both make 80 MB. Ours.
 */
const most = 10_000;
/** To find those that are too many, all are looked through. */
const pruneEvery = 100;
const longestName = 128;

interface Row {
  readonly row: number;
  readonly at: number;
  readonly author: string;
  readonly what: ChangeKind;
  readonly subject: string;
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

export class ChangeLog {
  private readonly parts: ChangeLogParts;

  constructor(parts: ChangeLogParts) {
    this.parts = parts;
  }

  /** For what has no transaction of its own. @throws StorageError */
  async note(change: NewChange): Promise<void> {
    await stored(noteChange(this.parts.writer(), change, this.parts.now()));
  }

  /** One page, newest first. */
  async list(query: ChangeQuery = {}): Promise<{ changes: readonly Change[]; next?: number }> {
    const limit = Math.min(Math.max(Math.trunc(query.limit ?? 50), 1), 200);
    const where = ['true'];
    const params: Value[] = [];
    if (query.subject !== undefined) {
      where.push('subject = ?');
      params.push(query.subject);
    }
    if (query.after !== undefined) {
      where.push('row < ?');
      params.push(query.after);
    }
    const rows = await this.parts
      .reader()
      .all<Row>(`SELECT * FROM changes WHERE ${where.join(' AND ')} ORDER BY row DESC LIMIT ?`, [
        ...params,
        limit + 1,
      ]);
    const changes = rows.slice(0, limit).map(changeOf);
    const last = changes.at(-1);
    return { changes, ...(rows.length > limit && last && { next: last.row }) };
  }
}

/** A setting of the whole box and how it is changed, for the record. */
export interface NotedSetting {
  readonly author?: string | undefined;
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

export function boxChange(change: NotedSetting): NewChange {
  return { ...change, what: 'box-changed', subject: 'box', name: '' };
}

/** Writes a change down inside the transaction that makes it. */
export async function noteChange(database: Database, change: NewChange, now = Date.now()): Promise<void> {
  const { author = '', what, subject, name, before, after } = change;
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  await database.run(
    'INSERT INTO changes (at, author, what, subject, name, before, after) VALUES (?, ?, ?, ?, ?, ?, ?)',
    [now, author, what, subject, name.slice(0, longestName), json(before), json(after)],
  );
  const newest = await database.get<{ row: number }>('SELECT max(row) AS row FROM changes');
  if ((newest?.row ?? 0) % pruneEvery === 0) await prune(database);
}

async function prune(database: Database): Promise<void> {
  const byProgram = `(author = '${authorBox}' OR substr(author, 1, ${keyMark.length}) = '${keyMark}')`;
  for (const those of [byProgram, `NOT ${byProgram}`]) {
    await database.run(
      `DELETE FROM changes WHERE ${those} AND row <= (
         SELECT row FROM changes WHERE ${those} ORDER BY row DESC LIMIT 1 OFFSET ?)`,
      [most],
    );
  }
}

function changeOf({ before, after, ...row }: Row): Change {
  return {
    ...row,
    ...(before !== null && { before: JSON.parse(before) as unknown }),
    ...(after !== null && { after: JSON.parse(after) as unknown }),
  };
}
