// The connection: order, transactions and what happens to them when something fails.
import { join } from 'node:path';
import t from 'tap';
import { Database, sqliteCode } from '../../src/store/database.js';
import { scratchFolder, type Test } from './scratch.js';

async function scratchDatabase(t: Test): Promise<Database> {
  const database = await Database.open(join(scratchFolder(t), 'x.db'));
  await database.exec(
    'PRAGMA journal_mode = WAL; CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE)',
  );
  t.teardown(() => database.close());
  return database;
}

async function names(database: Database): Promise<string[]> {
  return (await database.all<{ name: string }>('SELECT name FROM things ORDER BY id')).map(
    ({ name }) => name,
  );
}

const insert = 'INSERT INTO things (name) VALUES (?)';

void t.test('run, get and all', async (t) => {
  const database = await scratchDatabase(t);
  t.same(await database.run(insert, ['a']), { changes: 1 });
  t.same(await database.run(insert, ['b']), { changes: 1 });
  t.same(await database.get('SELECT name FROM things WHERE id = ?', [2]), { name: 'b' });
  t.equal(await database.get('SELECT name FROM things WHERE id = ?', [3]), undefined);
  t.same(await names(database), ['a', 'b']);
  t.same(await database.run('DELETE FROM things'), { changes: 2 });
});

void t.test('a faulty statement rejects, each time, and leaves the connection usable', async (t) => {
  const database = await scratchDatabase(t);
  for (let i = 0; i < 2; i++) await t.rejects(database.all('SELECT nonsense FROM nowhere'), /no such table/);
  await database.run(insert, ['a']);
  for (let i = 0; i < 2; i++) {
    const error: unknown = await database.run(insert, ['a']).catch((thrown: unknown) => thrown);
    t.equal(sqliteCode(error), 'SQLITE_CONSTRAINT');
  }
  t.same(await names(database), ['a']);
});

void t.test('a read leaves no snapshot open: it sees what another connection wrote since', async (t) => {
  const file = join(scratchFolder(t), 'x.db');
  const writer = await Database.open(file);
  await writer.exec(
    'PRAGMA journal_mode = WAL; CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE)',
  );
  await writer.run(insert, ['a']);
  const reader = await Database.open(file, { readOnly: true });
  t.same(await reader.get('SELECT count(*) AS n FROM things, (SELECT 1 UNION SELECT 2)'), { n: 2 });
  t.same(await reader.get('SELECT name FROM things'), { name: 'a' });
  await writer.run(insert, ['b']);
  t.same(await names(reader), ['a', 'b']);
  await t.rejects(reader.run(insert, ['c']), /READONLY/);
  await reader.close();
  await writer.close();
});

void t.test('transactions stand in line and are all or nothing', async (t) => {
  const database = await scratchDatabase(t);
  const order: string[] = [];
  const failing = database.transaction(async (queries) => {
    order.push('first begins');
    await queries.run(insert, ['lost']);
    await new Promise((resolve) => setImmediate(resolve));
    order.push('first fails');
    throw new Error('changed my mind');
  });
  const outside = database.run(insert, ['outside']).then(() => order.push('outside'));
  const second = database.transaction(async (queries) => {
    order.push('second begins');
    await queries.run(insert, ['kept']);
  });
  await t.rejects(failing, /changed my mind/);
  await Promise.all([outside, second]);
  t.same(order, ['first begins', 'first fails', 'outside', 'second begins']);
  t.same(await names(database), ['outside', 'kept']);
});

void t.test('a transaction inside a transaction is a part of it', async (t) => {
  const database = await scratchDatabase(t);
  await database.transaction(async () => {
    await database.run(insert, ['outer']);
    // At once, and each all or nothing by itself.
    await Promise.all([
      database.transaction(() => database.run(insert, ['inner'])),
      database
        .transaction(async () => {
          await database.run(insert, ['undone']);
          await database.transaction(() => database.run(insert, ['undone, deeper']));
          throw new Error('only this');
        })
        .catch(() => undefined),
      database.transaction(() => database.run(insert, ['inner too'])),
    ]);
  });
  t.same(await names(database), ['outer', 'inner', 'inner too']);
  await t.rejects(
    database.transaction(async () => {
      await database.transaction(() => database.run(insert, ['released, but for nothing']));
      throw new Error('all of it');
    }),
    /all of it/,
  );
  t.same(await names(database), ['outer', 'inner', 'inner too']);
});

void t.test('what a transaction left running is no part of it any more', async (t) => {
  const database = await scratchDatabase(t);
  let later: Promise<unknown> = Promise.resolve();
  await t.rejects(
    database.transaction(async () => {
      await database.run(insert, ['gone']);
      later = new Promise((resolve) => setImmediate(resolve)).then(() => database.run(insert, ['own']));
      throw new Error('rolled back');
    }),
    /rolled back/,
  );
  await later;
  t.same(await names(database), ['own']);
});

void t.test('more statements than are kept', async (t) => {
  const database = await scratchDatabase(t);
  for (let i = 0; i < 450; i++) t.same(await database.get(`SELECT ${i} AS n`), { n: i });
});
