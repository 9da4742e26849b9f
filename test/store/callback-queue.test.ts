import t from 'tap';
import { restoreDatabase, Store, type CallbackMessage } from '../../src/store/index.js';
import { join } from 'node:path';
import { scratchFolder, scratchStore } from './scratch.js';

const message = (id: string): CallbackMessage => ({
  id,
  stream: 's',
  target: { callbackUrl: 'http://example.com/', callbackHttpMethod: 'GET' },
  body: { eventType: 'dtmf', dtmfDigit: '#' },
  createdAt: 1000,
});

void t.test('in the order they were added, until they are removed', async (t) => {
  const { callbacks } = await scratchStore(t);
  for (const id of ['b', 'a', 'c']) await callbacks.add(message(id));
  await callbacks.remove('a');
  t.same(await callbacks.all(), [message('b'), message('c')]);
  await t.rejects(callbacks.add(message('b')), 'one message is in it once');
});

void t.test('what waited when a backup was made is not told again', async (t) => {
  const folder = scratchFolder(t);
  const store = await scratchStore(t);
  await store.callbacks.add(message('a'));
  const backup = join(folder, 'backup');
  await store.backup(backup);
  const file = join(folder, 'box.db');
  await restoreDatabase({ file, from: backup });
  const restored = new Store({ file });
  await restored.start();
  t.teardown(() => restored.stop());
  t.same(await restored.callbacks.all(), []);
});
