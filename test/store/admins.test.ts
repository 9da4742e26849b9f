// Admins: made, checked by password and by what Kazoo's clients send, and nothing in the file that opens a door.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Database } from '../../src/store/database.js';
import { InvalidDocumentError, mostAdmins, Store } from '../../src/store/index.js';
import { scratchFolder, scratchStore } from './scratch.js';

function digest(method: 'md5' | 'sha1', text: string): string {
  return createHash(method).update(text).digest('hex');
}

void t.test('a password and both hashes of it lead to their admin', async (t) => {
  const { admins, credentials } = await scratchStore(t);
  const ada = await admins.setPassword('Ada', 'Grüße: 12', { create: 'missing' });
  t.equal(ada.created, true);
  const bob = await admins.setPassword('bob@example.org', 'Grüße: 12', { create: 'missing' });
  for (const method of ['md5', 'sha1'] as const) {
    const adas = digest(method, 'ada:Grüße: 12');
    t.same(await credentials.checkCredentialsHash(adas, method), { adminId: ada.id });
    t.same(await credentials.checkCredentialsHash(adas.toUpperCase(), method), { adminId: ada.id });
    const bobs = digest(method, 'bob@example.org:Grüße: 12');
    t.same(await credentials.checkCredentialsHash(bobs, method), { adminId: bob.id });
    t.equal(await credentials.checkCredentialsHash(digest(method, 'ada:other'), method), undefined);
    t.equal(await credentials.checkCredentialsHash(adas.slice(1), method), undefined);
    t.equal(await credentials.checkCredentialsHash('x'.repeat(1_000_000), method), undefined);
  }
  t.equal(await credentials.checkCredentialsHash(digest('md5', 'ada:Grüße: 12'), 'sha1'), undefined);
  t.same(await credentials.checkPassword('ADA', 'Grüße: 12'), { adminId: ada.id });
  t.equal(await credentials.checkPassword('ada', 'grüße: 12'), undefined);
  t.equal(await credentials.checkPassword('eve', 'Grüße: 12'), undefined);
  t.equal(await credentials.checkPassword('ada', 'x'.repeat(1_000_000)), undefined);
  t.same(
    (await admins.list()).map(({ name }) => name),
    ['ada', 'bob@example.org'],
  );
});

void t.test('a new password takes the place of the old one', async (t) => {
  let now = 1000;
  const store = await scratchStore(t, { now: () => now });
  const { admins, credentials } = store;
  const { id } = await admins.setPassword('ada', 'first password', { create: 'first' });
  const version = await store.configVersion();
  now = 2000;
  t.same(await admins.setPassword('ada', 'second password'), { id, created: false });
  t.ok((await store.configVersion()) > version, 'the box notices');
  t.equal(await credentials.checkPassword('ada', 'first password'), undefined);
  t.equal(await credentials.checkCredentialsHash(digest('md5', 'ada:first password'), 'md5'), undefined);
  t.same(await credentials.checkCredentialsHash(digest('md5', 'ada:second password'), 'md5'), {
    adminId: id,
  });
  t.same(await admins.get(id), { id, name: 'ada', createdAt: 1000, passwordChangedAt: 2000 });
  await admins.remove('Ada');
  t.equal(await credentials.checkPassword('ada', 'second password'), undefined);
  t.equal(await admins.get(id), undefined);
  await t.rejects(admins.remove('ada'), { code: 'NOT_FOUND' });
});

void t.test('who is made when', async (t) => {
  const { admins } = await scratchStore(t);
  await t.rejects(admins.setPassword('ada', 'password1'), { code: 'NOT_FOUND' });
  t.match(await admins.setPassword('ada', 'password1', { create: 'first' }), { created: true });
  await t.rejects(admins.setPassword('bob', 'password1', { create: 'first' }), { code: 'NOT_FOUND' });
  await t.rejects(admins.setPassword('ada', 'password2', { create: 'first' }), { code: 'NOT_FOUND' });
  t.ok(await admins.checkPassword('ada', 'password1'), 'and nothing was changed');
  t.match(await admins.setPassword('bob', 'password1', { create: 'missing' }), { created: true });
});

void t.test('names and passwords that cannot be are refused by field, without what was given', async (t) => {
  const { admins } = await scratchStore(t);
  for (const name of ['', ' ada', 'a:b', 'a b', '_a', 'ä', 'a'.repeat(65), 'a\n', 'a'.repeat(1_000_000)]) {
    await t.rejects(admins.setPassword(name, 'password1', { create: 'missing' }), InvalidDocumentError);
  }
  for (const password of ['', 'seven77', 'x'.repeat(129)]) {
    const error: unknown = await admins
      .setPassword('ada', password, { create: 'missing' })
      .catch((thrown: unknown) => thrown);
    t.match(error, { code: 'VALIDATION', errors: [{ field: 'password' }] });
    if (password) t.notMatch(JSON.stringify(error), password);
  }
  t.equal(await admins.count(), 0);
});

void t.test('there are 50 at most', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const store = new Store({ file, freshnessMs: 0 });
  await store.start();
  t.teardown(() => store.stop());
  const shell = await Database.open(file);
  await shell.run(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     INSERT INTO admins SELECT printf('%032d', i), 'admin' || i, 'x', 'x', 'x', 0, 0 FROM n`,
    [mostAdmins],
  );
  await shell.close();
  await t.rejects(store.admins.setPassword('more', 'password1', { create: 'missing' }), {
    code: 'VALIDATION',
    message: /50 admins/,
  });
  t.match(await store.admins.setPassword('admin7', 'password1'), { created: false });
  t.same(await store.admins.checkCredentialsHash(digest('sha1', 'admin7:password1'), 'sha1'), {
    adminId: '7'.padStart(32, '0'),
  });
});

void t.test('neither the password nor its bare md5 or sha1 is in the file', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const store = new Store({ file });
  await store.start();
  await store.admins.setPassword('ada', 'opensesame1', { create: 'first' });
  await store.stop();
  const bytes = readFileSync(file);
  for (const secret of [
    'opensesame1',
    digest('md5', 'ada:opensesame1'),
    digest('sha1', 'ada:opensesame1'),
    createHash('md5').update('ada:opensesame1').digest(),
  ]) {
    t.notOk(bytes.includes(secret));
  }
});
