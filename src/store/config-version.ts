// Tells caches when what is configured has changed, here or in another process. The database counts every change of
// configuration; asking for that count costs a trip to the thread pool (about 0.1 ms), so it is asked at most every
// 200 ms, and at once after a change of our own.
import type { Database } from './database.js';

export interface ConfigVersionOptions {
  /** How long a change made by another process may go unnoticed, ms. */
  readonly freshnessMs: number;
  /** Monotonic, ms. */
  readonly now?: () => number;
}

export class ConfigVersion {
  private readonly reader: () => Database;
  private readonly freshnessMs: number;
  private readonly now: () => number;
  private checkedAt = -Infinity;
  /** Counts our own changes; a check that began before one says nothing about it. */
  private changes = 0;
  private checkedChanges = -1;
  private version = 0;
  private checking: Promise<number> | undefined;

  constructor(reader: () => Database, options: ConfigVersionOptions) {
    this.reader = reader;
    this.freshnessMs = options.freshnessMs;
    this.now = options.now ?? (() => performance.now());
  }

  /** To be called after a change of our own has been committed. */
  changed(): void {
    this.changes++;
  }

  /** The version that holds now; undefined = it has to be asked for with `ask`. */
  get known(): number | undefined {
    const fresh = this.checkedChanges === this.changes && this.now() - this.checkedAt < this.freshnessMs;
    return fresh ? this.version : undefined;
  }

  /** Reads the version; several callers at once share one question. */
  async ask(): Promise<number> {
    const changes = this.changes;
    this.checking ??= this.read().finally(() => (this.checking = undefined));
    const version = await this.checking;
    // A change of our own came after the shared question: ask once more.
    return this.checkedChanges < changes ? this.ask() : version;
  }

  private async read(): Promise<number> {
    const changes = this.changes;
    const at = this.now();
    const row = await this.reader().get<{ version: number }>('SELECT version FROM config_version');
    this.version = row?.version ?? 0;
    this.checkedAt = at;
    this.checkedChanges = changes;
    return this.version;
  }
}
