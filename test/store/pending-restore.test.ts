import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { silentLog } from '../../src/log.js';
import { pendingFile, prepareRestore, restorePending, Store, StoreFileError } from '../../src/store/index.js';
import { documentOf, scratchFolder } from './scratch.js';

async function box(file: string, work: (store: Store) => Promise<unknown>): Promise<void> {
  const store = new Store({ file });
  await store.start();
  await work(store);
  await store.stop();
}

void t.test('a backup takes its place at the next start, without the sessions of then', async (t) => {
  const folder = scratchFolder(t);
  const file = join(folder, 'box.db');
  const backup = join(folder, 'backup');
  let token = '';
  await box(file, async (store) => {
    await store.conferences.create(documentOf({ name: 'Then' }));
    const { id } = await store.admins.setPassword('ada', 'correct horse', { create: 'first' });
    token = await store.sessions.begin(id);
    await store.backup(backup);
    await store.conferences.create(documentOf({ name: 'Later' }));
    await prepareRestore(file, backup, 'ada');
  });
  t.notOk(existsSync(backup));
  t.match(await restorePending(file, silentLog), { conferences: 1 });
  t.notOk(existsSync(pendingFile(file)));
  t.equal(await restorePending(file, silentLog), undefined, 'once');
  await box(file, async (store) => {
    t.equal(await store.conferences.count(), 1);
    t.equal(await store.admins.count(), 1);
    t.equal(await store.sessions.use(token), undefined);
    t.match((await store.changes.list()).changes[0], { what: 'box-restored', author: 'ada' });
  });
});

void t.test('what is no backup is refused at once', async (t) => {
  const folder = scratchFolder(t);
  const file = join(folder, 'box.db');
  const upload = join(folder, 'upload');
  writeFileSync(upload, 'not a database');
  await t.rejects(prepareRestore(file, upload, 'ada'), StoreFileError);
  t.notOk(existsSync(pendingFile(file)));
});

void t.test('what has become damaged meanwhile does not keep the box from starting', async (t) => {
  const folder = scratchFolder(t);
  const file = join(folder, 'box.db');
  writeFileSync(pendingFile(file), 'not a database');
  t.equal(await restorePending(file, silentLog), undefined);
  t.ok(existsSync(`${pendingFile(file)}.refused`));
  await box(file, async (store) => t.equal(await store.conferences.count(), 0));
});
