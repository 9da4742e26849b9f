// Who is talking, heard in the packets that a real rtpengine copies: for every codec, muted or not, after a restart of
// rtpengine, a hold or a move, and without a trace in what the members hear.
import t from 'tap';
import type { MemberId } from '../../src/conference/types.js';
import type { Room } from '../../src/rtp/index.js';
import { addAll, Box, mesh, plan, until, type Caller } from './box.js';

const box = await Box.open(t);

/** Listens to the room; who is loud now, and everything that was told. */
async function listenTo(room: Room, levelOf: (id: MemberId) => number = () => 20) {
  const loud = new Set<MemberId>();
  const told: string[] = [];
  await room.taps.listen({
    levelOf,
    heard: (id, on) => {
      told.push(`${on ? '+' : '-'}${id}`);
      if (on) loud.add(id);
      else loud.delete(id);
    },
  });
  return { loud, told, are: (...ids: MemberId[]) => [...loud].sort().join() === ids.join() };
}

async function ended(room: Room, callers: readonly Caller[]): Promise<void> {
  await room.close();
  await Promise.all(callers.map((caller) => box.hangUp(caller)));
}

void t.test('talkers of every codec, muted ones and quiet ones', async (t) => {
  const callers = await Promise.all([
    box.dial({ tone: 400 }),
    box.dial({ tone: 500, codec: 'PCMA' }),
    box.dial({ tone: 600, codec: 'G722' }),
    box.dial({ tone: 700, codec: 'opus' }),
    box.dial({ tone: 0 }),
  ]);
  const room = box.engine.createRoom('codecs');
  addAll(room, callers);
  // The first is heard by nobody, and is listened to all the same.
  await room.apply(plan({ 1: [2, 3], 2: [3], 3: [2], 4: [2], 5: [2] }));
  t.equal(room.taps.energyOf(1), 0, 'nobody listens yet');
  const talk = await listenTo(room);
  await until('the four talk', () => talk.are(1, 2, 3, 4));
  // The mean of a sine is 2/π of its peak.
  for (const id of [1, 2, 3, 4]) {
    const energy = room.taps.energyOf(id);
    t.ok(Math.abs(energy - 1910) < 300, `energy of ${id} is ${energy}`);
  }
  t.ok(room.taps.energyOf(5) < 20, 'silence is none');

  callers[1]!.phone.mute = true;
  await until('the second is quiet', () => talk.are(1, 3, 4));
  t.equal(room.taps.energyOf(2), 0);
  callers[1]!.phone.mute = false;
  await until('and talks again', () => talk.are(1, 2, 3, 4));

  await room.taps.listen(undefined);
  t.equal(room.taps.energyOf(1), 0, 'nobody listens any more');
  const again = await listenTo(room, (id) => (id === 1 ? 2500 : 20));
  await until('all but the one whose level is high', () => again.are(2, 3, 4));
  await ended(room, callers);
});

void t.test('comers and leavers, a restart, listening again and again', async (t) => {
  const callers = await box.dialMany(3);
  const room = box.engine.createRoom('life');
  const talk = await listenTo(room);
  addAll(room, callers.slice(0, 2));
  await room.apply(mesh(2));
  await until('two talk', () => talk.are(1, 2));
  room.add(3, callers[2]!.ingress);
  await room.apply(mesh(3));
  await until('the newcomer too', () => talk.are(1, 2, 3));
  callers[1]!.phone.mute = true;
  await until('one is quiet', () => talk.are(1, 3));
  const before = talk.told.length;

  await box.server.restart();
  await until('the room is back', () => room.taps.energyOf(1) > 1000);
  callers[1]!.phone.mute = false;
  await until('the third after the restart', () => talk.are(1, 2, 3));
  t.same(talk.told.slice(before), ['+2'], 'who talked on has not stopped for anybody');

  for (const caller of callers) caller.phone.clear();
  for (let turn = 0; turn < 3; turn++) {
    await room.taps.listen(undefined);
    await listenTo(room);
  }
  const last = await listenTo(room);
  await until('whoever asks next knows it too', () => last.are(1, 2, 3));
  for (const { phone } of callers) t.equal(phone.missing(), 0, 'no packet is missing to anybody');
  await room.remove(3);
  await until('who left is not listened to', () => room.taps.energyOf(3) === 0);
  await ended(room, callers);
});

void t.test('after a hold, and in another room', async (t) => {
  const [caller] = (await box.dialMany(1)) as [Caller];
  const rooms = [box.engine.createRoom('first'), box.engine.createRoom('second')] as const;
  const [first, second] = [await listenTo(rooms[0]), await listenTo(rooms[1])];
  rooms[0].add(1, caller.ingress);
  await until('it talks', () => first.are(1));
  await caller.ingress.reoffer(caller.phone.sdp().replace('a=sendrecv', 'a=sendonly'));
  caller.phone.mute = true;
  await until('it holds', () => first.are());
  await caller.ingress.reoffer(caller.phone.sdp());
  caller.phone.mute = false;
  await until('it is back', () => first.are(1));
  await rooms[0].remove(1);
  rooms[1].add(1, caller.ingress);
  await until('it talks in the other room', () => second.are(1) && first.are());
  await Promise.all(rooms.map((room) => room.close()));
  t.same(second.told, ['+1']);
  await box.hangUp(caller);
});
