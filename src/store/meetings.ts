// Conferences made for one occasion: kept beside their documents, and after them, for who asks later what became of them.
import type { Database } from './database.js';
import { stored } from './errors.js';

export type MeetingState = 'created' | 'active' | 'completed';

/** How and where the program that made a meeting is told about it. */
export interface CallbackTarget {
  readonly callbackUrl?: string;
  /** 'POST' when absent. */
  readonly callbackHttpMethod?: 'GET' | 'POST';
  /** ms; 10,000 when absent. */
  readonly callbackTimeout?: number;
  /** Tried when `callbackUrl` fails. */
  readonly fallbackUrl?: string;
  /** Told with everything. */
  readonly tag?: string;
}

/** One membership; a call that comes back is another one. */
export interface MeetingMember {
  /** `member-` and 24 hexadecimal digits. */
  readonly id: string;
  readonly callId: string;
  /** Its number in the running conference. */
  readonly participantId: number;
  /** Unix ms. */
  readonly addedAt: number;
  /** Unix ms; absent = still in. */
  readonly removedAt?: number;
  /** As they were at last. */
  readonly muted: boolean;
  readonly held: boolean;
  readonly joinTone: boolean;
  readonly leavingTone: boolean;
}

export interface MeetingRecord {
  /** Of the conference, 32 hexadecimal digits. */
  readonly id: string;
  /** Whose it is; undefined = a conference that an admin wrote down: everybody's, and it begins anew after each end. */
  readonly userId?: string;
  readonly state: MeetingState;
  /** Unix ms. */
  readonly createdAt: number;
  readonly completedAt?: number;
  /** The number that leads to it, as it was given. */
  readonly from: string;
  /** false: keys are told to the program and do nothing by themselves. */
  readonly interpretDigits: boolean;
  readonly target: CallbackTarget;
  readonly muted: boolean;
  readonly held: boolean;
  /** In the order of joining. */
  readonly members: readonly MeetingMember[];
}

export interface MeetingTableParts {
  readonly writer: () => Database;
  readonly reader: () => Database;
}

interface Row {
  readonly id: string;
  readonly user_id: string;
  readonly state: MeetingState;
  readonly created_at: number;
  readonly completed_at: number | null;
  readonly details: string;
}

const columns = 'id, user_id, state, created_at, completed_at, details';
/** Completed ones that are kept; ours. */
const mostCompleted = 1000;

export class MeetingTable {
  private readonly parts: MeetingTableParts;

  constructor(parts: MeetingTableParts) {
    this.parts = parts;
  }

  /** Writes it down, new or changed. @throws StorageError */
  async write(meeting: MeetingRecord & { readonly userId: string }): Promise<void> {
    const { id, userId, state, createdAt, completedAt, ...details } = meeting;
    await stored(
      this.parts.writer().run(
        `INSERT INTO meetings (id, user_id, state, created_at, completed_at, details) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, completed_at = excluded.completed_at,
           details = excluded.details`,
        [id, userId, state, createdAt, completedAt ?? null, JSON.stringify(details)],
      ),
    );
  }

  async get(id: string): Promise<MeetingRecord | undefined> {
    const row = await this.parts
      .reader()
      .get<Row>(`SELECT ${columns} FROM meetings WHERE id = ?`, [id.slice(0, 64)]);
    return row && recordOf(row);
  }

  /** All that are not over. */
  async open(): Promise<MeetingRecord[]> {
    const rows = await this.parts
      .reader()
      .all<Row>(`SELECT ${columns} FROM meetings WHERE state <> 'completed' ORDER BY created_at, id`);
    return rows.map(recordOf);
  }

  /** Completed ones whose conference is there all the same: the box went down between the two. */
  async leftOver(): Promise<string[]> {
    const rows = await this.parts
      .reader()
      .all<{ readonly id: string }>(
        `SELECT id FROM meetings WHERE state = 'completed' AND id IN (SELECT id FROM conferences WHERE deleted_at IS NULL)`,
      );
    return rows.map(({ id }) => id);
  }

  /** Forgets all completed ones but the newest thousand. */
  async prune(): Promise<void> {
    await stored(
      this.parts.writer().run(
        `DELETE FROM meetings WHERE state = 'completed' AND id NOT IN
           (SELECT id FROM meetings WHERE state = 'completed' ORDER BY completed_at DESC LIMIT ?)`,
        [mostCompleted],
      ),
    );
  }
}

function recordOf(row: Row): MeetingRecord {
  const details = JSON.parse(row.details) as Omit<
    MeetingRecord,
    'id' | 'userId' | 'state' | 'createdAt' | 'completedAt'
  >;
  return {
    ...details,
    id: row.id,
    userId: row.user_id,
    state: row.state,
    createdAt: row.created_at,
    ...(row.completed_at !== null && { completedAt: row.completed_at }),
  };
}
