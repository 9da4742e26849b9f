// The conferences an admin wrote down: kept as whole documents with a revision each, found by id, by page and by the
// numbers that lead to them. A number leads to one place only; the database itself sees to that.
import { randomBytes } from 'node:crypto';
import {
  numbersOf,
  patchDocument,
  type ConferenceDocument,
  type ConferencePatch,
  type ListedIn,
} from '../conference/document.js';
import { validateConference } from '../conference/validation.js';
import { PartylineError } from '../errors.js';
import { noteChange } from './change-log.js';
import { conferenceColumns } from './conference-rows.js';
import type { ConferenceRow, ConferenceRows, StoredConference } from './conference-rows.js';
import { readCursor, writeCursor } from './cursor.js';
import type { Database, Value } from './database.js';
import { ConflictError, InvalidDocumentError, NumbersInUseError, stored } from './errors.js';
import type { NumberIndex } from './number-index.js';

export type { StoredConference } from './conference-rows.js';

/** The conference a dialled number leads to, and the list the number stands in. */
export interface DialledConference {
  readonly conference: StoredConference;
  readonly document: ConferenceDocument;
  readonly listedIn: ListedIn;
}

export interface ConferenceQuery {
  /** 1..1000, 50 when absent. */
  readonly limit?: number;
  /** `next` of the page before, with the same order and direction. */
  readonly after?: string;
  /** 'name' when absent (upper and lower case alike). */
  readonly order?: 'name' | 'id';
  readonly descending?: boolean;
  /** Part of the name, upper and lower case of ASCII alike, or a whole number. */
  readonly search?: string;
}

export interface ConferenceList {
  readonly conferences: readonly StoredConference[];
  /** Absent on the last page. */
  readonly next?: string;
}

export interface WriteOptions {
  /** The change is refused when the document has another revision than this. */
  readonly expectedRevision?: number;
  /** Name of the admin who makes the change; absent = an API or the command line. */
  readonly author?: string;
}

export interface ConferencesParts {
  /** The connections exist only between start and stop of the store. */
  readonly writer: () => Database;
  readonly reader: () => Database;
  readonly rows: ConferenceRows;
  readonly numbers: NumberIndex;
  /** Called when a change has been committed. */
  readonly changed: () => void;
}

export class Conferences {
  private readonly parts: ConferencesParts;
  private readonly rows: ConferenceRows;

  constructor(parts: ConferencesParts) {
    this.parts = parts;
    this.rows = parts.rows;
  }

  /**
   * Stores a validated document under a new id (32 hexadecimal digits).
   * @throws NumbersInUseError; PartylineError CONFLICT when `id` is given and has been used before; StorageError
   */
  async create(
    document: ConferenceDocument,
    options: { id?: string; author?: string } = {},
  ): Promise<StoredConference> {
    const id = options.id ?? randomBytes(16).toString('hex');
    const now = Date.now();
    return this.write(async (database) => {
      const { changes } = await database.run(
        `INSERT INTO conferences (id, document, revision, created_at, updated_at) VALUES (?, ?, 1, ?, ?)
         ON CONFLICT (id) DO NOTHING`,
        [id, JSON.stringify(document), now, now],
      );
      if (changes === 0) throw new PartylineError('CONFLICT', `Conference ${id}`);
      await this.takeNumbers(database, id, document);
      const { author } = options;
      await noteChange(database, {
        author,
        what: 'conference-created',
        ...named(id, document),
        after: document,
      });
      return this.must(database, id);
    });
  }

  async get(id: string): Promise<StoredConference | undefined> {
    const row = await this.row(this.parts.reader(), id);
    return row && this.rows.read(row);
  }

  async count(): Promise<number> {
    const row = await this.parts
      .reader()
      .get<{ count: number }>('SELECT count(*) AS count FROM conferences WHERE deleted_at IS NULL');
    return row?.count ?? 0;
  }

  /** True when a conference was ever stored, even if it has been removed since. */
  async everHadOne(): Promise<boolean> {
    return (await this.parts.reader().get('SELECT 1 FROM conferences LIMIT 1')) !== undefined;
  }

