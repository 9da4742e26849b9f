// The demo conferences: made once, on a box that never had one.
import t from 'tap';
import { createDemo } from '../../src/store/index.js';
import { documentOf, scratchStore } from './scratch.js';

void t.test('made on an empty box, once', async (t) => {
  const store = await scratchStore(t);
  t.same(await createDemo(store), {
    conferences: [
      { name: 'Demo', number: '3000', memberPin: '1234', moderatorPin: '9999' },
      { name: 'Open', number: '3001' },
    ],
    accessNumber: '3999',
  });
  const demo = await store.conferences.findByNumber('3000');
  t.match(demo, {
    listedIn: 'conference',
    document: { name: 'Demo', member: { pins: ['1234'], join_muted: false }, moderator: { pins: ['9999'] } },
  });
  t.match(await store.conferences.findByNumber('3001'), {
    document: { name: 'Open', member: { pins: [], join_muted: false }, moderator: { pins: [] } },
  });
  t.equal(await store.accessNumbers.has('3999'), true);
  t.equal(await createDemo(store), undefined);
  for (const { id } of (await store.conferences.list()).conferences) await store.conferences.remove(id);
  t.equal(await createDemo(store), undefined, 'not given back to who removed them');
  t.equal(await store.conferences.count(), 0);
});

void t.test('not made on a box with a conference, not even when that is removed later', async (t) => {
  const store = await scratchStore(t);
  const { id } = await store.conferences.create(documentOf({ name: 'Mine' }));
  t.equal(await createDemo(store), undefined);
  await store.conferences.remove(id);
  t.equal(await createDemo(store), undefined);
});
