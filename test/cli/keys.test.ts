// partyline key.
import t from 'tap';
import { errorOf, scratchBox } from './run.js';

interface KeyJson {
  readonly id: string;
  readonly api_key: string;
  readonly user_id: string;
  readonly api_token: string;
  readonly api_secret: string;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
}

void t.test('made before the box, used by it, revoked beside it', async (t) => {
  const box = scratchBox(t);
  const kazoo = await box.json<KeyJson>('key', 'create', '--kind', 'kazoo', '--name', 'Web');
  const catapult = await box.json<KeyJson>('key', 'create', '--kind', 'catapult');
  const { credentials, configVersion, ...rest } = await box.start().then((store) => ({
    credentials: store.credentials,
    configVersion: () => store.configVersion(true),
    store,
  }));
  t.same(await credentials.findApiKey(kazoo.api_key), { id: kazoo.id, kind: 'kazoo' });
  t.same(await credentials.findCatapultKey(catapult.api_token, catapult.api_secret), {
    id: catapult.id,
    userId: catapult.user_id,
  });
  const version = await configVersion();
  await rest.store.transaction(() => Promise.resolve());

  const list = await box.run('key', 'list');
  for (const shown of [kazoo.id, 'Web', catapult.id, catapult.user_id]) t.match(list.out, shown);
  const json = await box.json<KeyJson[]>('key', 'list');
  t.match(json, [
    { id: kazoo.id, kind: 'kazoo', name: 'Web', revoked_at: null, last_used_at: /Z$/ },
    { id: catapult.id, kind: 'catapult', api_token: catapult.api_token },
  ]);
  for (const secret of [kazoo.api_key, catapult.api_secret]) {
    t.notMatch(list.out + JSON.stringify(json), secret);
  }

  t.match(await box.run('key', 'revoke', kazoo.id), { code: 0, out: /is revoked/ });
  t.ok((await configVersion()) > version, 'the box notices');
  t.equal(await credentials.findApiKey(kazoo.api_key), undefined);
  const again = await box.json<KeyJson>('key', 'revoke', kazoo.id);
  t.type(again.revoked_at, 'string');
});

void t.test('the text shows what a program needs, once', async (t) => {
  const box = scratchBox(t);
  const { code, out, err } = await box.run('key', 'create', '--kind', 'kazoo');
  t.equal(code, 0);
  t.match(out, /^id {10}[0-9a-f]{32}\napi_key {5}[0-9a-f]{64}\n$/);
  t.match(err, 'cannot show it again');
  const more = await box.run('key', 'create', '--kind', 'catapult', '--user', 'u-Abc1');
  t.match(more.out, /user_id {5}u-Abc1\napi_token {3}t-[0-9a-f]{32}\napi_secret {2}[0-9a-f]{64}\n$/);
});

void t.test('what goes wrong', async (t) => {
  const box = scratchBox(t);
  t.equal((await box.run('key', 'create', '--kind', 'other')).code, 2);
  const ended = await box.run('key', 'create', '--kind', 'kazoo', '--name', 'x'.repeat(129), '--json');
  t.equal(ended.code, 1);
  t.match(errorOf(ended).fields, [{ field: 'name' }]);
  t.match(await box.run('key', 'create', '--kind', 'kazoo', '--user', 'u-1'), { code: 1, err: /user: / });
  t.match(await box.run('key', 'revoke', 'nowhere'), { code: 3, err: /API key nowhere was not found/ });
});

void t.test('a name cannot play with the terminal', async (t) => {
  const box = scratchBox(t);
  await box.json('key', 'create', '--kind', 'kazoo', '--name', 'a\u001b[2Jb\nc');
  const { out } = await box.run('key', 'list');
  t.match(out, 'a?[2Jb?c');
});
