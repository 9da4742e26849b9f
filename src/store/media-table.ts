// The table of media: what people call the sounds that they gave the box, and which file has each. The files themselves are
// made and deleted by calls/media-library.
import { randomBytes } from 'node:crypto';
import { PartylineError } from '../errors.js';
import { readCursor, writeCursor } from './cursor.js';
import { noteChange, type ChangeKind, type NewChange } from './change-log.js';
import type { Database, Value } from './database.js';
import { ConflictError, SoundInUseError, stored } from './errors.js';

/** What a client writes of a sound. */
export interface MediaDocument {
  readonly name: string;
  readonly description?: string;
  readonly [extra: string]: unknown;
}

/** The file of a sound. */
export interface StoredSound {
  /** SHA-256 of the file, hexadecimal: its name without `.au`. */
  readonly file: string;
  readonly bytes: number;
  readonly ms: number;
  /** What was given, as it was said to be. */
  readonly contentType: string;
}

export type MediaSource = 'upload' | 'tts' | 'recording';

export interface StoredMedia {
  /** 32 hexadecimal digits */
  readonly id: string;
  readonly document: MediaDocument;
  readonly source: MediaSource;
  /** 1 when created, one more with each change. */
  readonly revision: number;
  /** unix ms */
  readonly createdAt: number;
  /** unix ms */
  readonly updatedAt: number;
  /** Absent until it was given. */
  readonly sound?: StoredSound;
}

export interface MediaQuery {
  /** 1..1000, 50 when absent. */
  readonly limit?: number;
  /** `next` of the page before, in the same direction. */
  readonly after?: string;
  readonly descending?: boolean;
}

export interface MediaList {
  readonly media: readonly StoredMedia[];
  /** Absent on the last page. */
  readonly next?: string;
}

interface Row {
  readonly id: string;
  readonly document: string;
  readonly source: MediaSource;
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly contentType: string | null;
  readonly file: string | null;
  readonly bytes: number | null;
  readonly ms: number | null;
}

const select = `SELECT id, document, source, revision, created_at AS createdAt, updated_at AS updatedAt,
  content_type AS contentType, file, bytes, ms FROM media`;

/** Ours; a list of more is no use to anybody. */
const mostMedia = 10_000;
/** Characters of a document as JSON; ours. */
const longestDocument = 16_384;

export interface MediaTableParts {
  readonly writer: () => Database;
  readonly reader: () => Database;
  /** Unix ms */
  readonly now: () => number;
}

export class MediaTable {
  private readonly parts: MediaTableParts;

  constructor(parts: MediaTableParts) {
    this.parts = parts;
  }

  /** @throws PartylineError TOO_LARGE when there are too many, VALIDATION when the document is too long; StorageError */
  create(document: MediaDocument, options: { readonly author?: string } = {}): Promise<StoredMedia> {
    return this.insert(document, (made) => ({ ...options, ...named('sound-added', made), after: document }));
  }

  /** A row whose sound follows at once: written down as added with it, and passed over when it is discarded. */
  draft(document: MediaDocument): Promise<StoredMedia> {
    return this.insert(document, undefined);
  }

  discard(id: string): Promise<void> {
    return this.write(async (database) => void (await database.run('DELETE FROM media WHERE id = ?', [id])));
  }

  private insert(
    document: MediaDocument,
    change: ((made: StoredMedia) => NewChange) | undefined,
  ): Promise<StoredMedia> {
    const id = randomBytes(16).toString('hex');
    const now = this.parts.now();
    return this.write(async (database) => {
      const { changes } = await database.run(
        `INSERT INTO media (id, document, source, revision, created_at, updated_at)
         SELECT ?, ?, 'upload', 1, ?, ? WHERE (SELECT count(*) FROM media) < ${mostMedia}`,
        [id, jsonOf(document), now, now],
      );
      if (changes === 0) throw new PartylineError('TOO_LARGE', `There are ${mostMedia} sounds already.`);
      const made = await must(database, id);
      if (change) await noteChange(database, change(made), now);
      return made;
    });
  }

  async get(id: string): Promise<StoredMedia | undefined> {
    return find(this.parts.reader(), id);
  }

  /** One page, by name. @throws PartylineError VALIDATION for an unknown `after` */
  async list(query: MediaQuery = {}): Promise<MediaList> {
    const limit = Math.min(Math.max(Math.trunc(query.limit ?? 50), 1), 1000);
    const params: Value[] = query.after === undefined ? [] : readCursor(query.after, 2);
    const where = params.length > 0 ? `WHERE (name, id) ${query.descending ? '<' : '>'} (?, ?)` : '';
    const way = query.descending ? 'DESC' : 'ASC';
    const rows = await this.parts
      .reader()
      .all<Row>(`${select} ${where} ORDER BY name ${way}, id ${way} LIMIT ?`, [...params, limit + 1]);
    const media = rows.slice(0, limit).map(mediaOf);
    const last = media.at(-1);
    return {
      media,
      ...(rows.length > limit && last && { next: writeCursor([last.document.name, last.id]) }),
    };
  }

