// Where a dialled number leads, kept in memory from the first time it is dialled until the configuration changes: every
// INVITE asks, and a trip to the database (about 0.1 ms) costs more than the rest of the answer.
import type { ListedIn } from '../conference/document.js';
import {
  conferenceColumns,
  type ConferenceRow,
  type ConferenceRows,
  type StoredConference,
} from './conference-rows.js';
import type { ConfigVersion } from './config-version.js';
import type { Database } from './database.js';

/** What a number leads to: a conference, or the question for one. */
export type NumberEntry =
  { readonly listedIn: ListedIn; readonly conference: StoredConference } | { readonly listedIn: 'access' };

export interface NumberIndexParts {
  readonly reader: () => Database;
  readonly rows: ConferenceRows;
  readonly version: ConfigVersion;
}

type Row =
  (ConferenceRow & { readonly listed_in: ListedIn }) | { readonly id: null; readonly listed_in: 'access' };

/** Numbers kept, those that lead nowhere among them: who dials at random must not fill the memory. */
const maxKept = 5000;

export class NumberIndex {
  private readonly parts: NumberIndexParts;
  /** undefined = leads nowhere. The longest known first. */
  private readonly entries = new Map<string, NumberEntry | undefined>();
  /** The version all entries are of. */
  private entriesVersion = -1;

  constructor(parts: NumberIndexParts) {
    this.parts = parts;
  }

  async find(number: string): Promise<NumberEntry | undefined> {
    const version = this.parts.version.known ?? (await this.parts.version.ask());
    if (version !== this.entriesVersion) {
      this.entries.clear();
      this.entriesVersion = version;
    }
    if (this.entries.has(number)) return this.entries.get(number);
    const entry = await this.read(number);
    // Not when the configuration has changed meanwhile: this may be how it was before.
    if (version === this.entriesVersion) this.keep(number, entry);
    return entry;
  }

  private async read(number: string): Promise<NumberEntry | undefined> {
    const row = await this.parts
      .reader()
      .get<Row>(
        `SELECT ${conferenceColumns}, listed_in FROM numbers LEFT JOIN conferences ON id = conference_id WHERE number = ?`,
        [number],
      );
    if (!row) return undefined;
    if (row.id === null) return { listedIn: 'access' };
    return { listedIn: row.listed_in, conference: this.parts.rows.read(row) };
  }

  private keep(number: string, entry: NumberEntry | undefined): void {
    if (this.entries.size >= maxKept) this.entries.delete(this.entries.keys().next().value!);
    this.entries.set(number, entry);
  }
}
