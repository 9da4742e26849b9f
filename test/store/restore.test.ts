// A backup in the place of the database: what is taken, what is refused, and what is left of the one before.
import {
  chownSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { silentLog } from '../../src/log.js';
import { BoxLock } from '../../src/store/box-lock.js';
import { Database } from '../../src/store/database.js';
import { openDatabaseFile } from '../../src/store/database-file.js';
import { restoreDatabase, Store, StoreFileError } from '../../src/store/index.js';
import { migrations } from '../../src/store/migrations/index.js';
import { documentOf, scratchFolder, type Test } from './scratch.js';

/** A backup of a box with one conference of this name and many numbers, so that it has some pages. */
async function backupOf(folder: string, name: string): Promise<string> {
  const store = new Store({ file: join(folder, `${name}.src`, 'box.db') });
  await store.start();
  const numbers = Array.from({ length: 500 }, (_, i) => `${i}${name.length}`);
  await store.conferences.create(documentOf({ name, conference_numbers: numbers }));
  const backup = join(folder, `${name}.backup`);
  await store.backup(backup);
  await store.stop();
  return backup;
}

/** A folder with the database of a box that has stopped. */
async function stoppedBox(t: Test): Promise<{ folder: string; file: string }> {
  const folder = join(scratchFolder(t), 'data');
  const file = join(folder, 'box.db');
  const store = new Store({ file });
  await store.start();
  await store.conferences.create(documentOf({ name: 'before' }));
  await store.stop();
  return { folder, file };
}

async function namesIn(file: string): Promise<(string | undefined)[]> {
  const store = new Store({ file });
  await store.start();
  const { conferences } = await store.conferences.list();
  await store.stop();
  return conferences.map(({ document }) => document.name);
}

async function refusal(file: string, from: string): Promise<StoreFileError> {
  const before = readFileSync(file);
  const files = readdirSync(join(file, '..'));
  const thrown: unknown = await restoreDatabase({ file, from, patienceMs: 0 }).catch((e: unknown) => e);
  if (!(thrown instanceof StoreFileError)) throw new Error(`not refused as it should be: ${String(thrown)}`);
  if (!readFileSync(file).equals(before)) throw new Error('the database was touched');
  const left = readdirSync(join(file, '..')).filter((name) => !files.includes(name));
  if (left.length > 0) throw new Error(`left behind: ${left.join(' ')}`);
  return thrown;
}

void t.test('the backup is in place, the one before beside it, both whole and private', async (t) => {
  const { folder, file } = await stoppedBox(t);
  const from = await backupOf(scratchFolder(t), 'after');
  const bytes = readFileSync(from);
  const { keptAs, conferences } = await restoreDatabase({ file, from });
  t.equal(conferences, 1);
  t.same(await namesIn(file), ['after']);
  t.match(keptAs, /box\.db\.before-\d{8}T\d{6}Z$/);
  t.same(readdirSync(folder).sort(), ['box.db', keptAs!.slice(folder.length + 1), 'box.db.lock']);
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.equal(statSync(keptAs!).mode & 0o777, 0o600);
  t.same(readFileSync(from), bytes, 'the backup is only read');
  const again = await restoreDatabase({ file, from: keptAs! });
  t.same(await namesIn(file), ['before'], 'and back again');
  t.not(again.keptAs, keptAs);
});

void t.test('into a folder without a database', async (t) => {
  const from = await backupOf(scratchFolder(t), 'after');
  const file = join(scratchFolder(t), 'new', 'box.db');
  t.same(await restoreDatabase({ file, from }), { conferences: 1 });
  t.same(await namesIn(file), ['after']);
});

void t.test('changes of the last run that are not in the file yet are kept too', async (t) => {
  const { file } = await stoppedBox(t);
  // As a box that was killed leaves it: with a log beside the database.
  const store = new Store({ file });
  await store.start();
  await store.conferences.create(documentOf({ name: 'late' }));
  const killed = join(scratchFolder(t), 'box.db');
  for (const end of ['', '-wal']) copyFileSync(`${file}${end}`, `${killed}${end}`);
  await store.stop();
  t.ok(statSync(`${killed}-wal`).size > 0);
  const from = await backupOf(scratchFolder(t), 'after');
  const { keptAs } = await restoreDatabase({ file: killed, from });
  t.same(await namesIn(killed), ['after'], 'nothing of the old log is played into it');
  t.same(await namesIn(keptAs!), ['before', 'late']);
});

void t.test('a damaged database is replaced, and kept as it is', async (t) => {
  const { file } = await stoppedBox(t);
  const scribbled = Buffer.from('not a database '.repeat(5000));
  writeFileSync(file, scribbled);
  writeFileSync(`${file}-wal`, 'nor a log');
  writeFileSync(`${file}-journal`, 'nor a journal');
  const from = await backupOf(scratchFolder(t), 'after');
  const { keptAs } = await restoreDatabase({ file, from });
  t.same(await namesIn(file), ['after']);
  t.same(readFileSync(keptAs!), scribbled);
  t.equal(String(readFileSync(`${keptAs!}-wal`)), 'nor a log');
});

void t.test('a backup of an older release is brought up to date, one of a later is refused', async (t) => {
  const { file } = await stoppedBox(t);
  const folder = scratchFolder(t);
  const old = join(folder, 'old.db');
  const database = await openDatabaseFile(old, silentLog, migrations.slice(0, 1));
  await database.run(
    'INSERT INTO conferences (id, document, revision, created_at, updated_at) VALUES (?, ?, 1, 0, 0)',
    ['0'.repeat(32), JSON.stringify(documentOf({ name: 'old' }))],
  );
  await database.close();
  await restoreDatabase({ file, from: old });
  t.same(await namesIn(file), ['old']);

  const later = join(folder, 'later.db');
  const next = { version: migrations.length + 1, name: 'next', sql: 'CREATE TABLE next (x)' };
  await (await openDatabaseFile(later, silentLog, [...migrations, next])).close();
  const error = await refusal(file, later);
  t.equal(error.problem, 'newer');
  t.match(error.message, later);
});

void t.test('what is no whole backup is refused, named, and nothing is changed', async (t) => {
  const { file } = await stoppedBox(t);
  const folder = scratchFolder(t);
  const good = readFileSync(await backupOf(folder, 'after'));
  const bad: [string, Buffer, string][] = [
    ['empty', Buffer.alloc(0), 'damaged'],
    ['text', Buffer.from('Dear diary, '.repeat(1000)), 'damaged'],
    ['header', good.subarray(0, 100), 'damaged'],
    ['half', good.subarray(0, Math.floor(good.length / 2)), 'damaged'],
    ['last page', good.subarray(0, good.length - 1), 'damaged'],
    ['scribbled', Buffer.from(good).fill(0xff, 4096 * 3, 4096 * 4), 'damaged'],
    ['zeroed', Buffer.from(good).fill(0, good.length - 4096), 'damaged'],
  ];
  for (const [name, bytes, problem] of bad) {
    const from = join(folder, name);
    writeFileSync(from, bytes);
    const error = await refusal(file, from);
    t.equal(error.problem, problem, error.message);
    t.match(error.message, from);
    t.match(error.message, 'Nothing was changed');
  }
  t.same(await namesIn(file), ['before']);
});

void t.test('databases that only look like ours are refused', async (t) => {
  const { file } = await stoppedBox(t);
  const folder = scratchFolder(t);
  const make = async (name: string, sql: string, base?: string) => {
    const path = join(folder, name);
    if (base) copyFileSync(base, path);
    const database = await Database.open(path);
    await database.exec(sql);
    await database.close();
    return path;
  };
  const good = await backupOf(folder, 'after');
  t.equal((await refusal(file, await make('theirs', 'CREATE TABLE theirs (x)'))).problem, 'foreign');
  const signed = 'CREATE TABLE x (y); PRAGMA application_id = 0x504c696e; PRAGMA user_version = 2';
  t.equal((await refusal(file, await make('signed', signed))).problem, 'foreign');
  t.equal((await refusal(file, await make('version 0', 'PRAGMA user_version = 0', good))).problem, 'foreign');
  t.equal((await refusal(file, await make('less', 'DROP TABLE api_keys', good))).problem, 'foreign');
  const trigger = 'CREATE TRIGGER more AFTER INSERT ON calls BEGIN DELETE FROM calls; END';
  t.equal((await refusal(file, await make('more', trigger, good))).problem, 'foreign');
  const loose = "PRAGMA foreign_keys = OFF; INSERT INTO numbers VALUES ('9', 'nowhere', 'member')";
  t.equal((await refusal(file, await make('loose', loose, good))).problem, 'damaged');
  t.equal((await refusal(file, folder)).problem, 'foreign', 'a folder');
  t.equal((await refusal(file, file)).problem, 'in-use', 'itself');
  await t.rejects(restoreDatabase({ file, from: join(folder, 'nowhere') }), { code: 'ENOENT' });
});

void t.test('the database of a running box is no backup', async (t) => {
  const { file } = await stoppedBox(t);
  const other = new Store({ file: join(scratchFolder(t), 'box.db') });
  await other.start();
  t.teardown(() => other.stop());
  await other.conferences.create(documentOf({ name: 'live' }));
  const error = await refusal(file, (other as unknown as { options: { file: string } }).options.file);
  t.equal(error.problem, 'in-use');
  t.match(error.message, 'make a backup of it');
});

void t.test('nothing is replaced under anybody who uses it', async (t) => {
  const { file } = await stoppedBox(t);
  const from = await backupOf(scratchFolder(t), 'after');
  for (const tool of [false, true]) {
    const store = new Store({ file, tool });
    await store.start();
    const thrown: unknown = await restoreDatabase({ file, from, patienceMs: 0 }).catch((e: unknown) => e);
    t.match(thrown, { problem: 'in-use' });
    t.match((await store.conferences.list()).conferences, [{ document: { name: 'before' } }]);
    await store.stop();
  }
  const shell = await Database.open(file);
  await shell.get('SELECT count(*) FROM conferences');
  const thrown: unknown = await restoreDatabase({ file, from, patienceMs: 0 }).catch((e: unknown) => e);
  t.match(thrown, { problem: 'in-use', message: /another program/ });
  await shell.close();
  t.same(await namesIn(file), ['before']);
  await restoreDatabase({ file, from });
  t.same(await namesIn(file), ['after']);
});

void t.test('a lock is given back after a refusal', async (t) => {
  const { file } = await stoppedBox(t);
  const from = await backupOf(scratchFolder(t), 'after');
  truncateSync(from, 8192);
  await refusal(file, from);
  const lock = new BoxLock(file, { holder: 'restore', patienceMs: 0 });
  await lock.start();
  await lock.stop();
});

const root = process.geteuid?.() === 0;
void t.test('what root restores is still the box’s own', { skip: !root && 'only root can' }, async (t) => {
  const { folder, file } = await stoppedBox(t);
  const from = await backupOf(scratchFolder(t), 'after');
  chownSync(folder, 1234, 2345);
  const { keptAs } = await restoreDatabase({ file, from });
  for (const path of [file, keptAs!]) t.match(statSync(path), { uid: 1234, gid: 2345 });
});
