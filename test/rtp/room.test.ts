import t, { type Test } from 'tap';
import type { MixPlan } from '../../src/conference/types.js';
import { addAll, Box, listen, member, mesh, plan, toneOf, type Caller } from './box.js';

const box = await Box.open(t);

/** Tones that a phone hears now: its place in `of`, from 1. */
function hears(caller: Caller, of: readonly Caller[], full = 3000): number[] {
  return of.flatMap((_, n) => {
    const level = caller.phone.level(toneOf(n));
    return level > full * 0.8 && level < full * 1.25 ? [n + 1] : level > full * 0.1 ? [-(n + 1)] : [];
  });
}

/** The phone hears exactly those within 3 s, and gets their levels right. */
async function comesToHear(
  t: Test,
  caller: Caller,
  of: readonly Caller[],
  expected: readonly number[],
  what = 'hears them',
  full = 3000,
): Promise<void> {
  const end = performance.now() + 3000;
  await listen(100);
  while (JSON.stringify(hears(caller, of, full)) !== JSON.stringify(expected) && performance.now() < end) {
    await listen(50);
  }
  t.same(hears(caller, of, full), expected, what);
}

function others(count: number, but: number): number[] {
  return Array.from({ length: count }, (_, n) => n + 1).filter((id) => id !== but);
}

async function ended(callers: readonly Caller[]): Promise<void> {
  for (const caller of callers) await box.hangUp(caller);
}

for (const [count, amplitude] of [
  [3, 3000],
  [8, 3000],
  [20, 1000],
] as const) {
  void t.test(`${count} talkers hear all but themselves, as one stream each`, async (t) => {
    const callers = await box.dialMany(count, { amplitude });
    const room = box.engine.createRoom(`mesh-${count}`);
    addAll(room, callers);
    await room.apply(mesh(count));
    await listen(500);
    for (const { phone } of callers) phone.clear();
    await listen(500);
    for (const [n, caller] of callers.entries()) {
      await comesToHear(t, caller, callers, others(count, n + 1), `member ${n + 1}`, amplitude);
      t.equal(caller.phone.ssrcs.length, 1, 'one stream');
      t.equal(caller.phone.missing(), 0, 'no packet missing');
    }
    await ended(callers);
    await room.close();
  });
}

void t.test('mute, deaf, one pair, a leaver, a newcomer: the others notice nothing', async (t) => {
  const callers = await box.dialMany(4);
  const [a, b, c, d] = callers as [Caller, Caller, Caller, Caller];
  const room = box.engine.createRoom('edges');
  addAll(room, [a, b, c]);
  await room.apply(mesh(3));
  await listen(500);
  for (const { phone } of callers) phone.clear();

  await room.apply(plan({ 1: [2, 3], 2: [3], 3: [2] }));
  await comesToHear(t, b, callers, [3], 'the first is muted');
  await comesToHear(t, c, callers, [2], 'for both');
  await comesToHear(t, a, callers, [2, 3], 'and hears');

  await room.apply(plan({ 1: [2, 3], 2: [], 3: [1, 2] }));
  await comesToHear(t, b, callers, [], 'the second is deaf');
  await comesToHear(t, c, callers, [1, 2], 'the third is not');
  t.ok(b.phone.longestGap() < 60, 'and still gets packets');

  await room.apply(mesh(3));
  room.add(4, d.ingress);
  await room.apply(mesh(4));
  await comesToHear(t, a, callers, [2, 3, 4], 'the newcomer is heard');
  await comesToHear(t, d, callers, [1, 2, 3], 'and hears');

  await room.remove(3);
  await comesToHear(t, a, callers, [2, 4], 'the leaver is gone');
  await comesToHear(t, c, callers, [], 'and hears nothing');
  for (const { phone } of [a, b]) {
    t.equal(phone.ssrcs.length, 1);
    t.equal(phone.missing(), 0);
    t.ok(phone.longestGap() < 60, `${phone.longestGap()} ms`);
  }
  await ended(callers);
  await room.close();
});

