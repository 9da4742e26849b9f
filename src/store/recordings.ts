// The table of recordings: what was recorded when, how long it is, which file has it. The files themselves are made and
// deleted by whoever records.
import { PartylineError } from '../errors.js';
import { noteChange } from './change-log.js';
import type { Database, Value } from './database.js';
import { stored } from './errors.js';

/** `interrupted` = it ended because the box, or the recorder, died; what there was is kept. */
export type RecordingState = 'recording' | 'finished' | 'interrupted';

export interface RecordingRecord {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly conferenceId: string;
  /** Empty when the conference has none. */
  readonly conferenceName: string;
  /** `api`, `conference` (its document says so) or the number of the caller who pressed the key. */
  readonly startedBy: string;
  /** Unix ms. */
  readonly startedAt: number;
  /** Unix ms; absent while it goes on. */
  readonly endedAt?: number;
  /** Length; 0 while it goes on. */
  readonly ms: number;
  /** Of the file; 0 while it goes on. */
  readonly bytes: number;
  /** Name of the WAV file, without its folder. */
  readonly file: string;
  readonly state: RecordingState;
}

export type NewRecording = Omit<RecordingRecord, 'endedAt' | 'ms' | 'bytes' | 'state'>;

export interface RecordingQuery {
  readonly conferenceId?: string;
  /** Begun at or after, before; unix ms. */
  readonly from?: number;
  readonly to?: number;
  /** 1 to 1000; 50 when absent. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
  /** The oldest first; otherwise the newest. */
  readonly ascending?: boolean;
}

export interface RecordingList {
  readonly recordings: readonly RecordingRecord[];
  readonly next?: string;
}

type Row = Omit<RecordingRecord, 'endedAt'> & { readonly row: number; readonly endedAt: number | null };

const select = `SELECT row, id, conference_id AS conferenceId, conference_name AS conferenceName,
  started_by AS startedBy, started_at AS startedAt, ended_at AS endedAt, ms, bytes, file, state FROM recordings`;

export class Recordings {
  private readonly writer: () => Database;
  private readonly reader: () => Database;

  constructor({ writer, reader }: { writer: () => Database; reader: () => Database }) {
    this.writer = writer;
    this.reader = reader;
  }

  /** @throws StorageError */
  async begin(recording: NewRecording): Promise<void> {
    const { id, conferenceId, conferenceName, startedBy, startedAt, file } = recording;
    const insert = `INSERT INTO recordings
      (id, conference_id, conference_name, started_by, started_at, file, state) VALUES (?, ?, ?, ?, ?, ?, 'recording')`;
    const values = [id, conferenceId, conferenceName, startedBy, startedAt, file];
    await stored(this.writer().run(insert, values));
  }

  /** @throws StorageError */
  async end(
    id: string,
    end: { endedAt: number; ms: number; bytes: number; state: 'finished' | 'interrupted' },
  ): Promise<void> {
    const update = 'UPDATE recordings SET ended_at = ?, ms = ?, bytes = ?, state = ? WHERE id = ?';
    await stored(this.writer().run(update, [end.endedAt, end.ms, end.bytes, end.state, id]));
  }

  /**
   * @param options author: who wants it gone, for the record of changes; absent = the box, of itself, which is no change
   * @returns false when there was none
   * @throws StorageError
   */
  remove(id: string, options: { readonly author?: string } = {}): Promise<boolean> {
    const writer = this.writer();
    return stored(
      writer.transaction(async () => {
        const row = await writer.get<Row>(`${select} WHERE id = ?`, [id]);
        if (!row) return false;
        await writer.run('DELETE FROM recordings WHERE id = ?', [id]);
        const { author } = options;
        if (author !== undefined) {
          const { conferenceName: name, startedAt, ms } = row;
          const before = { recorded_at: new Date(startedAt).toISOString(), seconds: Math.round(ms / 1000) };
          await noteChange(writer, { author, what: 'recording-removed', subject: id, name, before });
        }
        return true;
      }),
    );
  }

  async get(id: string): Promise<RecordingRecord | undefined> {
    const row = await this.reader().get<Row>(`${select} WHERE id = ?`, [id]);
    return row && recordOf(row);
  }

  /** One page, the newest first. @throws PartylineError VALIDATION for an unknown `after` */
  async list(query: RecordingQuery = {}): Promise<RecordingList> {
    const limit = Math.min(Math.max(Math.trunc(query.limit ?? 50), 1), 1000);
    const where: string[] = [];
    const params: Value[] = [];
    const add = (condition: string, value: Value) => {
      where.push(condition);
      params.push(value);
    };
    if (query.conferenceId !== undefined) add('conference_id = ?', query.conferenceId);
    if (query.from !== undefined) add('started_at >= ?', query.from);
    if (query.to !== undefined) add('started_at < ?', query.to);
    if (query.after !== undefined) add(`row ${query.ascending ? '>' : '<'} ?`, readCursor(query.after));
    const rows = await this.reader().all<Row>(
      `${select} ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
       ORDER BY row ${query.ascending ? 'ASC' : 'DESC'} LIMIT ?`,
      [...params, limit + 1],
    );
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return { recordings: page.map(recordOf), ...(rows.length > limit && last && { next: String(last.row) }) };
  }

  /** Those that go on, as far as the table knows. */
  async open(): Promise<RecordingRecord[]> {
    return (await this.reader().all<Row>(`${select} WHERE state = 'recording' ORDER BY row`)).map(recordOf);
  }

  /**
   * Ended recordings that are too many: begun before `before` (unix ms), or the oldest of those that together have more
   * than `maxBytes`. At most 1000, the oldest first.
   */
  async beyond(before: number, maxBytes: number): Promise<RecordingRecord[]> {
    const rows = await this.reader().all<Row>(
      `${select} WHERE state <> 'recording' AND (started_at < ? OR row IN (
         SELECT row FROM (SELECT row, sum(bytes) OVER (ORDER BY row DESC) AS total FROM recordings
           WHERE state <> 'recording') WHERE total > ?))
       ORDER BY row LIMIT 1000`,
      [before, maxBytes],
    );
    return rows.map(recordOf);
  }
}

function recordOf({ row: _row, endedAt, ...record }: Row): RecordingRecord {
  return { ...record, ...(endedAt !== null && { endedAt }) };
}

function readCursor(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor)) throw new PartylineError('VALIDATION', 'the page to go on from is unknown');
  return Number(cursor);
}
