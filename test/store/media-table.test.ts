// The rows of sounds: pages, revisions, files that are shared.
import t from 'tap';
import { documentOf, scratchStore } from './scratch.js';

const sound = (letter: string, bytes = 100) => ({
  file: letter.repeat(64),
  bytes,
  ms: 1000,
  contentType: 'audio/mpeg',
});

void t.test('made, changed, given a sound, removed', async (t) => {
  const { media } = await scratchStore(t, { now: () => 5 });
  const { id } = await media.create({ name: 'Bell' });
  t.match(await media.get(id), {
    id,
    revision: 1,
    source: 'upload',
    createdAt: 5,
    document: { name: 'Bell' },
  });
  await media.update(id, (document) => ({ ...document, name: 'Gong' }), { expectedRevision: 1 });
  await t.rejects(
    media.update(id, (document) => document, { expectedRevision: 1 }),
    { code: 'CONFLICT' },
  );
  t.match(await media.setSound(id, sound('a')), {
    revision: 3,
    sound: sound('a'),
    document: { name: 'Gong' },
  });
  t.match(await media.remove(id), { id });
  t.equal(await media.get(id), undefined);
  await t.rejects(media.remove(id), { code: 'NOT_FOUND' });
  await t.rejects(media.setSound(id, sound('a')), { code: 'NOT_FOUND' });
  await t.rejects(media.create({ name: 'x'.repeat(20_000) }), { code: 'VALIDATION' });
});

void t.test('files that are shared count once', async (t) => {
  const { media } = await scratchStore(t);
  const [a, b, c] = [
    await media.create({ name: 'a' }),
    await media.create({ name: 'b' }),
    await media.create({ name: 'c' }),
  ];
  t.equal(await media.totalBytes(), 0);
  await media.setSound(a.id, sound('a', 100));
  await media.setSound(b.id, sound('a', 100));
  await media.setSound(c.id, sound('c', 30));
  t.equal(await media.totalBytes(), 130);
  await media.remove(a.id);
  t.ok(await media.isFileUsed('a'.repeat(64)));
  await media.remove(b.id);
  t.notOk(await media.isFileUsed('a'.repeat(64)));
});

void t.test('what a conference names stays', async (t) => {
  const { media, conferences } = await scratchStore(t);
  const { id } = await media.create({ name: 'a' });
  const team = await conferences.create(documentOf({ name: 'Team', max_members_media: `/media/${id}` }));
  await t.rejects(media.remove(id), { code: 'IN_USE', message: 'The sound is played by Team.' });
  await conferences.remove(team.id);
  t.ok(await media.remove(id));
});
