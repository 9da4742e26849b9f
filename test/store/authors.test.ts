import t from 'tap';
import { authorOfKey, keyOfAuthor } from '../../src/store/index.js';
import { scratchStore } from './scratch.js';

void t.test('a key is told from an admin', (t) => {
  t.equal(keyOfAuthor(authorOfKey('Intercom', 'abc')), 'Intercom');
  t.equal(keyOfAuthor(authorOfKey('', '0123456789abcdef')), '01234567');
  t.equal(keyOfAuthor('ada'), undefined);
  t.equal(keyOfAuthor(''), undefined);
  t.end();
});

void t.test('whoever logged in at an API is known by name', async (t) => {
  const store = await scratchStore(t);
  const key = await store.apiKeys.create({ kind: 'catapult', name: 'Intercom' });
  const ada = await store.admins.setPassword('ada', 'correct horse battery', { create: 'first' });
  const { credentials } = store;
  t.equal(await credentials.authorOf({ owner: key.id, kind: 'catapult' }), 'key: Intercom');
  t.equal(await credentials.authorOf({ owner: ada.id, kind: 'admin' }), 'ada');
  t.equal(await credentials.authorOf({ owner: ada.id, kind: 'kazoo' }), '', 'there is no such key');
  t.equal(await credentials.authorOf({ owner: key.id, kind: 'admin' }), '');
});