void t.test('from one room to another', async (t) => {
  const callers = await box.dialMany(3);
  const [a, b, c] = callers as [Caller, Caller, Caller];
  const first = box.engine.createRoom('first');
  const second = box.engine.createRoom('second');
  first.add(1, a.ingress);
  first.add(2, b.ingress);
  second.add(1, c.ingress);
  await Promise.all([first.apply(mesh(2)), second.apply(mesh(1))]);
  await comesToHear(t, a, callers, [2]);
  const removed = first.remove(1);
  second.add(2, a.ingress);
  await Promise.all([removed, second.apply(mesh(2))]);
  await comesToHear(t, a, callers, [3]);
  await comesToHear(t, c, callers, [1]);
  await comesToHear(t, b, callers, []);
  await ended(callers);
  await Promise.all([first.close(), second.close()]);
});

void t.test('listeners of a bus, each in its codec, promotion and demotion', async (t) => {
  const talkers = await box.dialMany(2);
  const listeners = [
    await box.dial({ tone: toneOf(2) }),
    await box.dial({ tone: toneOf(3), codec: 'PCMA' }),
    await box.dial({ tone: toneOf(4), codec: 'G722' }),
    await box.dial({ tone: toneOf(5), codec: 'opus' }),
  ];
  const callers = [...talkers, ...listeners];
  const room = box.engine.createRoom('bus');
  addAll(room, callers);
  const big = (active: readonly number[]): MixPlan => ({
    buses: [{ id: 'floor', inputs: active.map((id) => ({ kind: 'member', id })) }],
    hearers: callers.map((_, n) => {
      const id = n + 1;
      return active.includes(id)
        ? { id, hears: active.filter((other) => other !== id).map(member), forward: false }
        : { id, hears: [{ from: { kind: 'bus', id: 'floor' }, gain: 0 }], forward: true };
    }),
    bends: [],
  });
  await room.apply(big([1, 2]));
  for (const [n, caller] of listeners.entries())
    await comesToHear(t, caller, callers, [1, 2], `listener ${n + 3}`);
  await comesToHear(t, talkers[0] as Caller, callers, [2]);
  for (const { phone } of listeners) phone.clear();
  await listen(300);
  for (const { phone } of listeners) t.equal(phone.ssrcs.length, 1, 'one stream');

  for (const { phone } of callers) phone.clear();
  await room.apply(big([1, 2, 4]));
  await comesToHear(t, callers[3] as Caller, callers, [1, 2], 'promoted: no echo');
  await comesToHear(t, callers[2] as Caller, callers, [1, 2, 4]);
  await comesToHear(t, callers[0] as Caller, callers, [2, 4]);
  await room.apply(big([1, 2]));
  await comesToHear(t, callers[3] as Caller, callers, [1, 2], 'demoted');
  await comesToHear(t, callers[2] as Caller, callers, [1, 2]);
  for (const { phone } of callers) t.ok(phone.longestGap() < 100, `${phone.longestGap().toFixed(0)} ms`);
  await ended(callers);
  await room.close();
});

void t.test('thirty who join at once are one or two changes', async (t) => {
  const callers = await box.dialMany(30, { amplitude: 500 });
  const room = box.engine.createRoom('rush');
  const begun = performance.now();
  // Everybody listens to the first: what a plan for many looks like, without the cost of a full mesh.
  const joined = callers.map((caller, n) => {
    room.add(n + 1, caller.ingress);
    const ids = Array.from({ length: n + 1 }, (_, m) => m + 1);
    return room.apply(plan(Object.fromEntries(ids.map((id) => [id, id === 1 ? [2] : [1]]))));
  });
  await Promise.all(joined);
  t.ok(performance.now() - begun < 1000, `${Math.round(performance.now() - begun)} ms`);
  await comesToHear(t, callers[29] as Caller, callers, [1], 'the last hears the first', 500);
  await ended(callers);
  await room.close();
});

