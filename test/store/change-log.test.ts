import t from 'tap';
import { authorBox } from '../../src/store/index.js';
import { documentOf, scratchStore } from './scratch.js';

void t.test('every change of a conference is written with who made it, and how it was before', async (t) => {
  const store = await scratchStore(t);
  const { conferences, changes } = store;
  const { id } = await conferences.create(documentOf({ name: 'One' }), { author: 'ada' });
  await conferences.patch(id, { name: 'Two' });
  await conferences.remove(id, { author: 'grace' });
  await conferences.putBack(id, { author: 'ada' });
  t.match((await changes.list({ subject: id })).changes, [
    { what: 'conference-put-back', author: 'ada', name: 'Two', after: { name: 'Two' } },
    { what: 'conference-removed', author: 'grace', name: 'Two', before: { name: 'Two' } },
    { what: 'conference-changed', author: '', name: 'Two', before: { name: 'One' }, after: { name: 'Two' } },
    { what: 'conference-created', author: 'ada', name: 'One', after: { name: 'One' } },
  ]);
});

void t.test('a change that was refused is not written', async (t) => {
  const { conferences, changes } = await scratchStore(t);
  await conferences.create(documentOf({ conference_numbers: ['1'] }));
  await t.rejects(conferences.create(documentOf({ conference_numbers: ['1'] })));
  t.equal((await changes.list()).changes.length, 1);
});

void t.test(
  'is read page by page, and keeps the newest ten thousand of people and of programs',
  async (t) => {
    const store = await scratchStore(t);
    await store.transaction(async () => {
      const note = (name: string, author: string) =>
        store.changes.note({ what: 'box-changed', subject: 'box', name, author });
      await note('long ago', 'ada');
      for (let n = 1; n < 10_200; n++) await note(String(n), n % 2 === 0 ? 'key: Intercom' : authorBox);
    });
    const first = await store.changes.list({ limit: 200 });
    t.equal(first.changes[0]?.name, '10199');
    const second = await store.changes.list({ limit: 1, ...(first.next && { after: first.next }) });
    t.equal(second.changes[0]?.name, '9999');
    const { changes } = await store.changes.list({ after: 250 });
    t.same(
      changes.map(({ name }) => name).filter((name, at) => at === 0 || name === 'long ago'),
      ['248', 'long ago'],
      'what an admin did is not pushed out',
    );
    t.match((await store.changes.list({ after: 201 })).changes, [{ name: 'long ago' }]);
  },
);
