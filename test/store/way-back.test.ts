import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { silentLog } from '../../src/log.js';
import { openDatabaseFile } from '../../src/store/database-file.js';
import { migrations, type Migration } from '../../src/store/migrations/index.js';
import { keepWayBack, wayBackStep } from '../../src/store/way-back.js';
import { listeningLog, scratchFolder } from './scratch.js';

const newest = migrations.at(-1)!.version;
/** What a later release knows. */
const later: readonly Migration[] = [
  ...migrations,
  { version: newest + 1, name: 'later', sql: 'CREATE TABLE later (x)' },
];

/** A start of a release: the way back first, then the store's own opening; returns the names of the settings. */
async function start(file: string, release: readonly Migration[], setting: string): Promise<string[]> {
  await keepWayBack(file, silentLog, release);
  const database = await openDatabaseFile(file, silentLog, release);
  const rows = await database.all<{ key: string }>('SELECT key FROM settings ORDER BY key');
  await database.run('INSERT OR REPLACE INTO settings VALUES (?, 1)', [setting]);
  await database.close();
  return rows.map(({ key }) => key);
}

void t.test('the rule', (t) => {
  t.match(wayBackStep(0, 6, []), { kind: 'none' }, 'a box that is new');
  t.match(wayBackStep(6, 6, [5]), { kind: 'none' }, 'a release of the same shape');
  t.match(wayBackStep(5, 6, []), { kind: 'keep', shape: 5 });
  t.match(wayBackStep(5, 6, [5, 4]), { kind: 'keep', shape: 5 }, 'a copy of an earlier try is out of date');
  t.match(wayBackStep(7, 6, [6]), { kind: 'return', shape: 6 });
  t.match(
    wayBackStep(8, 6, [4, 5, 7]),
    { kind: 'return', shape: 5 },
    'the newest that this release can read',
  );
  t.match(wayBackStep(7, 6, []), { kind: 'none' });
  t.match(wayBackStep(7, 6, [7]), { kind: 'none' });
  t.end();
});

void t.test('an update, and the way back from it', async (t) => {
  const folder = scratchFolder(t);
  const file = join(folder, 'box.db');
  const kept = `${file}.shape-${newest}`;
  await start(file, migrations, 'before');
  t.notOk(existsSync(kept));

  t.strictSame(await start(file, later, 'of the update'), ['before']);
  t.equal(statSync(kept).mode & 0o777, 0o600, 'it holds PINs');
  t.strictSame(await start(file, later, 'more'), ['before', 'of the update'], 'kept once');

  t.strictSame(await start(file, migrations, 'again'), ['before'], 'as it was before the update');
  const aside = readdirSync(folder).filter((name) => name.startsWith('box.db.before-'));
  t.equal(aside.length, 1, 'what the update wrote is set aside');

  t.strictSame(await start(file, later, 'second try'), ['again', 'before'], 'the next try keeps what is new');
  t.strictSame(await start(file, migrations, 'end'), ['again', 'before']);
});

void t.test('a later shape without a copy is left to the store', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  await start(file, later, 'x');
  await keepWayBack(file, silentLog, migrations);
  await t.rejects(openDatabaseFile(file, silentLog, migrations), /later release/);
});

void t.test('what cannot be kept does not keep the box from starting', async (t) => {
  const { log, lines } = listeningLog();
  const file = join(scratchFolder(t), 'box.db');
  await start(file, migrations, 'before');
  mkdirSync(`${file}.shape-${newest}.part`);
  await keepWayBack(file, log, later);
  t.match(lines, [{ level: 'error' }]);
  t.strictSame(await start(file, later, 'after'), ['before']);
});
