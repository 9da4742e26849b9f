// Keeps a second box off the same data: it would take the first one's calls for left-overs of a crash and end them.
// The lock is SQLite's own on an empty file beside the database, so that the system gives it back however a box dies.
import { Database, sqliteCode } from './database.js';
import { StoreFileError } from './errors.js';

/** A box that is being restarted may still be stopping, ms. */
const patienceMs = 5000;

export class BoxLock {
  private readonly file: string;
  private readonly patienceMs: number;
  private lock: Database | undefined;

  /** `file` is the database; the lock is a file beside it. */
  constructor(file: string, patience = patienceMs) {
    this.file = file;
    this.patienceMs = patience;
  }

  /** @throws StoreFileError 'in-use' when another box keeps the lock for 5 s */
  async start(): Promise<void> {
    const lock = await Database.open(`${this.file}.lock`, { busyTimeoutMs: this.patienceMs });
    try {
      // Held until the connection closes; nothing is ever written.
      await lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
    } catch (error) {
      await lock.close();
      if (sqliteCode(error) !== 'SQLITE_BUSY') throw error;
      throw new StoreFileError(
        this.file,
        'in-use',
        `Another box is running on the database ${this.file}. Stop it, or set another data folder.`,
        error,
      );
    }
    this.lock = lock;
  }

  async stop(): Promise<void> {
    await this.lock?.close();
    this.lock = undefined;
  }
}
