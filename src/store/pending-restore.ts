// A restore asked for on the web page of a running box: what was uploaded is looked through at once, laid beside the
// database, and takes its place at the next start, before anything opens the database.
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Log } from '../log.js';
import { authorBox } from './authors.js';
import { checkHeader, checkWhole } from './database-check.js';
import { migrations } from './migrations/index.js';
import { sync } from './private-file.js';
import { restoreDatabase, type Restored } from './restore.js';

/** Where a backup waits for the next start. */
export function pendingFile(file: string): string {
  return `${file}.pending`;
}

function authorFile(file: string): string {
  return `${pendingFile(file)}.by`;
}

/**
 * Lays the backup ready for the next start; `from` is moved.
 * @param file path of the database
 * @param author who asked for it, for the record of changes
 * @throws StoreFileError when the backup is not whole or not ours; `from` is where it was then
 */
export async function prepareRestore(file: string, from: string, author: string): Promise<void> {
  await checkWhole(from, from, checkHeader(from, migrations), migrations);
  chmodSync(from, 0o600);
  sync(from);
  writeFileSync(authorFile(file), author, { mode: 0o600 });
  renameSync(from, pendingFile(file));
  sync(dirname(file));
}

/**
 * Puts what waits in the place of the database; undefined = nothing waits. What cannot be put back is set aside with the
 * ending .refused: a box must start.
 */
export async function restorePending(file: string, log: Log): Promise<Restored | undefined> {
  const from = pendingFile(file);
  if (!existsSync(from)) return undefined;
  try {
    const author = existsSync(authorFile(file)) ? readFileSync(authorFile(file), 'utf8') : authorBox;
    const restored = await restoreDatabase({ file, from, log, author });
    rmSync(from, { force: true });
    rmSync(authorFile(file), { force: true });
    log.info('backup restored', { conferences: restored.conferences, keptAs: restored.keptAs });
    return restored;
  } catch (error) {
    renameSync(from, `${from}.refused`);
    log.error('backup not restored', { error: String(error) });
    return undefined;
  }
}
