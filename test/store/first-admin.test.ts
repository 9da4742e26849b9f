// The admin that a setting makes: only on a box that has none, and without a word of the password anywhere.
import t from 'tap';
import { createFirstAdmin } from '../../src/store/index.js';
import { listeningLog, scratchStore } from './scratch.js';

void t.test('made once; afterwards the setting is passed over, with a line in the log', async (t) => {
  const store = await scratchStore(t);
  const { log, lines } = listeningLog();
  t.equal(await createFirstAdmin(store, 'first password', log), true);
  t.equal(await createFirstAdmin(store, 'other password', log), false);
  t.ok(await store.credentials.checkPassword('admin', 'first password'));
  t.equal(await store.credentials.checkPassword('admin', 'other password'), undefined);
  t.match(lines, [{ event: 'first admin made' }, { event: /PARTYLINE_ADMIN_PASSWORD is ignored/ }]);
  t.notMatch(JSON.stringify(lines), /first password|other password/);
});

void t.test('not beside an admin of another name', async (t) => {
  const store = await scratchStore(t);
  const { log, lines } = listeningLog();
  await store.admins.setPassword('ada', 'password1', { create: 'first' });
  t.equal(await createFirstAdmin(store, 'first password', log), false);
  t.same(
    (await store.admins.list()).map(({ name }) => name),
    ['ada'],
  );
  t.equal(lines.length, 1);
});

void t.test('an admin who is made at the same moment keeps the password', async (t) => {
  const store = await scratchStore(t);
  const { log } = listeningLog();
  const made = await Promise.all([
    createFirstAdmin(store, 'password one', log),
    createFirstAdmin(store, 'password two', log),
  ]);
  t.same(made, [true, false]);
  t.ok(await store.credentials.checkPassword('admin', 'password one'));
});
