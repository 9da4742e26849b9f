// Whether a file is a whole database of ours, asked of a file that somebody brought and that must not be changed: first
// its header, which costs nothing and sorts out what is no database at all, then every page of it.
import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { certificateTable } from './backup-certificate.js';
import { soundsTable } from './backup-sounds.js';
import { Database } from './database.js';
import { applicationId } from './database-file.js';
import { StoreFileError, type FileProblem } from './errors.js';
import type { Migration } from './migrations/index.js';

/** SQLite's file format, section 1.3: what stands where in the first 100 bytes. */
const header = { bytes: 100, pageSize: 16, pageCount: 28, userVersion: 60, applicationId: 68 };
const magic = 'SQLite format 3\0';

/** Whether SQLite would take the file for one of its databases at all. */
export function isDatabase(file: string): boolean {
  return readHeader(file).bytes.toString('latin1', 0, magic.length) === magic;
}

/**
 * The version of the database, from its header.
 * @throws StoreFileError; the error of the file system when it cannot be read
 */
export function checkHeader(file: string, migrations: readonly Migration[]): number {
  const { bytes, size } = readHeader(file);
  if (bytes.length < header.bytes || bytes.toString('latin1', 0, magic.length) !== magic) {
    throw refused(file, 'damaged', 'is not a database');
  }
  // Before the rest of the header: that may be in there too.
  const log = `${file}-wal`;
  if (existsSync(log) && statSync(log).size > 0) {
    throw refused(
      file,
      'in-use',
      'has changes beside it that are not in it yet: make a backup of it and take that',
    );
  }
  if (bytes.readUInt32BE(header.applicationId) !== applicationId) {
    throw refused(file, 'foreign', 'is a database of another program');
  }
  const version = bytes.readUInt32BE(header.userVersion);
  const newest = migrations.at(-1)?.version ?? 0;
  if (version > newest) {
    throw refused(file, 'newer', `was made by a later release (shape ${version}, this one knows ${newest})`);
  }
  // A page size of 65536 does not fit and is written as 1.
  const pageSize = bytes.readUInt16BE(header.pageSize);
  const whole = bytes.readUInt32BE(header.pageCount) * (pageSize === 1 ? 65_536 : pageSize);
  if (size < whole) throw refused(file, 'damaged', `ends after ${size} of ${whole} bytes`);
  return version;
}

/**
 * Every page, row and reference of `copy`, and that it has just the tables of its version.
 * @param name what the file is called in errors
 * @throws StoreFileError
 */
export async function checkWhole(
  copy: string,
  name: string,
  version: number,
  migrations: readonly Migration[],
): Promise<void> {
  const database = await Database.open(copy);
  try {
    const found = await database.all<{ integrity_check: string }>('PRAGMA integrity_check(1)');
    const fault = found[0]?.integrity_check ?? 'no answer';
    if (fault !== 'ok') throw refused(name, 'damaged', `is damaged (${fault})`);
    if ((await database.all('PRAGMA foreign_key_check')).length > 0) {
      throw refused(name, 'damaged', 'is damaged (numbers lead to no conference)');
    }
    const expected = await shapeOf(migrations.filter((migration) => migration.version <= version));
    if ((await shape(database)) !== expected) {
      throw refused(name, 'foreign', `does not have the tables of shape ${version}`);
    }
  } catch (error) {
    if (error instanceof StoreFileError) throw error;
    throw refused(name, 'damaged', `is damaged (${String(error)})`, error);
  } finally {
    await database.close();
  }
}

/** The names of tables, indexes and triggers, but for what a backup has in addition. */
async function shape(database: Database): Promise<string> {
  const rows = await database.all<{ name: string }>(
    `SELECT type || ' ' || name AS name FROM sqlite_schema WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~'
     AND NOT (type = 'table' AND name IN ('${soundsTable}', '${certificateTable}')) ORDER BY 1`,
  );
  return rows.map(({ name }) => name).join('\n');
}

async function shapeOf(migrations: readonly Migration[]): Promise<string> {
  const database = await Database.open(':memory:');
  try {
    for (const { sql } of migrations) await database.exec(sql);
    return await shape(database);
  } finally {
    await database.close();
  }
}

function readHeader(file: string): { bytes: Buffer; size: number } {
  const handle = openSync(file, 'r');
  try {
    const status = fstatSync(handle);
    if (!status.isFile()) throw refused(file, 'foreign', 'is not a file');
    const bytes = Buffer.alloc(header.bytes);
    return { bytes: bytes.subarray(0, readSync(handle, bytes, 0, header.bytes, 0)), size: status.size };
  } finally {
    closeSync(handle);
  }
}

function refused(file: string, problem: FileProblem, what: string, cause?: unknown): StoreFileError {
  return new StoreFileError(file, problem, `The file ${file} ${what}. Nothing was changed.`, cause);
}
