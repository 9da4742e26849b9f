import t from 'tap';
import {
  expandPlan,
  planMix,
  type MemberId,
  type MemberState,
  type MixInput,
  type Relationship,
} from '../../src/conference/index.js';

function member(id: MemberId, wish: Partial<MemberState> = {}): MemberState {
  return {
    id,
    callId: `call-${id}`,
    role: 'member',
    muted: false,
    deaf: false,
    held: false,
    phoneHold: false,
    waiting: false,
    talkLevel: 0,
    listenLevel: 0,
    energyLevel: 0,
    relations: new Map(),
    ...wish,
  };
}

function members(count: number, wish: (id: number) => Partial<MemberState> = () => ({})): MemberState[] {
  return Array.from({ length: count }, (_, index) => member(index + 1, wish(index + 1)));
}

/** What the words say, one pair at a time, without any regard to cost. */
function naive(input: MixInput): Map<MemberId, Set<MemberId | 'announcer'>> {
  const all = [...input.members];
  const present = (m: MemberState) => !m.held && !input.held && !m.phoneHold && !m.waiting;
  const audible = (from: MemberState, to: MemberState) =>
    from.id !== to.id &&
    present(from) &&
    !from.muted &&
    !input.muted &&
    (input.speaking === undefined || input.speaking.has(from.id)) &&
    present(to) &&
    !to.deaf &&
    to.relations.get(from.id) !== 'deaf' &&
    from.relations.get(to.id) !== 'mute';
  return new Map(
    all.map((to) => {
      const heard = new Set<MemberId | 'announcer'>(
        all.filter((from) => audible(from, to)).map(({ id }) => id),
      );
      if (present(to) && input.options?.announcer !== false) heard.add('announcer');
      return [to.id, heard];
    }),
  );
}

function sorted(heard: Map<MemberId, Set<MemberId | 'announcer'>>): [MemberId, string[]][] {
  return [...heard].sort(([a], [b]) => a - b).map(([id, sources]) => [id, [...sources].map(String).sort()]);
}

