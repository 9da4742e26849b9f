// Who may use the data at the same time as whom. A second box would take the first one's calls for left-overs of a
// crash and end them; a restore puts another file in the place of the one that the others have open. The lock is
// SQLite's own on an empty file beside the database, so that the system gives it back however a process dies; its
// three levels are just what is needed: any number of tools and one box share it, a restore has it alone.
import { existsSync } from 'node:fs';
import { Database, sqliteCode } from './database.js';
import { explained } from './database-file.js';
import { StoreFileError } from './errors.js';
import { makePrivateFile } from './private-file.js';

export type LockHolder = 'tool' | 'box' | 'restore';

export interface BoxLockOptions {
  /** 'box' when absent. */
  readonly holder?: LockHolder;
  /** How long others are waited for, ms; 5000 when absent: a box that is being restarted may still be stopping. */
  readonly patienceMs?: number;
}

/** Held until the connection closes. */
const levels = {
  tool: 'BEGIN; SELECT count(*) FROM sqlite_schema;', // SHARED
  box: 'BEGIN IMMEDIATE;', // RESERVED
  restore: 'BEGIN EXCLUSIVE;', // EXCLUSIVE
};

export class BoxLock {
  private readonly file: string;
  private readonly holder: LockHolder;
  private readonly patienceMs: number;
  private lock: Database | undefined;

  /** `file` is the database; the lock is a file beside it. */
  constructor(file: string, options: BoxLockOptions = {}) {
    this.file = file;
    this.holder = options.holder ?? 'box';
    this.patienceMs = options.patienceMs ?? 5000;
  }

  /** True while a box runs on the database. */
  static async boxRuns(file: string): Promise<boolean> {
    if (!existsSync(lockOf(file))) return false;
    const lock = new BoxLock(file, { patienceMs: 0 });
    try {
      await lock.start();
      return false;
    } catch (error) {
      if (error instanceof StoreFileError && error.problem === 'in-use') return true;
      throw error;
    } finally {
      await lock.stop();
    }
  }

  /** @throws StoreFileError 'in-use' when those who exclude this holder do not go in time, or 'unreachable' */
  async start(): Promise<void> {
    const { file, holder } = this;
    const lock = await this.open();
    try {
      // Nothing is ever written, so there is nothing to roll back; the file stays the only one.
      await lock.exec('PRAGMA journal_mode = MEMORY');
      // By way of the box's level, to know who is in the way.
      if (holder === 'restore') await this.take(lock, `${levels.box} ROLLBACK;`, stopIt(file));
      await this.take(lock, levels[holder], holder === 'box' ? aBoxRuns(file) : anotherUses(file));
    } catch (error) {
      await lock.close();
      throw error instanceof StoreFileError ? error : explained(file, error);
    }
    this.lock = lock;
  }

  async stop(): Promise<void> {
    await this.lock?.close();
    this.lock = undefined;
  }

  private async open(): Promise<Database> {
    try {
      makePrivateFile(lockOf(this.file));
      return await Database.open(lockOf(this.file), { busyTimeoutMs: this.patienceMs });
    } catch (error) {
      throw explained(this.file, error);
    }
  }

  private async take(lock: Database, sql: string, sentence: string): Promise<void> {
    try {
      await lock.exec(sql);
    } catch (error) {
      if (sqliteCode(error) !== 'SQLITE_BUSY') throw error;
      throw new StoreFileError(this.file, 'in-use', sentence, error);
    }
  }
}

function lockOf(file: string): string {
  return `${file}.lock`;
}

function aBoxRuns(file: string): string {
  return `Another box is running on the database ${file}. Stop it, or set another data folder.`;
}

function stopIt(file: string): string {
  return `A box is running on the database ${file}. Stop it first.`;
}

function anotherUses(file: string): string {
  return `The database ${file} is in use by another command. Try again when that has ended.`;
}