void t.test('a worn-out room call is replaced, and nobody hears it', async (t) => {
  const callers = await box.dialMany(4);
  const [a, b, c, d] = callers as [Caller, Caller, Caller, Caller];
  const room = box.engine.createRoom('worn', { departures: 3 });
  addAll(room, [a, b, c]);
  await room.apply(mesh(3));
  await listen(400);
  for (const { phone } of callers) phone.clear();
  for (let turn = 0; turn < 4; turn++) {
    room.add(10 + turn, d.ingress);
    await room.apply(plan({ 1: [2, 3], 2: [1, 3], 3: [1, 2], [10 + turn]: [1, 2, 3] }));
    await room.remove(10 + turn);
  }
  await room.apply(mesh(3));
  for (const [n, caller] of [a, b, c].entries()) {
    await comesToHear(t, caller, callers, others(3, n + 1));
    t.ok(caller.phone.longestGap() < 60, `${caller.phone.longestGap().toFixed(0)} ms`);
  }
  const rooms = (await box.engine.ng.list(300)).filter((id) => id.includes('-r-worn'));
  t.equal(rooms.length, 1, 'the old call is gone');
  await ended(callers);
  await room.close();
});

void t.test('two hundred comings and goings leave nothing behind', async (t) => {
  const [stays] = (await box.dialMany(1)) as [Caller];
  const room = box.engine.createRoom('churn');
  room.add(1, stays.ingress);
  await room.apply(mesh(1));
  const before = box.server.rssKb;
  const begun = performance.now();
  for (let turn = 0; turn < 20; turn++) {
    const callers = await Promise.all(Array.from({ length: 10 }, () => box.dial()));
    const ids = callers.map((_, n) => 100 + 10 * turn + n);
    callers.forEach((caller, n) => room.add(ids[n] ?? 0, caller.ingress));
    await room.apply(plan(Object.fromEntries([[1, ids], ...ids.map((id) => [id, [1]])])));
    await Promise.all(
      callers.map((caller, n) => Promise.all([box.hangUp(caller), room.remove(ids[n] ?? 0)])),
    );
  }
  const each = (performance.now() - begun) / 200;
  t.ok(each < 100, `${each.toFixed(1)} ms for a call`);
  const grown = box.server.rssKb - before;
  t.ok(grown < 20_000, `${grown} KiB more`);
  await box.hangUp(stays);
  await room.close();
  t.same(
    (await box.engine.ng.list(300)).filter((id) => !id.endsWith('-canary')),
    [],
    'no call is left in rtpengine',
  );
  t.equal(box.engine.slots.available, box.server.layout.slots.length, 'every slot is free');
});

void t.test('an empty room has no call; who comes later gets a new one', async (t) => {
  const callers = await box.dialMany(2);
  const room = box.engine.createRoom('empty');
  const ours = async () => (await box.engine.ng.list(300)).filter((id) => id.includes('-r-empty'));
  await (
    await room.play('all', '/nobody/hears.it')
  ).done;
  for (let turn = 0; turn < 2; turn++) {
    room.add(2 * turn + 1, (callers[0] as Caller).ingress);
    room.add(2 * turn + 2, (callers[1] as Caller).ingress);
    await room.apply(plan({ [2 * turn + 1]: [2 * turn + 2], [2 * turn + 2]: [2 * turn + 1] }));
    await comesToHear(t, callers[0] as Caller, callers, [2]);
    t.equal((await ours()).length, 1);
    await Promise.all([room.remove(2 * turn + 1), room.remove(2 * turn + 2)]);
    t.equal((await ours()).length, 0);
    await comesToHear(t, callers[0] as Caller, callers, []);
  }
  await ended(callers);
  await room.close();
});

void t.test('a closed room takes nobody, and closing it twice is fine', async (t) => {
  const room = box.engine.createRoom('closed');
  await room.close();
  await room.close();
  const [caller] = (await box.dialMany(1)) as [Caller];
  t.throws(() => room.add(1, caller.ingress));
  await t.rejects(room.play('all', '/nowhere.wav'));
  await box.hangUp(caller);
});

void t.test('volumes without a relay are reported, not faked', async (t) => {
  const [caller] = (await box.dialMany(1)) as [Caller];
  const room = box.engine.createRoom('bent');
  room.add(1, caller.ingress);
  const reports: (readonly number[])[] = [];
  room.on('bends-unsupported', (members) => reports.push(members));
  const bent = { ...mesh(1), bends: [{ id: 1, talkGain: 6, listenGain: 0, gate: 0 }] };
  await room.apply(bent);
  await room.apply(bent);
  t.same(reports, [[1]], 'once');
  await box.hangUp(caller);
  await room.close();
});