/** A small generator with a seed, so that a failure can be repeated (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

void t.test('an empty room', (t) => {
  t.strictSame(planMix({ members: [] }), { buses: [], hearers: [], bends: [] });
  t.end();
});

void t.test('three people hear each other and the announcer', (t) => {
  const plan = planMix({ members: members(3) });
  t.strictSame(sorted(expandPlan(plan)), [
    [1, ['2', '3', 'announcer']],
    [2, ['1', '3', 'announcer']],
    [3, ['1', '2', 'announcer']],
  ]);
  t.equal(plan.buses.length, 0);
  t.equal(plan.bends.length, 0);
  t.ok(plan.hearers.every(({ forward }) => !forward));
  t.end();
});

void t.test('every flag in one room', (t) => {
  const room = [
    member(1),
    member(2, { muted: true }),
    member(3, { deaf: true }),
    member(4, { held: true }),
    member(5, { phoneHold: true }),
    member(6, { waiting: true }),
    member(7),
  ];
  t.strictSame(sorted(expandPlan(planMix({ members: room }))), [
    [1, ['3', '7', 'announcer']],
    [2, ['1', '3', '7', 'announcer']],
    [3, ['announcer']],
    [4, []],
    [5, []],
    [6, []],
    [7, ['1', '3', 'announcer']],
  ]);
  t.end();
});

void t.test('a conference muted or on hold', (t) => {
  const muted = expandPlan(planMix({ members: members(3), muted: true }));
  t.strictSame(
    sorted(muted),
    [1, 2, 3].map((id) => [id, ['announcer']]),
  );
  const held = expandPlan(planMix({ members: members(3), held: true }));
  t.strictSame(
    sorted(held),
    [1, 2, 3].map((id) => [id, []]),
  );
  t.end();
});

void t.test('relations', (t) => {
  const relation = (id: MemberId, to: MemberId, what: Relationship) =>
    member(id, { relations: new Map([[to, what]]) });
  const deaf = expandPlan(planMix({ members: [relation(1, 2, 'deaf'), member(2), member(3)] }));
  t.strictSame(sorted(deaf), [
    [1, ['3', 'announcer']],
    [2, ['1', '3', 'announcer']],
    [3, ['1', '2', 'announcer']],
  ]);
  const mute = expandPlan(planMix({ members: [relation(1, 2, 'mute'), member(2), member(3)] }));
  t.strictSame(sorted(mute), [
    [1, ['2', '3', 'announcer']],
    [2, ['3', 'announcer']],
    [3, ['1', '2', 'announcer']],
  ]);
  const gone = planMix({ members: [relation(1, 99, 'mute'), member(2)] });
  t.equal(gone.hearers.length, 2, 'a relation to somebody who is gone adds nobody');
  t.end();
});

void t.test('eight muted listeners share a bus', (t) => {
  const room = (listeners: number) => members(2 + listeners, (id) => ({ muted: id > 2 }));
  t.equal(planMix({ members: room(7) }).buses.length, 0, 'seven do not');
  const plan = planMix({ members: room(8) });
  t.strictSame(plan.buses, [
    {
      id: 'listeners',
      inputs: [{ kind: 'member', id: 1 }, { kind: 'member', id: 2 }, { kind: 'announcer' }],
    },
  ]);
  t.strictSame(plan.hearers[0], {
    id: 1,
    hears: [
      { from: { kind: 'member', id: 2 }, gain: 0 },
      { from: { kind: 'announcer' }, gain: 0 },
    ],
    forward: false,
  });
  t.strictSame(plan.hearers[2], {
    id: 3,
    hears: [{ from: { kind: 'bus', id: 'listeners' }, gain: 0 }],
    forward: true,
  });
  t.equal(planMix({ members: room(20), options: { busFrom: Infinity } }).buses.length, 0);
  t.end();
});

void t.test('a bus in use is kept a little longer', (t) => {
  const room = (listeners: number) => members(2 + listeners, (id) => ({ muted: id > 2 }));
  t.equal(planMix({ members: room(5), busInUse: true }).buses.length, 1);
  t.equal(planMix({ members: room(4), busInUse: true }).buses.length, 0);
  t.end();
});

void t.test('a bus while nobody speaks yet, so that the first talker switches nobody over', (t) => {
  const room = members(10, () => ({ muted: true }));
  const plan = planMix({ members: room });
  t.strictSame(plan.buses, [{ id: 'listeners', inputs: [{ kind: 'announcer' }] }]);
  t.strictSame(planMix({ members: room, options: { announcer: false } }).buses, []);
  t.end();
});

void t.test('who hears something special has a mix of its own beside the bus', (t) => {
  const room = [
    member(1),
    ...Array.from({ length: 8 }, (_, index) => member(index + 2, { muted: true })),
    member(10, { muted: true, listenLevel: 2 }),
    member(11, { muted: true, relations: new Map([[1, 'deaf' as const]]) }),
    member(12, { muted: true, deaf: true }),
    member(13, { muted: true, waiting: true }),
  ];
  const plan = planMix({ members: room });
  const forwarded = plan.hearers.filter(({ forward }) => forward).map(({ id }) => id);
  t.strictSame(forwarded, [2, 3, 4, 5, 6, 7, 8, 9]);
  t.strictSame(sorted(expandPlan(plan)), sorted(naive({ members: room })));
  t.strictSame(plan.bends, [{ id: 10, talkGain: 0, listenGain: 6, gate: 0 }]);
  t.end();
});

void t.test('a relation that takes nothing away now does not keep anybody off the bus', (t) => {
  const room = members(10, (id) => ({
    muted: id > 1,
    relations: id === 5 ? new Map([[6, 'deaf' as const]]) : new Map(),
  }));
  t.ok(planMix({ members: room }).hearers[4]?.forward);
  t.end();
});

void t.test('the quiet share a bus where somebody knows who is speaking', (t) => {
  const plan = planMix({ members: members(12), speaking: new Set([3, 4]) });
  t.strictSame(plan.buses[0]?.inputs, [
    { kind: 'member', id: 3 },
    { kind: 'member', id: 4 },
    { kind: 'announcer' },
  ]);
  t.equal(plan.hearers.filter(({ forward }) => forward).length, 10);
  t.strictSame(sorted(expandPlan(plan)), sorted(naive({ members: members(12), speaking: new Set([3, 4]) })));
  t.end();
});

void t.test('one bus per audio format, each with enough listeners', (t) => {
  const room = members(20, (id) => ({ muted: id > 1 }));
  const plan = planMix({
    members: room,
    options: { formatOf: (id) => (id <= 10 ? 'PCMU' : id <= 18 ? 'G722' : 'opus') },
  });
  t.strictSame(
    plan.buses.map(({ id }) => id),
    ['listeners-G722', 'listeners-PCMU'],
  );
  t.notOk(plan.hearers[19]?.forward, 'two opus phones have mixes of their own');
  t.strictSame(sorted(expandPlan(plan)), sorted(naive({ members: room })));
  t.end();
});

void t.test('bends are in dB, and what is neutral is not named', (t) => {
  const room = [
    member(1, { talkLevel: -4 }),
    member(2, { listenLevel: 4, energyLevel: 200 }),
    member(3, { energyLevel: 20 }),
    member(4, { energyLevel: 21 }),
    // What nobody can hear is not bent.
    member(5, { talkLevel: 1, energyLevel: 400, muted: true }),
    member(6, { talkLevel: 1, listenLevel: 1, muted: true }),
    member(7, { talkLevel: 1, listenLevel: 1, held: true }),
    member(8, { listenLevel: 1, deaf: true }),
  ];
  t.strictSame(planMix({ members: room }).bends, [
    { id: 1, talkGain: -12, listenGain: 0, gate: 0 },
    { id: 2, talkGain: 0, listenGain: 12, gate: 200 },
    { id: 4, talkGain: 0, listenGain: 0, gate: 21 },
    { id: 6, talkGain: 0, listenGain: 3, gate: 0 },
    { id: 8, talkGain: 0, listenGain: 3, gate: 0 },
  ]);
  t.end();
});

void t.test('the order of the members does not matter', (t) => {
  const room = members(15, (id) => ({ muted: id % 3 !== 0 }));
  t.strictSame(planMix({ members: [...room].reverse() }), planMix({ members: room }));
  t.end();
});

void t.test('random rooms mean what the words say', (t) => {
  let withBus = 0;
  for (let seed = 1; seed <= 600; seed++) {
    const next = random(seed);
    const chance = (probability: number) => next() < probability;
    const count = Math.floor(next() * 30);
    const mostlyMuted = chance(0.6);
    const room = members(count, (id) => {
      const relations = new Map<MemberId, Relationship>();
      while (chance(0.1)) {
        const other = 1 + Math.floor(next() * count);
        if (other !== id) relations.set(other, chance(0.5) ? 'deaf' : 'mute');
      }
      return {
        muted: chance(mostlyMuted ? 0.8 : 0.2),
        deaf: chance(0.1),
        held: chance(0.05),
        phoneHold: chance(0.05),
        waiting: chance(0.05),
        talkLevel: chance(0.1) ? Math.floor(next() * 9) - 4 : 0,
        listenLevel: chance(0.1) ? Math.floor(next() * 9) - 4 : 0,
        relations,
      };
    });
    const input: MixInput = {
      members: room,
      muted: chance(0.05),
      held: chance(0.05),
      busInUse: chance(0.5),
      ...(chance(0.3) && { speaking: new Set(room.filter(() => chance(0.3)).map(({ id }) => id)) }),
      options: {
        announcer: chance(0.8),
        ...(chance(0.3) && { formatOf: (id: MemberId) => (id % 2 ? 'PCMU' : 'G722') }),
      },
    };
    const plan = planMix(input);
    const heard = expandPlan(plan);
    if (plan.buses.length > 0) withBus++;
    const where = `seed ${seed}`;
    if (JSON.stringify(sorted(heard)) !== JSON.stringify(sorted(naive(input)))) {
      t.strictSame(sorted(heard), sorted(naive(input)), where);
    }
    for (const [id, sources] of heard) if (sources.has(id)) t.fail(`${where}: ${id} hears itself`);
    for (const { id } of room.filter(({ muted }) => muted)) {
      for (const sources of heard.values()) if (sources.has(id)) t.fail(`${where}: muted ${id} is heard`);
    }
    const ids = plan.hearers.map(({ id }) => id);
    if (ids.join() !== room.map(({ id }) => id).join()) t.fail(`${where}: hearers are not the members`);
    for (const { hears, forward } of plan.hearers) {
      const sources = hears.map(({ from }) => JSON.stringify(from));
      if (new Set(sources).size !== sources.length) t.fail(`${where}: heard twice`);
      const bused = hears.some(({ from }) => from.kind === 'bus');
      if (forward !== (bused && hears.length === 1)) t.fail(`${where}: forward without exactly one bus`);
      if (bused && hears.length !== 1) t.fail(`${where}: a bus and something else`);
    }
  }
  t.ok(withBus > 100, `${withBus} of 600 rooms had a bus`);
  t.end();
});

void t.test('a big room is planned quickly', (t) => {
  const room = members(300, (id) => ({ muted: id > 5 }));
  planMix({ members: room });
  const start = process.hrtime.bigint();
  for (let round = 0; round < 20; round++) planMix({ members: room });
  const ms = Number(process.hrtime.bigint() - start) / 20e6;
  t.ok(ms < 20, `300 members with 5 talkers: ${ms.toFixed(2)} ms`);
  t.end();
});
