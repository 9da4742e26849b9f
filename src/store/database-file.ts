// Opens the database file: makes it, or makes sure that it is ours, whole and not from a later release, and brings its
// shape up to date. Whatever is wrong is said in one sentence with the file's name and what to do about it.
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import { Database, sqliteCode } from './database.js';
import { StoreFileError } from './errors.js';
import { migrations as ours, type Migration } from './migrations/index.js';
import { makePrivateFile } from './private-file.js';

/** "PLin" in the file's header (SQLite's application_id): tells our files from other databases. */
export const applicationId = 0x504c696e;

/**
 * The connection that writes.
 * @throws StoreFileError; a file that is damaged, foreign or from a later release has not been changed
 */
export async function openDatabaseFile(
  file: string,
  log: Log,
  migrations: readonly Migration[] = ours,
): Promise<Database> {
  makeFile(file);
  const database = await Database.open(file).catch((error: unknown) => {
    throw explained(file, error);
  });
  try {
    await refuseStrangers(file, database, migrations);
    await switchToWal(database);
    // In WAL mode FULL syncs at every commit (NORMAL only at checkpoints): what an admin saved outlives a power cut.
    await database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
    await migrate(file, database, migrations, log);
    await check(file, database, migrations);
    return database;
  } catch (error) {
    await database.close().catch(() => undefined);
    throw error instanceof StoreFileError ? error : explained(file, error);
  }
}

/** A connection that only reads: never waits for a writer and never sees what is not committed yet. */
export async function openReader(file: string): Promise<Database> {
  return Database.open(file, { readOnly: true }).catch((error: unknown) => {
    throw explained(file, error);
  });
}

/** It holds PINs; the files SQLite lays beside it are as private as it is. */
function makeFile(file: string): void {
  try {
    makePrivateFile(file);
  } catch (error) {
    throw explained(file, error);
  }
}

async function refuseStrangers(
  file: string,
  database: Database,
  migrations: readonly Migration[],
): Promise<void> {
  // In one look: a new file that another process gives its tables meanwhile would be taken for a foreign one.
  const { id, version, count } = (await database.get<{ id: number; version: number; count: number }>(
    `SELECT application_id AS id, user_version AS version, (SELECT count(*) FROM sqlite_schema) AS count
     FROM pragma_application_id, pragma_user_version`,
  ))!;
  const empty = count === 0 && id === 0 && version === 0;
  if (!empty && id !== applicationId) {
    throw new StoreFileError(
      file,
      'foreign',
      `The file ${file} is a database of another program. Move it away, or set another data folder.`,
    );
  }
  const newest = migrations.at(-1)?.version ?? 0;
  if (version > newest) {
    throw new StoreFileError(
      file,
      'newer',
      `The database ${file} was written by a later release (shape ${version}, this release knows ${newest}). ` +
        'Install that release again, or put back a backup that this release made.',
    );
  }
}

/** As long as every other statement waits for another process, 5 s, looked at every 20 ms. */
const mostAttempts = 250;

/** SQLite answers "busy" to this at once, without waiting, when another process does the same. */
async function switchToWal(database: Database): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (sqliteCode(error) !== 'SQLITE_BUSY' || attempt === mostAttempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function migrate(
  file: string,
  database: Database,
  migrations: readonly Migration[],
  log: Log,
): Promise<void> {
  for (const migration of migrations) {
    const ran = await database
      .transaction(async () => {
        // Asked again inside the transaction: another process may have been quicker.
        if ((await pragma(database, 'user_version')) >= migration.version) return false;
        await database.exec(
          `${migration.sql};
PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${migration.version};`,
        );
        return true;
      })
      .catch((error: unknown) => {
        if (sqliteCode(error) !== 'SQLITE_ERROR') throw error;
        throw new StoreFileError(
          file,
          'not-migrated',
          `The database ${file} could not be brought to shape ${migration.version} (${messageOf(error)}). ` +
            'It is as it was; install the release before this one again.',
          error,
        );
      });
    if (ran) log.info('database migrated', { file, version: migration.version, migration: migration.name });
  }
}

async function check(file: string, database: Database, migrations: readonly Migration[]): Promise<void> {
  for (const table of migrations.flatMap(({ checked = [] }) => checked)) {
    const rows = await database.all<{ quick_check: string }>(`PRAGMA quick_check('${table}')`);
    const found = rows[0]?.quick_check ?? 'no answer';
    if (found !== 'ok') throw damaged(file, found);
  }
}

async function pragma(database: Database, name: 'user_version' | 'application_id'): Promise<number> {
  const row = await database.get<Record<string, number>>(`PRAGMA ${name}`);
  return row?.[name] ?? 0;
}

function damaged(file: string, detail: string, cause?: unknown): StoreFileError {
  return new StoreFileError(
    file,
    'damaged',
    `The database ${file} is damaged (${detail}). Put a backup in its place, or move it away together with ` +
      `${file}-wal and ${file}-shm to start with an empty one.`,
    cause,
  );
}

/** An error of SQLite or of the file system as a sentence for who runs the box. */
export function explained(file: string, error: unknown): StoreFileError {
  const code = sqliteCode(error);
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT') return damaged(file, messageOf(error), error);
  if (code === 'SQLITE_BUSY') {
    return new StoreFileError(
      file,
      'in-use',
      `The database ${file} is locked by another program. Stop that program and try again.`,
      error,
    );
  }
  return new StoreFileError(
    file,
    'unreachable',
    `The database ${file} cannot be opened (${messageOf(error)}). Check that its folder exists, belongs to the ` +
      'user the box runs as, and that the disk is not full.',
    error,
  );
}
