import t from 'tap';
import type { MixPlan } from '../../src/conference/types.js';
import { addAll, Box, failureOf, listen, member, mesh, plan, toneOf, type Caller, until } from './box.js';
import { soundFile } from './sounds.js';

const box = await Box.open(t);

/** performance.now() of the first packet that is not silent. */
function onset(caller: Caller): number {
  const first = caller.phone.heard.find(({ samples }) => samples.some((sample) => Math.abs(sample) > 1500));
  if (!first) throw new Error('nothing was heard');
  return first.at;
}

void t.test('all hear an announcement at the same time, in narrow and in wide band', async (t) => {
  const callers = [
    ...(await box.dialMany(3, { tone: 0 })),
    await box.dial({ codec: 'G722' }),
    await box.dial({ codec: 'PCMA' }),
  ];
  const room = box.engine.createRoom('announce');
  addAll(room, callers);
  await room.apply(mesh(callers.length));
  await listen(200);
  await (
    await room.play('all', soundFile(900, 20))
  ).done;
  await listen(300);
  for (const { phone } of callers) phone.clear();
  const begun = performance.now();
  const playback = await room.play('all', soundFile(1000, 600));
  t.equal(playback.durationMs, 600);
  for (const caller of callers) {
    await until(`${caller.ingress.codec} hears it`, () => caller.phone.level(1000) > 2500);
  }
  const onsets = callers.map(onset);
  const last = Math.max(...onsets) - begun;
  t.ok(last < 150, `${last.toFixed(0)} ms after the command`);
  const skew = Math.max(...onsets) - Math.min(...onsets);
  t.ok(skew < 60, `${skew.toFixed(0)} ms apart`);
  t.equal(await playback.done, 'finished');
  await until('it ends', () => callers.every((caller) => caller.phone.level(1000) < 100));
  for (const caller of callers) await box.hangUp(caller);
  await room.close();
});

void t.test('announcements wait for each other; the same one is not queued twice', async (t) => {
  const callers = await box.dialMany(2, { tone: 0 });
  const room = box.engine.createRoom('queue');
  addAll(room, callers);
  await room.apply(mesh(2));
  const order: string[] = [];
  const plays = [
    room.play('all', soundFile(1000, 300)).then((one) => {
      order.push('first');
      return one.done;
    }),
    room.play('all', soundFile(1200, 200)).then((one) => {
      order.push('second');
      return one.done;
    }),
    room.play('all', soundFile(1200, 200)).then((one) => one.done),
  ];
  await until('the first', () => (callers[0]?.phone.level(1000, 200) ?? 0) > 2500);
  t.same(order, ['first']);
  await until('the second', () => (callers[1]?.phone.level(1200, 150) ?? 0) > 2300);
  t.same(await Promise.all(plays), ['finished', 'finished', 'finished']);
  t.same(order, ['first', 'second']);
  const endless = await room.play('all', soundFile(1500, 200), { repeat: Infinity });
  await until('the loop', () => (callers[0]?.phone.level(1500) ?? 0) > 2500);
  const next = await room.play('all', soundFile(1700, 400));
  t.equal(await endless.done, 'stopped', 'an endless one ends when the next begins');
  await room.stopAnnouncing();
  t.equal(await next.done, 'stopped');
  t.equal(await failureOf(room.play('all', '/nowhere/at-all.wav')), 'rejected');
  for (const caller of callers) await box.hangUp(caller);
  await room.close();
});

void t.test('only those hear it whom the plan gives the announcer', async (t) => {
  const callers = await box.dialMany(3, { tone: 0 });
  const room = box.engine.createRoom('named');
  addAll(room, callers);
  const named: MixPlan = {
    buses: [],
    hearers: [1, 2, 3].map((id) => ({
      id,
      hears: id === 3 ? [] : [member(3 - id), { from: { kind: 'announcer' as const }, gain: 0 }],
      forward: false,
    })),
    bends: [],
  };
  await room.apply(named);
  await room.play('all', soundFile(1000, 900));
  const [a, b, c] = callers as [Caller, Caller, Caller];
  await until('two hear it', () => a.phone.level(1000) > 2500 && b.phone.level(1000) > 2500);
  t.ok(c.phone.level(1000) < 100, 'the third does not');
  for (const caller of callers) await box.hangUp(caller);
  await room.close();
});

