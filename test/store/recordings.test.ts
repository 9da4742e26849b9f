import t from 'tap';
import type { NewRecording } from '../../src/store/index.js';
import { scratchStore } from './scratch.js';

function recordingOf(n: number, wish: Partial<NewRecording> = {}): NewRecording {
  const id = String(n).padStart(32, '0');
  return {
    id,
    conferenceId: 'c',
    conferenceName: 'Board',
    startedBy: 'api',
    startedAt: 1000 * n,
    file: `${id}.wav`,
    ...wish,
  };
}

const finished = { endedAt: 90_000, ms: 5000, bytes: 100, state: 'finished' } as const;

void t.test('begun, ended, read, removed', async (t) => {
  const { recordings } = await scratchStore(t);
  const one = recordingOf(1);
  await recordings.begin(one);
  t.strictSame(await recordings.get(one.id), { ...one, ms: 0, bytes: 0, state: 'recording' });
  t.strictSame(await recordings.open(), [await recordings.get(one.id)]);
  await recordings.end(one.id, finished);
  t.strictSame(await recordings.get(one.id), { ...one, ...finished });
  t.strictSame(await recordings.open(), []);
  t.equal(await recordings.remove(one.id), true);
  t.equal(await recordings.remove(one.id), false);
  t.equal(await recordings.get(one.id), undefined);
});

void t.test('the list: the newest first, by conference and time, in pages', async (t) => {
  const { recordings } = await scratchStore(t);
  for (let n = 1; n <= 5; n++) await recordings.begin(recordingOf(n, { conferenceId: n === 3 ? 'd' : 'c' }));
  const found = async (query: Parameters<typeof recordings.list>[0]) =>
    (await recordings.list(query)).recordings.map(({ startedAt }) => startedAt / 1000);
  t.strictSame(await found({}), [5, 4, 3, 2, 1]);
  t.strictSame(await found({ ascending: true, limit: 2 }), [1, 2]);
  t.strictSame(await found({ conferenceId: 'd' }), [3]);
  t.strictSame(await found({ from: 2000, to: 4000 }), [3, 2]);
  const { next, ...first } = await recordings.list({ limit: 3 });
  t.equal(first.recordings.length, 3);
  t.strictSame(await found({ limit: 3, after: next! }), [2, 1]);
  t.notOk('next' in (await recordings.list({ limit: 2, after: next! })));
  t.strictSame(await found({ ascending: true, limit: 3, after: '3' }), [4, 5]);
  await t.rejects(recordings.list({ after: 'x; DROP TABLE recordings' }), { code: 'VALIDATION' });
});

void t.test('beyond the limits: the oldest, and never one that goes on', async (t) => {
  const { recordings } = await scratchStore(t);
  for (let n = 1; n <= 4; n++) await recordings.begin(recordingOf(n));
  for (let n = 2; n <= 4; n++) await recordings.end(recordingOf(n).id, finished);
  const beyond = async (before: number, maxBytes: number) =>
    (await recordings.beyond(before, maxBytes)).map(({ startedAt }) => startedAt / 1000);
  t.strictSame(await beyond(0, 300), []);
  t.strictSame(await beyond(0, 299), [2]);
  t.strictSame(await beyond(0, 0), [2, 3, 4]);
  t.strictSame(await beyond(4000, 300), [2, 3]);
});
