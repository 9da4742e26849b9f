// API keys: shown once, found by their hash, used and revoked.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Database } from '../../src/store/database.js';
import { mostApiKeys, Store } from '../../src/store/index.js';
import { listeningLog, scratchFolder, scratchStore } from './scratch.js';

void t.test('a Kazoo key is found by itself alone', async (t) => {
  const { apiKeys, credentials } = await scratchStore(t);
  const key = await apiKeys.create({ kind: 'kazoo', name: 'Web' });
  t.match(key, { kind: 'kazoo', name: 'Web', secret: /^[0-9a-f]{64}$/, id: /^[0-9a-f]{32}$/ });
  t.same(await credentials.findApiKey(key.secret), { id: key.id, kind: 'kazoo' });
  for (const other of ['', key.secret.slice(1), key.secret.toUpperCase(), key.id, 'x'.repeat(1_000_000)]) {
    t.equal(await credentials.findApiKey(other), undefined);
  }
});

void t.test('a Catapult key is a user, a token and a secret', async (t) => {
  const { apiKeys, credentials } = await scratchStore(t);
  const key = await apiKeys.create({ kind: 'catapult' });
  const more = await apiKeys.create({ kind: 'catapult', userId: key.userId! });
  const old = await apiKeys.create({ kind: 'catapult', userId: 'u-Abc123' });
  t.match(key, { userId: /^u-[0-9a-f]{32}$/, token: /^t-[0-9a-f]{32}$/, secret: /^[0-9a-f]{64}$/ });
  t.equal(more.userId, key.userId);
  t.not(more.token, key.token);
  for (const one of [key, more, old]) {
    t.same(await credentials.findCatapultKey(one.token!, one.secret), { id: one.id, userId: one.userId });
  }
  t.equal(await credentials.findCatapultKey(key.token!, more.secret), undefined);
  t.equal(await credentials.findCatapultKey('t-', key.secret), undefined);
  t.equal(await credentials.findCatapultKey(key.token!, 'x'.repeat(1_000_000)), undefined);
  t.equal(await credentials.findApiKey(key.secret), undefined, 'its secret alone opens nothing');
});

void t.test('a revoked key opens nothing, here and in another process, and stays in the list', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const box = new Store({ file });
  const tool = new Store({ file, tool: true, now: () => 5000 });
  await box.start();
  await tool.start();
  t.teardown(() => box.stop());
  const kazoo = await tool.apiKeys.create({ kind: 'kazoo' });
  const catapult = await tool.apiKeys.create({ kind: 'catapult' });
  t.ok(await box.credentials.findApiKey(kazoo.secret));
  const version = await box.configVersion(true);
  await tool.apiKeys.revoke(kazoo.id);
  await tool.apiKeys.revoke(catapult.id);
  t.equal(await box.credentials.findApiKey(kazoo.secret), undefined);
  t.equal(await box.credentials.findCatapultKey(catapult.token!, catapult.secret), undefined);
  t.ok((await box.configVersion(true)) > version, 'the box notices');
  t.match(await tool.apiKeys.get(kazoo.id), { revokedAt: 5000 });
  t.match(await box.apiKeys.revoke(kazoo.id), { revokedAt: 5000 }, 'again changes nothing');
  await t.rejects(tool.apiKeys.revoke('nowhere'), { code: 'NOT_FOUND' });
  await tool.stop();
  t.match(
    (await box.apiKeys.list()).map(({ id }) => id),
    [kazoo.id, catapult.id].sort(),
    'made in the same moment, so in the order of their ids',
  );
});