void t.test('to one member: mixed with what it hears, also for a listener of a bus', async (t) => {
  const callers = await box.dialMany(3);
  const [a, , c] = callers as [Caller, Caller, Caller];
  const room = box.engine.createRoom('one');
  addAll(room, callers);
  await room.apply({
    buses: [{ id: 'b', inputs: [1, 2].map((id) => ({ kind: 'member', id })) }],
    hearers: [
      { id: 1, hears: [member(2)], forward: false },
      { id: 2, hears: [member(1)], forward: false },
      { id: 3, hears: [{ from: { kind: 'bus', id: 'b' }, gain: 0 }], forward: true },
    ],
    bends: [],
  });
  const both = () => c.phone.level(toneOf(0)) > 2500 && c.phone.level(toneOf(1)) > 2500;
  await until('the bus', both);
  const private3 = await room.play(3, soundFile(1500, 1500));
  const private1 = await room.play(1, soundFile(1700, 1500));
  await until('sound and bus', () => both() && c.phone.level(1500) > 2500);
  await until('sound and talker', () => a.phone.level(1700) > 2500 && a.phone.level(toneOf(1)) > 2500);
  t.ok(a.phone.level(1500) < 100 && c.phone.level(1700) < 100, 'each its own');
  const announced = await room.play('all', soundFile(2000, 1500));
  await until('an announcement through the bus too', () => both() && c.phone.level(2000) > 2500);
  t.same(
    [await private3.done, await private1.done, await announced.done],
    ['finished', 'finished', 'finished'],
  );
  await until('forwarded again', () => room.size === 3 && both() && c.phone.level(1500) < 100);
  c.phone.clear();
  await listen(200);
  t.equal(c.phone.ssrcs.length, 1);
  for (const caller of callers) await box.hangUp(caller);
  await room.close();
});

void t.test(
  'who waits alone hears music and nobody, then the others, then music again outside',
  async (t) => {
    const callers = await box.dialMany(2);
    const [a, b] = callers as [Caller, Caller];
    const room = box.engine.createRoom('wait');
    addAll(room, callers);
    await room.apply(plan({ 1: [], 2: [] }));
    await until('silence, but packets', () => a.phone.heard.length > 10);
    const music = await room.play(1, soundFile(1500, 100), { repeat: Infinity });
    await until('music', () => a.phone.level(1500) > 2500);
    t.ok(a.phone.level(toneOf(1)) < 100);
    await music.stop();
    await room.apply(mesh(2));
    await until('the other', () => a.phone.level(toneOf(1)) > 2500 && a.phone.level(1500) < 100);
    const loop = await room.play(1, soundFile(1800, 100), { repeat: Infinity });
    await room.remove(1);
    await until('it goes along', () => a.phone.level(1800) > 2500 && a.phone.level(toneOf(1)) < 100);
    await loop.stop();
    await until('the other hears nobody', () => b.phone.level(toneOf(0)) < 100);
    for (const caller of callers) await box.hangUp(caller);
    await room.close();
  },
);

void t.test(
  'a background: under people and announcements, another one, after a restart, and none',
  async (t) => {
    const callers = await box.dialMany(2);
    const [a, b] = callers as [Caller, Caller];
    const hears = (hz: number) => callers.every(({ phone }) => phone.level(hz) > 2500);
    const quiet = (hz: number) => callers.every(({ phone }) => phone.level(hz) < 100);
    const people = () => a.phone.level(toneOf(1)) > 2500 && b.phone.level(toneOf(0)) > 2500;
    const room = box.engine.createRoom('background');
    addAll(room, callers);
    const applied = room.apply(mesh(2));
    // The mix is being carried out, without a background yet.
    await new Promise(setImmediate);
    await Promise.all([applied, room.background(soundFile(1000, 200))]);
    await until('it begins, in a loop', () => hears(1000) && people());
    const announced = await room.play('all', soundFile(1500, 500));
    await until('both', () => hears(1500) && hears(1000) && people());
    await announced.done;

    await room.background('/nowhere/at-all.wav');
    await room.background(soundFile(1200, 200));
    await until('the other one', () => hears(1200) && quiet(1000) && people());
    await box.server.restart();
    await until('again after a restart', () => hears(1200) && people(), 10_000);

    await room.background(undefined);
    await until('none', () => quiet(1200) && people());
    t.pass('through it all people hear each other');
    for (const caller of callers) await box.hangUp(caller);
    await room.close();
  },
);
