import t from 'tap';
import { sessionIdleMs, sessionLongestMs, type Store } from '../../src/store/index.js';
import { scratchStore, type Test } from './scratch.js';

const hour = 3_600_000;

async function start(t: Test): Promise<{ store: Store; id: string; time: { now: number } }> {
  const time = { now: 1_700_000_000_000 };
  const store = await scratchStore(t, { now: () => time.now });
  const { id } = await store.admins.setPassword('ada', 'correct horse', { create: 'missing' });
  return { store, id, time };
}

void t.test('a token is its admin’s, and nobody else’s', async (t) => {
  const { store, id } = await start(t);
  const token = await store.sessions.begin(id);
  t.match(token, /^[\w-]{43}$/);
  t.same(await store.sessions.use(token), { id, name: 'ada' });
  for (const other of ['', 'x', token.slice(1), `${token}x`, 'x'.repeat(43)]) {
    t.equal(await store.sessions.use(other), undefined);
  }
  await store.sessions.end(token);
  t.equal(await store.sessions.use(token), undefined);
});

void t.test('ends when it is not used, and when it is old', async (t) => {
  const { store, id, time } = await start(t);
  const idle = await store.sessions.begin(id);
  const used = await store.sessions.begin(id);
  for (const end = time.now + sessionLongestMs - hour; time.now < end;) {
    time.now += hour;
    t.ok(await store.sessions.use(used));
    // The use is written beside.
    await store.transaction(() => Promise.resolve());
  }
  t.equal(await store.sessions.use(idle), undefined);
  time.now += hour;
  t.equal(await store.sessions.use(used), undefined, 'a week after its begin');
  const unused = await store.sessions.begin(id);
  time.now += sessionIdleMs - 1;
  t.ok(await store.sessions.use(unused));
});

void t.test('ends with the password, and with the admin', async (t) => {
  const { store, id, time } = await start(t);
  const token = await store.sessions.begin(id);
  time.now += 1;
  await store.admins.setPassword('ada', 'another horse');
  t.equal(await store.sessions.use(token), undefined);
  const next = await store.sessions.begin(id);
  t.ok(await store.sessions.use(next));
  await store.admins.remove('ada');
  t.equal(await store.sessions.use(next), undefined);
});

void t.test('an admin has a hundred at most, and can end them all', async (t) => {
  const { store, id, time } = await start(t);
  const first = await store.sessions.begin(id);
  time.now += 1;
  let last = '';
  for (let count = 0; count < 100; count++) last = await store.sessions.begin(id);
  t.equal(await store.sessions.use(first), undefined);
  t.ok(await store.sessions.use(last));
  await store.sessions.endAll(id);
  t.equal(await store.sessions.use(last), undefined);
});
