// Edits that are stored and followed; what cannot be followed at once is stored all the same.
import t from 'tap';
import { ConferenceEditor } from '../../src/calls/index.js';
import { documentOf, listeningLog, scratchStore } from '../store/scratch.js';

void t.test('stored, then read again, then followed', async (t) => {
  const store = await scratchStore(t);
  const steps: string[] = [];
  const { log, lines } = listeningLog();
  let readable = true;
  const editor = new ConferenceEditor({
    stored: store.conferences,
    directory: {
      refresh: async () => {
        if (!readable) throw new Error('the disk is away');
        steps.push(`read ${(await store.conferences.list()).conferences.length}`);
      },
    },
    running: { follow: () => steps.push('follow') },
    log,
  });
  const { id } = await editor.create(documentOf({ name: 'one' }));
  await editor.replace(id, documentOf({ name: 'two' }));
  await editor.patch(id, { name: 'three' });
  await editor.remove(id);
  t.strictSame(steps, ['read 1', 'follow', 'read 1', 'follow', 'read 1', 'follow', 'read 0', 'follow']);

  steps.length = 0;
  await t.rejects(editor.patch(id, { name: 'four' }), { code: 'NOT_FOUND' });
  t.strictSame(steps, [], 'what is refused changes nothing');

  readable = false;
  const kept = await editor.create(documentOf({ name: 'five' }));
  t.equal((await store.conferences.get(kept.id))?.document.name, 'five');
  t.match(lines, [{ level: 'warn', event: 'change not followed at once', fields: { conference: kept.id } }]);
});
