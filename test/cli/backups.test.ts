// partyline backup and restore; what a restore refuses is tested with the store.
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Store } from '../../src/store/index.js';
import { documentOf, scratchFolder } from '../store/scratch.js';
import { run, scratchBox } from './run.js';

void t.test('everything comes back: from a running box into a stopped one', async (t) => {
  const box = scratchBox(t);
  const store = await box.start();
  await store.conferences.create(documentOf({ name: 'A', conference_numbers: ['1'] }));
  const key = await store.apiKeys.create({ kind: 'kazoo' });
  await store.admins.setPassword('ada', 'password1', { create: 'first' });
  const folder = scratchFolder(t);
  const made = await run(['backup', 'copy', '--json'], { cwd: folder, env: { PARTYLINE_DATA: box.data } });
  t.equal(made.code, 0, made.err);
  const file = join(folder, 'copy');
  t.same(JSON.parse(made.out), { file });
  t.equal(statSync(file).mode & 0o777, 0o600);

  const other = scratchBox(t);
  await other.runWith({ name: 'B' }, 'conference', 'put');
  const restored = await other.json<{ conferences: number; kept_as: string }>('restore', file);
  t.equal(restored.conferences, 1);
  t.ok(existsSync(restored.kept_as));
  const after = await other.start();
  t.match(await after.conferences.findByNumber('1'), { document: { name: 'A' } });
  t.ok(await after.credentials.findApiKey(key.secret));
  t.ok(await after.credentials.checkPassword('ada', 'password1'));
  t.equal(await after.credentials.accountId(), await store.credentials.accountId());
  const before = new Store({ file: restored.kept_as });
  await before.start();
  t.match((await before.conferences.list()).conferences, [{ document: { name: 'B' } }]);
  await before.stop();
});

void t.test('a backup writes over nothing', async (t) => {
  const box = scratchBox(t);
  await box.runWith({}, 'conference', 'put');
  const file = join(scratchFolder(t), 'precious');
  writeFileSync(file, 'precious');
  t.match(await box.run('backup', file), { code: 4, err: /exists/ });
  t.equal(String(readFileSync(file)), 'precious');
  t.equal((await box.run('backup', join(file, 'in'))).code, 1);
  t.equal((await box.run('backup', '/nowhere/at/all')).code, 3);
});

void t.test('a restore is refused while the box runs', async (t) => {
  const box = scratchBox(t);
  await box.runWith({ name: 'A' }, 'conference', 'put');
  const file = join(scratchFolder(t), 'copy');
  t.equal((await box.run('backup', file)).code, 0);
  const store = await box.start();
  const files = readdirSync(box.data);
  t.match(await box.run('restore', file), { code: 4, err: /A box is running on .*partyline\.db/ });
  t.same(readdirSync(box.data), files);
  t.equal(await store.conferences.count(), 1);
  await store.stop();
  t.match(await box.run('restore', file), { code: 0, out: /1 conference\.\nWhat was there before is/ });
});

void t.test('what is no backup is refused', async (t) => {
  const box = scratchBox(t);
  await box.runWith({ name: 'A' }, 'conference', 'put');
  const file = join(scratchFolder(t), 'text');
  writeFileSync(file, 'Dear diary');
  t.match(await box.run('restore', file), { code: 1, err: /text is not a database\. Nothing was changed/ });
  t.match(await box.run('restore', `${file}.gone`), { code: 3, err: /\.gone was not found/ });
  t.match(await box.json('conference', 'list'), [{ name: 'A' }]);
});