  /**
   * Changes the document by a function, which nobody else's change can come between.
   * @throws PartylineError NOT_FOUND, ConflictError, StorageError, and what `change` throws
   */
  update(
    id: string,
    change: (document: MediaDocument) => MediaDocument,
    options: { expectedRevision?: number; author?: string } = {},
  ): Promise<StoredMedia> {
    return this.write(async (database) => {
      const { document, revision } = await must(database, id);
      const { expectedRevision = revision } = options;
      if (expectedRevision !== revision) throw new ConflictError(id, revision);
      await database.run(
        'UPDATE media SET document = ?, revision = revision + 1, updated_at = ? WHERE id = ?',
        [jsonOf(change(document)), this.parts.now(), id],
      );
      const changed = await must(database, id);
      const { author } = options;
      const noted = { author, ...named('sound-changed', changed), before: document, after: changed.document };
      await noteChange(database, noted, this.parts.now());
      return changed;
    });
  }

  /**
   * Gives a row its sound, or another one.
   * @param options added: the row is a draft
   * @throws PartylineError NOT_FOUND, StorageError
   */
  setSound(
    id: string,
    { contentType, file, bytes, ms }: StoredSound,
    options: { readonly author?: string; readonly added?: boolean } = {},
  ): Promise<StoredMedia> {
    return this.write(async (database) => {
      const before = await find(database, id);
      await database.run(
        `UPDATE media SET content_type = ?, file = ?, bytes = ?, ms = ?, revision = revision + 1, updated_at = ?
         WHERE id = ?`,
        [contentType, file, bytes, ms, this.parts.now(), id],
      );
      const changed = await must(database, id);
      const { author, added } = options;
      const noted: NewChange = added
        ? { author, ...named('sound-added', changed), after: changed.document }
        : {
            author,
            ...named('sound-changed', changed),
            before: { sound: soundNoted(before?.sound) },
            after: { sound: soundNoted(changed.sound) },
          };
      await noteChange(database, noted, this.parts.now());
      return changed;
    });
  }

  /**
   * @returns what was removed
   * @throws PartylineError NOT_FOUND; SoundInUseError when conferences name the sound; StorageError
   */
  remove(id: string, options: { readonly author?: string } = {}): Promise<StoredMedia> {
    return this.write(async (database) => {
      const removed = await must(database, id);
      // An id is 128 random bits: where it stands in a document, in whatever form, it means the sound.
      const users = await database.all<{ name: string }>(
        'SELECT name FROM conferences WHERE deleted_at IS NULL AND instr(document, ?) > 0 ORDER BY name LIMIT 5',
        [id],
      );
      if (users.length > 0) {
        throw new SoundInUseError(users.map(({ name }) => name));
      }
      await database.run('DELETE FROM media WHERE id = ?', [id]);
      const noted = { ...options, ...named('sound-removed', removed), before: removed.document };
      await noteChange(database, noted, this.parts.now());
      return removed;
    });
  }

  async isFileUsed(file: string): Promise<boolean> {
    return (
      (await this.parts.reader().get('SELECT 1 FROM media WHERE file = ? LIMIT 1', [file])) !== undefined
    );
  }

  /** Of all files together. */
  async totalBytes(): Promise<number> {
    const row = await this.parts
      .reader()
      .get<{ total: number | null }>(
        'SELECT sum(bytes) AS total FROM (SELECT DISTINCT file, bytes FROM media WHERE file IS NOT NULL)',
      );
    return row?.total ?? 0;
  }

  private write<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const database = this.parts.writer();
    return stored(database.transaction(() => work(database)));
  }
}

function named<What extends ChangeKind>(
  what: What,
  { id, document }: StoredMedia,
): { what: What; subject: string; name: string } {
  return { what, subject: id, name: document.name };
}

/** For the record of changes: how long it is, and which. */
function soundNoted(sound: StoredSound | undefined): Record<string, unknown> | null {
  return sound ? { seconds: Math.round(sound.ms / 100) / 10, sha256: sound.file } : null;
}

function jsonOf(document: MediaDocument): string {
  const json = JSON.stringify(document);
  if (json.length > longestDocument) throw new PartylineError('VALIDATION', 'the document is too long');
  return json;
}

async function find(database: Database, id: string): Promise<StoredMedia | undefined> {
  const row = await database.get<Row>(`${select} WHERE id = ?`, [id]);
  return row && mediaOf(row);
}

async function must(database: Database, id: string): Promise<StoredMedia> {
  const media = await find(database, id);
  if (!media) throw new PartylineError('NOT_FOUND', `Media ${id}`);
  return media;
}

function mediaOf({ document, contentType, file, bytes, ms, ...row }: Row): StoredMedia {
  const sound = file !== null &&
    bytes !== null &&
    ms !== null && { file, bytes, ms, contentType: contentType ?? '' };
  return { ...row, document: JSON.parse(document) as MediaDocument, ...(sound && { sound }) };
}
