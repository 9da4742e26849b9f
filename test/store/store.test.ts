// The store as a whole: start and stop, backups, two boxes, a tool beside the box, and changes made by others.
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { BoxLock } from '../../src/store/box-lock.js';
import { Database } from '../../src/store/database.js';
import { createDemo, Store, StoreFileError } from '../../src/store/index.js';
import { callOf, documentOf, scratchFolder, scratchStore } from './scratch.js';

void t.test('what was stored is there after a restart, and nothing lies about after a stop', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const store = new Store({ file });
  await store.start();
  const made = await store.conferences.create(documentOf({ name: 'A', conference_numbers: ['1'] }));
  await store.settings.set('a', 1);
  store.calls.begin(callOf('x'));
  store.calls.end('x', { endReason: 'hangup' });
  await store.stop();
  await store.stop();
  t.same(readdirSync(join(file, '..')).sort(), ['box.db', 'box.db.lock']);
  await store.start();
  t.same((await store.conferences.findByNumber('1'))?.conference, made);
  t.equal(await store.settings.get('a'), 1);
  t.match(await store.calls.get('x'), { endReason: 'hangup' });
  t.same(store.calls.orphans(), []);
  await store.stop();
  await t.rejects(store.conferences.get(made.id), /not started/);
});

void t.test('a stop keeps calls that go on for the next start', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const store = new Store({ file });
  await store.start();
  store.calls.begin(callOf('x'));
  await store.stop();
  const next = new Store({ file });
  await next.start();
  t.match(next.calls.orphans(), [{ id: 'x', dialogId: 'dialog-x', endReason: 'error' }]);
  await next.stop();
});

void t.test('a second box on the same data is refused, a tool is not', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const box = new Store({ file, freshnessMs: 0 });
  await box.start();
  t.teardown(() => box.stop());
  box.calls.begin(callOf('going'));
  await box.calls.flush();
  const second = new BoxLock(file, { patienceMs: 10 });
  const refused: unknown = await second.start().catch((error: unknown) => error);
  t.type(refused, StoreFileError);
  t.match(refused, { problem: 'in-use', message: file });

  const tool = new Store({ file, tool: true, freshnessMs: 0 });
  await tool.start();
  t.same(tool.calls.orphans(), []);
  t.match((await tool.calls.list()).calls, [{ id: 'going' }]);
  t.equal(await box.conferences.findByNumber('1'), undefined);
  const made = await tool.conferences.create(documentOf({ conference_numbers: ['1'] }));
  t.same((await box.conferences.findByNumber('1'))?.conference, made);
  await tool.conferences.patch(made.id, { member: { pins: ['77'] } });
  t.same((await box.conferences.findByNumber('1'))?.document.member.pins, ['77']);
  await t.rejects(box.conferences.patch(made.id, {}, { expectedRevision: 1 }), {
    code: 'CONFLICT',
    current: 2,
  });
  await tool.settings.set('a', 2);
  t.equal(await box.settings.get('a'), 2);
  await tool.accessNumbers.add('9');
  t.equal(await box.accessNumbers.has('9'), true);
  await tool.conferences.remove(made.id);
  t.equal(await box.conferences.findByNumber('1'), undefined);
  await tool.stop();
  t.match((await box.calls.list({ live: true })).calls, [{ id: 'going' }], "the box's calls are left alone");
});

void t.test('a change by hand in the database is noticed too', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const box = new Store({ file, freshnessMs: 0 });
  await box.start();
  t.teardown(() => box.stop());
  await createDemo(box);
  t.ok(await box.conferences.findByNumber('3000'));
  const shell = await Database.open(file);
  await shell.exec("DELETE FROM numbers WHERE number = '3000'");
  await shell.close();
  t.equal(await box.conferences.findByNumber('3000'), undefined);
});

void t.test('a change that fails half-way leaves nothing of it', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const box = new Store({ file });
  await box.start();
  t.teardown(() => box.stop());
  const { id } = await box.conferences.create(documentOf({ name: 'A', conference_numbers: ['1'] }));
  const shell = await Database.open(file);
  await shell.exec("CREATE TRIGGER full BEFORE INSERT ON numbers BEGIN SELECT RAISE(FAIL, 'no room'); END;");
  await t.rejects(box.conferences.patch(id, { name: 'B', conference_numbers: ['2'] }));
  await shell.exec('DROP TRIGGER full');
  await shell.close();
  t.match(await box.conferences.get(id), { revision: 1, document: { name: 'A' } });
  t.ok(await box.conferences.findByNumber('1'), 'the old number still leads there');
});

void t.test('a backup is whole, private, and refuses to write over anything', async (t) => {
  const folder = scratchFolder(t);
  const store = await scratchStore(t);
  await createDemo(store);
  store.calls.begin(callOf('x'));
  const copy = join(folder, 'copy.db');
  const writes = Array.from({ length: 20 }, (_, i) =>
    store.conferences.create(documentOf({ name: `during ${i}` })),
  );
  await store.backup(copy);
  await Promise.all(writes);
  t.equal(statSync(copy).mode & 0o777, 0o600);
  t.same(readdirSync(folder), ['copy.db']);
  const restored = new Store({ file: copy });
  await restored.start();
  t.match(await restored.conferences.findByNumber('3000'), { document: { name: 'Demo' } });
  t.match(restored.calls.orphans(), [{ id: 'x' }]);
  await restored.stop();

  const precious = join(folder, 'precious');
  writeFileSync(precious, 'precious');
  await t.rejects(store.backup(precious), { code: 'EEXIST' });
  t.equal(statSync(precious).size, 8);
  await t.rejects(store.backup(join(folder, 'nowhere', 'copy.db')), { code: 'ENOENT' });
  t.notOk(existsSync(join(folder, 'nowhere')));
});