  /** All of them, by id. Documents that were read before and have not changed since are not read again. */
  async all(): Promise<readonly StoredConference[]> {
    const reader = this.parts.reader();
    const known = await reader.all<Pick<ConferenceRow, 'id' | 'revision'>>(
      'SELECT id, revision FROM conferences WHERE deleted_at IS NULL ORDER BY id',
    );
    const conferences: StoredConference[] = [];
    const changed: string[] = [];
    for (const { id, revision } of known) {
      const kept = this.rows.find(id, revision);
      if (kept) conferences.push(kept);
      else changed.push(id);
    }
    if (changed.length === 0) return conferences;
    const rows = await reader.all<ConferenceRow>(
      `SELECT ${conferenceColumns} FROM conferences
       WHERE deleted_at IS NULL AND id IN (SELECT value FROM json_each(?))`,
      [JSON.stringify(changed)],
    );
    conferences.push(...rows.map((row) => this.rows.read(row)));
    return conferences.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** One page of all conferences. A page stays right when others are added or removed meanwhile. */
  async list(query: ConferenceQuery = {}): Promise<ConferenceList> {
    const limit = Math.min(Math.max(Math.trunc(query.limit ?? 50), 1), 1000);
    const key = query.order === 'id' ? ['id'] : ['name', 'id'];
    const where = ['deleted_at IS NULL'];
    const params: Value[] = [];
    if (query.after !== undefined) {
      where.push(`(${key.join(', ')}) ${query.descending ? '<' : '>'} (${key.map(() => '?').join(', ')})`);
      params.push(...readCursor(query.after, key.length));
    }
    if (query.search) {
      where.push(
        '(instr(lower(name), lower(?)) > 0 OR id IN (SELECT conference_id FROM numbers WHERE number = ?))',
      );
      params.push(query.search, query.search);
    }
    const order = key.map((column) => `${column} ${query.descending ? 'DESC' : 'ASC'}`).join(', ');
    const rows = await this.parts
      .reader()
      .all<ConferenceRow>(
        `SELECT ${conferenceColumns} FROM conferences WHERE ${where.join(' AND ')} ORDER BY ${order} LIMIT ?`,
        [...params, limit + 1],
      );
    const conferences = rows.slice(0, limit).map((row) => this.rows.read(row));
    const last = conferences.at(-1);
    if (rows.length <= limit || !last) return { conferences };
    return {
      conferences,
      next: writeCursor(query.order === 'id' ? [last.id] : [last.document.name ?? '', last.id]),
    };
  }

  /**
   * Puts a validated document in the place of what is stored.
   * @throws PartylineError NOT_FOUND, ConflictError, NumbersInUseError, StorageError
   */
  replace(id: string, document: ConferenceDocument, options: WriteOptions = {}): Promise<StoredConference> {
    return this.update(id, () => document, options);
  }

  /**
   * Merges a patch (see patchDocument) into what is stored, then validates the whole.
   * @throws InvalidDocumentError, PartylineError NOT_FOUND, ConflictError, NumbersInUseError, StorageError
   */
  async patch(id: string, patch: ConferencePatch, options: WriteOptions = {}): Promise<StoredConference> {
    // By itself first: what is merged is then known to be small.
    const part = validateConference(patch, { partial: true });
    if (!part.ok) throw new InvalidDocumentError(part.errors);
    return this.update(
      id,
      (document) => {
        const validated = validateConference(patchDocument(document, part.document));
        if (!validated.ok) throw new InvalidDocumentError(validated.errors);
        return validated.document;
      },
      options,
    );
  }

  /**
   * Changes a document by a function, which nobody else's change can come between.
   * @throws PartylineError NOT_FOUND, ConflictError, NumbersInUseError, and what `change` throws
   */
  update(
    id: string,
    change: (document: ConferenceDocument) => ConferenceDocument,
    options: WriteOptions = {},
  ): Promise<StoredConference> {
    return this.write(async (database) => {
      const before = await this.must(database, id, options);
      const document = change(before.document);
      await database.run(
        'UPDATE conferences SET document = ?, revision = revision + 1, updated_at = ? WHERE id = ?',
        [JSON.stringify(document), Date.now(), id],
      );
      if (listing(before.document) !== listing(document)) {
        await database.run('DELETE FROM numbers WHERE conference_id = ?', [id]);
        await this.takeNumbers(database, id, document);
      }
      await noteChange(database, {
        author: options.author,
        what: 'conference-changed',
        ...named(id, document),
        before: before.document,
        after: document,
      });
      return this.must(database, id);
    });
  }

  /**
   * Removes a conference and frees its numbers; the document stays in the database, found by nobody.
   * @returns what was removed
   * @throws PartylineError NOT_FOUND, ConflictError
   */
  remove(id: string, options: WriteOptions = {}): Promise<StoredConference> {
    return this.write(async (database) => {
      const removed = await this.must(database, id, options);
      await database.run('DELETE FROM numbers WHERE conference_id = ?', [id]);
      await database.run('UPDATE conferences SET deleted_at = ?, revision = revision + 1 WHERE id = ?', [
        Date.now(),
        id,
      ]);
      await noteChange(database, {
        author: options.author,
        what: 'conference-removed',
        ...named(id, removed.document),
        before: removed.document,
      });
      return removed;
    });
  }

  /**
   * Undoes a removal.
   * @throws PartylineError NOT_FOUND when no removed conference has this id; NumbersInUseError when others have taken
   * its numbers since
   */
  putBack(id: string, options: Pick<WriteOptions, 'author'> = {}): Promise<StoredConference> {
    return this.write(async (database) => {
      const { changes } = await database.run(
        `UPDATE conferences SET deleted_at = NULL, revision = revision + 1, updated_at = ?
         WHERE id = ? AND deleted_at IS NOT NULL`,
        [Date.now(), id],
      );
      if (changes === 0) throw new PartylineError('NOT_FOUND', `Conference ${id}`);
      const { document } = await this.must(database, id);
      await this.takeNumbers(database, id, document);
      const { author } = options;
      await noteChange(database, {
        author,
        what: 'conference-put-back',
        ...named(id, document),
        after: document,
      });
      return this.must(database, id);
    });
  }

  /** The conference whose number was dialled; from memory, but for the first time after a change. */
  async findByNumber(number: string): Promise<DialledConference | undefined> {
    const entry = await this.parts.numbers.find(number);
    if (!entry || entry.listedIn === 'access') return undefined;
    const { conference, listedIn } = entry;
    return { conference, document: conference.document, listedIn };
  }

  private async write<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const database = this.parts.writer();
    const result = await stored(database.transaction(() => work(database)));
    this.parts.changed();
    return result;
  }

