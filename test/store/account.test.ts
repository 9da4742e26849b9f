// The box's one account: an id for ever, and the box's name.
import { join } from 'node:path';
import t from 'tap';
import { boxNameKey } from '../../src/store/account.js';
import { Store } from '../../src/store/index.js';
import { scratchFolder, scratchStore } from './scratch.js';

void t.test('the id is made once and stays, for a box and for a tool', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const ids = [];
  for (const tool of [true, false, false]) {
    const store = new Store({ file, tool });
    await store.start();
    ids.push(await store.credentials.accountId());
    await store.stop();
  }
  t.match(ids[0], /^[0-9a-f]{32}$/);
  t.equal(new Set(ids).size, 1);
  const other = await scratchStore(t);
  t.not(await other.credentials.accountId(), ids[0], 'another box has another');
});

void t.test('the name is the setting, or partyline', async (t) => {
  const { settings, credentials } = await scratchStore(t);
  t.equal(await credentials.accountName(), 'partyline');
  await settings.set(boxNameKey, 'Meeting room');
  t.equal(await credentials.accountName(), 'Meeting room');
  for (const odd of ['', 7, null]) {
    await settings.set(boxNameKey, odd);
    t.equal(await credentials.accountName(), 'partyline');
  }
});
