// The way back from an update that does not hold: before a release gives the database a new shape, it lays a copy of the
// old one beside it; and the release of before, started again, takes that copy, because it cannot read the new shape.
// While both releases know the same shape there is nothing to do: they share the database.
import { chmodSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import { openReader } from './database-file.js';
import { migrations as ours, type Migration } from './migrations/index.js';
import { giveToFolderOwner, sync } from './private-file.js';
import { restoreDatabase } from './restore.js';

export type WayBackStep =
  | { readonly kind: 'none' }
  /** Copy the database, which has this shape, before it gets another. */
  | { readonly kind: 'keep'; readonly shape: number }
  /** Put the copy that has this shape in the place of the database. */
  | { readonly kind: 'return'; readonly shape: number };

/**
 * @param shape of the database; 0 = there is none
 * @param newest shape that this release knows
 * @param kept shapes of which there are copies
 */
export function wayBackStep(shape: number, newest: number, kept: readonly number[]): WayBackStep {
  if (shape === 0 || shape === newest) return { kind: 'none' };
  if (shape < newest) return { kind: 'keep', shape };
  const back = Math.max(0, ...kept.filter((one) => one <= newest));
  // Without a copy the store refuses the database, with a sentence that says what to do.
  return back === 0 ? { kind: 'none' } : { kind: 'return', shape: back };
}

/** Done before the store is started. Never throws: a box whose old database cannot be kept must start all the same. */
export async function keepWayBack(
  file: string,
  log: Log,
  migrations: readonly Migration[] = ours,
): Promise<void> {
  try {
    const shape = await shapeOf(file);
    const step = wayBackStep(shape, migrations.at(-1)?.version ?? 0, keptShapes(file));
    if (step.kind === 'keep') {
      await keep(file, step.shape);
      log.info('database kept for the release before', { shape: step.shape });
    } else if (step.kind === 'return') {
      const { keptAs } = await restoreDatabase({ file, from: keptFile(file, step.shape), log, migrations });
      log.warn('database of before the update is back', {
        shape: step.shape,
        ofTheUpdate: keptAs,
        itsShape: shape,
      });
    }
  } catch (error) {
    log.error('the way back is not kept', { error: messageOf(error) });
  }
}

function keptFile(file: string, shape: number): string {
  return `${file}.shape-${shape}`;
}

function keptShapes(file: string): number[] {
  const name = basename(file);
  return readdirSync(dirname(file))
    .filter((entry) => entry.startsWith(`${name}.shape-`))
    .map((entry) => entry.slice(`${name}.shape-`.length))
    .filter((shape) => /^\d{1,6}$/.test(shape))
    .map(Number);
}

/** What SQLite sees: the number in the file's first page may be older than the one in the log beside it. */
async function shapeOf(file: string): Promise<number> {
  if (!existsSync(file)) return 0;
  const database = await openReader(file);
  try {
    return (await database.get<{ user_version: number }>('PRAGMA user_version'))?.user_version ?? 0;
  } finally {
    await database.close();
  }
}

/** One copy at a time: the way back is one release long. */
async function keep(file: string, shape: number): Promise<void> {
  const kept = keptFile(file, shape);
  const part = `${kept}.part`;
  rmSync(part, { force: true });
  const database = await openReader(file);
  try {
    await database.run('VACUUM INTO ?', [part]);
  } finally {
    await database.close();
  }
  chmodSync(part, 0o600);
  giveToFolderOwner(part);
  sync(part);
  renameSync(part, kept);
  sync(dirname(file));
  for (const other of keptShapes(file)) if (other !== shape) rmSync(keptFile(file, other), { force: true });
}