  private row(database: Database, id: string): Promise<ConferenceRow | undefined> {
    return database.get<ConferenceRow>(
      `SELECT ${conferenceColumns} FROM conferences WHERE id = ? AND deleted_at IS NULL`,
      [id],
    );
  }

  /** The stored conference as the transaction sees it; not kept in memory, for the transaction may yet fail. */
  private async must(database: Database, id: string, options: WriteOptions = {}): Promise<StoredConference> {
    const row = await this.row(database, id);
    if (!row) throw new PartylineError('NOT_FOUND', `Conference ${id}`);
    if (options.expectedRevision !== undefined && options.expectedRevision !== row.revision) {
      throw new ConflictError(id, row.revision);
    }
    return this.rows.parse(row);
  }

  /** Enters all numbers of a document, or throws with all that are taken, not only the first. */
  private async takeNumbers(database: Database, id: string, document: ConferenceDocument): Promise<void> {
    const listed = numbersOf(document);
    if (listed.length === 0) return;
    const json = JSON.stringify(listed);
    const taken = await database.all<{ number: string }>(
      `SELECT value ->> 'number' AS number FROM json_each(?)
       WHERE value ->> 'number' IN (SELECT number FROM numbers) ORDER BY key`,
      [json],
    );
    const seen = new Set<string>();
    const clashes = new Set(taken.map(({ number }) => number));
    for (const { number } of listed) {
      if (seen.has(number)) clashes.add(number);
      seen.add(number);
    }
    if (clashes.size > 0) throw new NumbersInUseError([...clashes]);
    await database.run(
      `INSERT INTO numbers (number, conference_id, listed_in)
       SELECT value ->> 'number', ?, value ->> 'listedIn' FROM json_each(?)`,
      [id, json],
    );
  }
}

function named(id: string, document: ConferenceDocument): { subject: string; name: string } {
  return { subject: id, name: document.name ?? numbersOf(document)[0]?.number ?? '' };
}

/** Equal for documents with the same numbers in the same lists. */
function listing(document: ConferenceDocument): string {
  return JSON.stringify([document.member.numbers, document.moderator.numbers, document.conference_numbers]);
}
