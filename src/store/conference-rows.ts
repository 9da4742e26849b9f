// Rows of the conferences table as documents, and the last read ones kept: parsing a document costs more than finding
// it. A kept document is known by id and revision, so that it never has to be taken back.
import type { ConferenceDocument } from '../conference/document.js';

/** One conference as it is stored. Frozen to the last leaf: it is shared by all who read it. */
export interface StoredConference {
  /** 32 hexadecimal digits */
  readonly id: string;
  /** 1 when created, one more with each change. */
  readonly revision: number;
  /** unix ms */
  readonly createdAt: number;
  /** unix ms */
  readonly updatedAt: number;
  readonly document: ConferenceDocument;
}

export interface ConferenceRow {
  readonly id: string;
  readonly document: string;
  readonly revision: number;
  readonly created_at: number;
  readonly updated_at: number;
}

/** The columns of a ConferenceRow, for SELECT. */
export const conferenceColumns = 'id, document, revision, created_at, updated_at';

/** Documents kept in memory; a document of everyday size takes about 2 kB. */
const maxKept = 2000;

export class ConferenceRows {
  /** Least recently used first. */
  private readonly kept = new Map<string, StoredConference>();

  /** The conference in this revision, if it is kept. */
  find(id: string, revision: number): StoredConference | undefined {
    const conference = this.kept.get(id);
    if (conference?.revision !== revision) return undefined;
    this.kept.delete(id);
    this.kept.set(id, conference);
    return conference;
  }

  /** The committed conference of a row; kept. */
  read(row: ConferenceRow): StoredConference {
    return this.find(row.id, row.revision) ?? this.keep(this.parse(row));
  }

  /** The conference of a row that may yet be rolled back; not kept. */
  parse(row: ConferenceRow): StoredConference {
    return deepFreeze({
      id: row.id,
      revision: row.revision,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      document: JSON.parse(row.document) as ConferenceDocument,
    });
  }

  private keep(conference: StoredConference): StoredConference {
    if (this.kept.size >= maxKept) this.kept.delete(this.kept.keys().next().value!);
    this.kept.delete(conference.id);
    this.kept.set(conference.id, conference);
    return conference;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
