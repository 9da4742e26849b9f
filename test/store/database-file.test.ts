// The file: made, brought up to date, or refused with a sentence that names it; a refused file is not touched.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { silentLog } from '../../src/log.js';
import { Database } from '../../src/store/database.js';
import { openDatabaseFile, openReader } from '../../src/store/database-file.js';
import { StoreFileError } from '../../src/store/errors.js';
import { migrations } from '../../src/store/migrations/index.js';
import { documentOf, listeningLog, scratchFolder } from './scratch.js';
import { Store } from '../../src/store/index.js';

function hash(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

async function refusal(file: string, extra = migrations): Promise<StoreFileError> {
  const thrown: unknown = await openDatabaseFile(file, silentLog, extra).then(
    async (database) => {
      await database.close();
      return 'opened';
    },
    (error: unknown) => error,
  );
  if (!(thrown instanceof StoreFileError)) throw new Error(`not refused as it should be: ${String(thrown)}`);
  return thrown;
}

void t.test('makes folder and file, for the owner alone', async (t) => {
  const file = join(scratchFolder(t), 'data', 'box.db');
  const { log, lines } = listeningLog();
  const database = await openDatabaseFile(file, log);
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.equal(statSync(`${file}-wal`).mode & 0o777, 0o600);
  t.equal(statSync(join(file, '..')).mode & 0o777, 0o700);
  t.same(await database.get('PRAGMA journal_mode'), { journal_mode: 'wal' });
  t.same(await database.get('PRAGMA synchronous'), { synchronous: 2 }, 'FULL');
  t.same(await database.get('PRAGMA foreign_keys'), { foreign_keys: 1 });
  t.same(await database.get('PRAGMA user_version'), { user_version: migrations.length });
  t.equal(lines.filter(({ event }) => event === 'database migrated').length, migrations.length);
  await database.close();
  lines.length = 0;
  await (await openDatabaseFile(file, log)).close();
  t.same(lines, [], 'nothing is migrated twice');
});

void t.test('a write that need not be durable leaves the others durable', async (t) => {
  const database = await openDatabaseFile(join(scratchFolder(t), 'box.db'), silentLog);
  t.teardown(() => database.close());
  for (let i = 0; i < 3; i++) {
    await database.runRelaxed('UPDATE call_pulse SET at = ?', [i]);
    t.same(await database.get('PRAGMA synchronous'), { synchronous: 2 });
  }
  await t.rejects(database.runRelaxed('UPDATE nothing SET at = ?', [1]));
  t.same(await database.get('PRAGMA synchronous'), { synchronous: 2 });
  await database.transaction(() => database.runRelaxed('UPDATE call_pulse SET at = ?', [9]));
  t.same(await database.get('SELECT at FROM call_pulse'), { at: 9 });
});

void t.test('migrations are numbered from 1 without gaps', (t) => {
  t.same(
    migrations.map(({ version }) => version),
    migrations.map((_, index) => index + 1),
  );
  t.end();
});

void t.test('a database of the first release is brought up to date and keeps what is in it', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const old = await openDatabaseFile(file, silentLog, migrations.slice(0, 1));
  await old.run("INSERT INTO settings VALUES ('box.name', '\"Old box\"')");
  await old.close();
  const { log, lines } = listeningLog();
  const store = new Store({ file, log });
  await store.start();
  t.match(lines, [{ event: 'database migrated', fields: { version: 2, migration: 'credentials' } }]);
  t.equal(await store.credentials.accountName(), 'Old box');
  t.match(await store.credentials.accountId(), /^[0-9a-f]{32}$/);
  await store.stop();
});

void t.test('a migration that fails leaves the shape before it', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const next = migrations.length + 1;
  const broken = {
    version: next,
    name: 'broken',
    sql: 'CREATE TABLE half (x); INSERT INTO nowhere VALUES (1);',
  };
  const error = await refusal(file, [...migrations, broken]);
  t.equal(error.problem, 'not-migrated');
  t.match(error.message, file);
  const database = await openDatabaseFile(file, silentLog);
  t.same(await database.get('PRAGMA user_version'), { user_version: migrations.length });
  t.equal(await database.get("SELECT 1 FROM sqlite_schema WHERE name = 'half'"), undefined);
  await database.close();
  const mended = { ...broken, sql: 'CREATE TABLE whole (x)' };
  const again = await openDatabaseFile(file, silentLog, [...migrations, mended]);
  t.same(await again.get('PRAGMA user_version'), { user_version: next });
  await again.close();
});

void t.test('a database of a later release is refused and not touched', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const later = { version: migrations.length + 1, name: 'later', sql: 'CREATE TABLE later (x)' };
  await (await openDatabaseFile(file, silentLog, [...migrations, later])).close();
  const before = hash(file);
  const error = await refusal(file);
  t.equal(error.problem, 'newer');
  t.match(error.message, file);
  t.match(error.message, 'later release');
  t.equal(hash(file), before);
});

void t.test('what is no database, or not ours, is refused and not touched', async (t) => {
  const folder = scratchFolder(t);
  const text = join(folder, 'text.db');
  writeFileSync(text, 'Dear diary, '.repeat(1000));
  const foreign = join(folder, 'foreign.db');
  const other = await Database.open(foreign);
  await other.exec('CREATE TABLE theirs (x)');
  await other.close();
  for (const [file, problem] of [
    [text, 'damaged'],
    [foreign, 'foreign'],
  ] as const) {
    const before = hash(file);
    const error = await refusal(file);
    t.equal(error.problem, problem);
    t.match(error.message, file);
    t.equal(hash(file), before);
  }
});

void t.test('a damaged database is refused with what to do', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const store = new Store({ file });
  await store.start();
  for (let i = 0; i < 200; i++)
    await store.conferences.create(documentOf({ conference_numbers: [String(i)] }));
  await store.stop();
  const whole = readFileSync(file);
  const cut = whole.subarray(0, Math.floor(whole.length / 2));
  const scribbled = Buffer.from(whole);
  scribbled.fill(0xff, 4096 * 2);
  for (const bytes of [cut, scribbled]) {
    writeFileSync(file, bytes);
    const error = await refusal(file);
    t.equal(error.problem, 'damaged');
    t.match(error.message, file);
    t.match(error.message, 'backup');
  }
  writeFileSync(file, whole);
  await (await openDatabaseFile(file, silentLog)).close();
});

void t.test('a path that cannot be opened is named', async (t) => {
  const folder = scratchFolder(t);
  mkdirSync(join(folder, 'box.db'));
  const error = await refusal(join(folder, 'box.db'));
  t.equal(error.problem, 'unreachable');
  t.match(error.message, folder);
  writeFileSync(join(folder, 'file'), '');
  t.equal((await refusal(join(folder, 'file', 'box.db'))).problem, 'unreachable');
  await t.rejects(openReader(join(folder, 'nowhere.db')), StoreFileError);
});
