// The sounds that people gave the box, in a backup: files beside the database while it is in use, rows of one table more
// in the file that is kept elsewhere, so that a backup stays one file. Recordings are left out: they are large, and go by
// themselves in time.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Database } from './database.js';
import { StoreFileError } from './errors.js';
import { giveToFolderOwner, sync } from './private-file.js';

/** The table that a backup may have beyond those of its version. */
export const soundsTable = 'backup_sounds';

/** Bytes of one sound; ten minutes at 16 kHz are 19.2 million. */
const longestSound = 64_000_000;

/** Where the sounds are that belong to a database: `<SHA-256 of the file>.au`. */
export function mediaFolder(databaseFile: string): string {
  return join(dirname(databaseFile), 'media');
}

/** Where the recordings are that belong to a database. */
export function recordingsFolder(databaseFile: string): string {
  return join(dirname(databaseFile), 'recordings');
}

/** Adds to a backup the files that its rows name; one that is gone meanwhile is passed over. */
export async function packSounds(backup: Database, folder: string): Promise<void> {
  const rows = await backup.all<{ file: string }>('SELECT DISTINCT file FROM media WHERE file IS NOT NULL');
  if (rows.length === 0) return;
  await backup.exec(`CREATE TABLE ${soundsTable} (file TEXT PRIMARY KEY, content BLOB NOT NULL)`);
  for (const { file } of rows) {
    const content = await readFile(pathOf(folder, file)).catch(() => undefined);
    if (content) await backup.run(`INSERT INTO ${soundsTable} VALUES (?, ?)`, [file, content]);
  }
}

/**
 * Takes the sounds out of a copy of a backup, and lays them where the box looks for them; what is there already stays.
 * @param name what the backup is called in errors
 * @throws StoreFileError when one is not what its name says; the error of the file system when it cannot be written
 */
export async function unpackSounds(copy: Database, folder: string, name: string): Promise<void> {
  if (!(await hasSounds(copy))) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  giveToFolderOwner(folder);
  const rows = await copy.all<{ file: unknown; bytes: number }>(
    `SELECT file, length(content) AS bytes FROM ${soundsTable}`,
  );
  const written: string[] = [];
  try {
    for (const { file, bytes } of rows) {
      if (typeof file !== 'string' || !/^[0-9a-f]{64}$/.test(file) || bytes > longestSound)
        throw damaged(name);
      const path = pathOf(folder, file);
      if (existsSync(path) && statSync(path).size === bytes) continue;
      const find = `SELECT content FROM ${soundsTable} WHERE file = ?`;
      const content = (await copy.get<{ content: unknown }>(find, [file]))?.content;
      if (!Buffer.isBuffer(content) || hashOf(content) !== file) throw damaged(name);
      written.push(path);
      writeSound(path, content);
    }
  } catch (error) {
    for (const path of written) rmSync(path, { force: true });
    throw error;
  }
  sync(folder);
  await copy.exec(`DROP TABLE ${soundsTable}; VACUUM;`);
}

/** Forgets recordings whose files are not here: a backup has none. */
export async function forgetLostRecordings(database: Database, folder: string): Promise<void> {
  const rows = await database.all<{ id: string; file: string }>('SELECT id, file FROM recordings');
  for (const { id, file } of rows) {
    if (!existsSync(join(folder, file))) await database.run('DELETE FROM recordings WHERE id = ?', [id]);
  }
}

function writeSound(path: string, content: Buffer): void {
  // The library removes a draft that was left half-written.
  const draft = path.replace(/\.au$/, '.draft');
  rmSync(draft, { force: true });
  writeFileSync(draft, content, { mode: 0o600 });
  giveToFolderOwner(draft);
  sync(draft);
  renameSync(draft, path);
}

async function hasSounds(database: Database): Promise<boolean> {
  const find = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?";
  return (await database.get(find, [soundsTable])) !== undefined;
}

function pathOf(folder: string, file: string): string {
  return join(folder, `${file}.au`);
}

function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function damaged(name: string): StoreFileError {
  const sentence = `The file ${name} is damaged (a sound in it is not what it was). Nothing was changed.`;
  return new StoreFileError(name, 'damaged', sentence);
}
