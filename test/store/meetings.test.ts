import t from 'tap';
import type { MeetingRecord } from '../../src/store/index.js';
import { documentOf, scratchStore } from './scratch.js';

const meeting = (
  n: number,
  more: Partial<MeetingRecord> = {},
): MeetingRecord & { readonly userId: string } => ({
  id: String(n).padStart(32, '0'),
  userId: 'u-1',
  state: 'created',
  createdAt: n,
  from: '+1555',
  interpretDigits: true,
  target: { tag: 'x' },
  muted: false,
  held: true,
  members: [],
  ...more,
});

void t.test('written, changed, found; those that are not over, the oldest first', async (t) => {
  const { meetings } = await scratchStore(t);
  for (const n of [2, 1, 3]) await meetings.write(meeting(n));
  const member = {
    id: 'member-1',
    callId: 'call',
    participantId: 1,
    addedAt: 5,
    muted: true,
    held: false,
    joinTone: true,
    leavingTone: false,
  };
  await meetings.write(meeting(2, { state: 'active', members: [member] }));
  await meetings.write(meeting(3, { state: 'completed', completedAt: 9 }));
  t.same(await meetings.get(meeting(2).id), meeting(2, { state: 'active', members: [member] }));
  t.same(await meetings.get(meeting(3).id), meeting(3, { state: 'completed', completedAt: 9 }));
  t.equal(await meetings.get('none'), undefined);
  t.same(
    (await meetings.open()).map(({ createdAt }) => createdAt),
    [1, 2],
  );
});

void t.test('the newest thousand that are over are kept', async (t) => {
  const { meetings } = await scratchStore(t);
  const over = Array.from({ length: 1002 }, (_, n) => meeting(n, { state: 'completed', completedAt: n }));
  await Promise.all([...over, meeting(5000)].map((one) => meetings.write(one)));
  await meetings.prune();
  const kept = await Promise.all([0, 1, 2, 1001, 5000].map((n) => meetings.get(meeting(n).id)));
  t.same(
    kept.map((one) => one !== undefined),
    [false, false, true, true, true],
  );
});

void t.test('over, and its conference is there all the same', async (t) => {
  const { conferences, meetings } = await scratchStore(t);
  const [left, removed] = [await conferences.create(documentOf()), await conferences.create(documentOf())];
  await conferences.remove(removed.id);
  for (const { id } of [left, removed])
    await meetings.write(meeting(1, { id, state: 'completed', completedAt: 2 }));
  t.same(await meetings.leftOver(), [left.id]);
});