void t.test('the last use is written once a minute and is no change of the configuration', async (t) => {
  let now = 1_000_000;
  const file = join(scratchFolder(t), 'box.db');
  const store = new Store({ file, now: () => now });
  await store.start();
  const key = await store.apiKeys.create({ kind: 'kazoo' });
  const version = await store.configVersion(true);
  // What stands in the writer's line before this has been written.
  const used = async () => {
    await store.transaction(() => Promise.resolve());
    return (await store.apiKeys.get(key.id))?.lastUsedAt;
  };
  t.equal(await used(), undefined);
  const uses: [number, number][] = [
    [1_000_000, 1_000_000],
    [1_059_999, 1_000_000],
    [1_060_000, 1_060_000],
    [1_119_999, 1_060_000],
    // The clock was put back.
    [500_000, 500_000],
  ];
  for (const [at, expected] of uses) {
    now = at;
    await Promise.all([1, 2, 3].map(() => store.credentials.findApiKey(key.secret)));
    t.equal(await used(), expected, `used at ${at}`);
  }
  t.equal(await store.configVersion(true), version);
  await store.stop();
});

void t.test('a storage that takes no writes keeps no key from opening', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const { log, lines } = listeningLog();
  const store = new Store({ file, log });
  await store.start();
  const key = await store.apiKeys.create({ kind: 'kazoo' });
  const shell = await Database.open(file);
  await shell.exec("CREATE TRIGGER no BEFORE UPDATE ON api_keys BEGIN SELECT RAISE(FAIL, 'no room'); END;");
  await shell.close();
  t.ok(await store.credentials.findApiKey(key.secret));
  await store.stop();
  t.match(
    lines.filter(({ level }) => level === 'warn'),
    [{ event: 'use of a key not noted', fields: { error: /no room/ } }],
  );
});

void t.test('there are 1000 at most; the one revoked the longest ago makes room', async (t) => {
  let now = 0;
  const file = join(scratchFolder(t), 'box.db');
  const store = new Store({ file, freshnessMs: 0, now: () => now });
  await store.start();
  t.teardown(() => store.stop());
  const first = await store.apiKeys.create({ kind: 'kazoo' });
  const second = await store.apiKeys.create({ kind: 'kazoo' });
  const shell = await Database.open(file);
  await shell.run(
    `WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     INSERT INTO api_keys SELECT printf('%032d', i), 'kazoo', '', printf('%064d', i), NULL, NULL, 1, NULL, NULL FROM n`,
    [mostApiKeys],
  );
  await shell.close();
  await t.rejects(store.apiKeys.create({ kind: 'kazoo' }), { code: 'VALIDATION', message: /1000 API keys/ });
  now = 10;
  await store.apiKeys.revoke(second.id);
  now = 20;
  await store.apiKeys.revoke(first.id);
  const more = await store.apiKeys.create({ kind: 'kazoo' });
  t.ok(await store.credentials.findApiKey(more.secret));
  t.equal(await store.apiKeys.get(second.id), undefined);
  t.ok(await store.apiKeys.get(first.id));
});

void t.test('what cannot be is refused by field', async (t) => {
  const { apiKeys } = await scratchStore(t);
  const wrong: [Parameters<typeof apiKeys.create>[0], string][] = [
    [{ kind: 'other' as 'kazoo' }, 'kind'],
    [{ kind: 'kazoo', name: 'x'.repeat(129) }, 'name'],
    [{ kind: 'kazoo', userId: 'u-1' }, 'user'],
    [{ kind: 'catapult', userId: '1' }, 'user'],
    [{ kind: 'catapult', userId: 'u-a/b' }, 'user'],
  ];
  for (const [options, field] of wrong) {
    await t.rejects(apiKeys.create(options), { code: 'VALIDATION', errors: [{ field }] });
  }
  t.same(await apiKeys.list(), []);
});

void t.test('no secret is in the file', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const store = new Store({ file });
  await store.start();
  const keys = [
    await store.apiKeys.create({ kind: 'kazoo' }),
    await store.apiKeys.create({ kind: 'catapult' }),
  ];
  await store.stop();
  const bytes = readFileSync(file);
  for (const { secret } of keys) {
    t.notOk(bytes.includes(secret));
    t.notOk(bytes.includes(Buffer.from(secret, 'hex')));
  }
});
