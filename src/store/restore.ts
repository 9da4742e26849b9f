// Puts a backup in the place of the database. Whatever happens on the way, and wherever it is killed, there is one whole
// database under the name: the old one until the very last step, which is a rename. The old one stays beside it.
import { chmodSync, constants, copyFileSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../errors.js';
import { silentLog, type Log } from '../log.js';
import { certificateFolder, dropCertificate, unpackCertificate } from './backup-certificate.js';
import { forgetLostRecordings, mediaFolder, recordingsFolder, unpackSounds } from './backup-sounds.js';
import { BoxLock } from './box-lock.js';
import { noteChange } from './change-log.js';
import { checkHeader, checkWhole, isDatabase } from './database-check.js';
import { Database, sqliteCode } from './database.js';
import { openDatabaseFile } from './database-file.js';
import { StoreFileError } from './errors.js';
import { migrations as ours, type Migration } from './migrations/index.js';
import { giveToFolderOwner, sync } from './private-file.js';

/** Where a restore is, for tests that stop it there. */
export type RestoreStep = 'copied' | 'checked' | 'kept' | 'replaced';

export interface RestoreOptions {
  /** Path of the database. */
  readonly file: string;
  /** Path of the backup; it is only read. */
  readonly from: string;
  readonly log?: Log;
  /** Who asked for it, for the record of changes; absent = on the command line. */
  readonly author?: string;
  /** How long others are waited for, ms; 1000 when absent. */
  readonly patienceMs?: number;
  readonly migrations?: readonly Migration[];
  readonly onStep?: (step: RestoreStep) => void;
}

export interface Restored {
  /** Where the database of before is; absent when there was none. */
  readonly keptAs?: string;
  /** Conferences in the database that is in place now. */
  readonly conferences: number;
}

/** What SQLite lays beside a database, and would take for a part of any file of the database's name. */
const companions = ['-wal', '-shm', '-journal'];

/**
 * @throws StoreFileError: 'in-use' when a box or a tool uses the database, else what is wrong with the backup; the error
 * of the file system when a file cannot be read or written. Nothing has been changed then.
 */
export async function restoreDatabase(options: RestoreOptions): Promise<Restored> {
  const {
    file,
    from,
    log = silentLog,
    patienceMs = 1000,
    migrations = ours,
    onStep = () => undefined,
  } = options;
  const version = checkHeader(from, migrations);
  if (existsSync(file) && sameFile(file, from)) {
    throw new StoreFileError(from, 'in-use', `The file ${from} is the database itself. Nothing was changed.`);
  }
  const lock = new BoxLock(file, { holder: 'restore', patienceMs });
  await lock.start();
  const copy = `${file}.restore`;
  try {
    // Of a restore that was killed.
    removeWhole(copy);
    copyPrivate(from, copy);
    onStep('copied');
    await checkWhole(copy, from, version, migrations);
    const { conferences, putCertificate } = await bringUpToDate(copy, options, migrations, log);
    sync(copy);
    onStep('checked');
    await foldCompanions(file, patienceMs);
    const keptAs = keep(file);
    onStep('kept');
    for (const companion of companions) rmSync(`${file}${companion}`, { force: true });
    renameSync(copy, file);
    sync(dirname(file));
    putCertificate();
    onStep('replaced');
    return { conferences, ...(keptAs && { keptAs }) };
  } catch (error) {
    removeWhole(copy);
    dropCertificate(certificateFolder(file));
    throw error;
  } finally {
    await lock.stop();
  }
}

/**
 * Migrates the copy, takes sounds and certificate out of it, and leaves it as one file.
 * @returns how many conferences are in it, and what puts its certificate in its place
 */
async function bringUpToDate(
  copy: string,
  { file, from, author }: RestoreOptions,
  migrations: readonly Migration[],
  log: Log,
): Promise<{ conferences: number; putCertificate: () => void }> {
  const database = await openDatabaseFile(copy, log, migrations);
  try {
    const row = await database.get<{ count: number }>(
      'SELECT count(*) AS count FROM conferences WHERE deleted_at IS NULL',
    );
    await unpackSounds(database, mediaFolder(file), from);
    const putCertificate = await unpackCertificate(database, certificateFolder(file), from);
    if (await database.get("SELECT 1 FROM sqlite_schema WHERE name = 'recordings'")) {
      await forgetLostRecordings(database, recordingsFolder(file));
    }
    // Who was logged in when the backup was made may have been logged out since, and what waited to be told has been told.
    for (const table of ['sessions', 'callbacks', 'placed_calls']) {
      if (await database.get('SELECT 1 FROM sqlite_schema WHERE name = ?', [table])) {
        await database.exec(`DELETE FROM ${table}`);
      }
    }
    if (await database.get("SELECT 1 FROM sqlite_schema WHERE name = 'changes'")) {
      await noteChange(database, { author, what: 'box-restored', subject: 'box', name: '' });
    }
    await database.exec('PRAGMA journal_mode = DELETE');
    return { conferences: row?.count ?? 0, putCertificate };
  } finally {
    await database.close();
  }
}

/** Takes what lies beside the old database into it. One that is damaged stays as it is, for whoever may mend it. */
async function foldCompanions(file: string, patienceMs: number): Promise<void> {
  if (!existsSync(file) || !isDatabase(file)) return;
  const database = await Database.open(file, { busyTimeoutMs: patienceMs });
  try {
    // Refused while anybody else has the database open: somebody who knows nothing of our lock.
    await database.exec('PRAGMA journal_mode = DELETE');
  } catch (error) {
    if (sqliteCode(error) === 'SQLITE_BUSY') {
      const sentence = `The database ${file} is open in another program (${messageOf(error)}). Close it first.`;
      throw new StoreFileError(file, 'in-use', sentence, error);
    }
  } finally {
    await database.close();
  }
}

/** Copies the old database, and what still lies beside it, to a name with the time in it. */
function keep(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  let name = `${file}.before-${time}`;
  for (let count = 2; existsSync(name); count++) name = `${file}.before-${time}-${count}`;
  try {
    copyPrivate(file, name);
    for (const companion of companions) {
      if (existsSync(`${file}${companion}`)) copyPrivate(`${file}${companion}`, `${name}${companion}`);
    }
    sync(dirname(file));
    return name;
  } catch (error) {
    removeWhole(name);
    throw error;
  }
}

function copyPrivate(from: string, to: string): void {
  copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  chmodSync(to, 0o600);
  giveToFolderOwner(to);
  sync(to);
}

function removeWhole(file: string): void {
  for (const end of ['', ...companions]) rmSync(`${file}${end}`, { force: true });
}

function sameFile(one: string, other: string): boolean {
  const [a, b] = [statSync(one), statSync(other)];
  return a.dev === b.dev && a.ino === b.ino;
}
