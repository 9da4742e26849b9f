import t from 'tap';
import {
  ActualMix,
  anchorTag,
  announcerOutput,
  backgroundOutput,
  busOutput,
  diffMix,
  soundsOutput,
  type Bent,
  type BusMix,
  type LegMix,
  type MixCommand,
  type RoomMix,
} from '../../src/rtp/mix-diff.js';

function leg(hears: readonly string[], mixed = true, bent?: Bent): LegMix {
  return { mixed, bent, hears: new Set(hears) };
}

function mix(legs: Record<string, LegMix>, buses: Record<string, BusMix> = {}, announcer = false): RoomMix {
  return { legs: new Map(Object.entries(legs)), buses: new Map(Object.entries(buses)), announcer };
}

/** Carries a change out as rtpengine would, phase by phase, and returns all commands. */
function carryOut(actual: ActualMix, wanted: RoomMix): MixCommand[] {
  const commands = diffMix(actual, wanted).phases.flat(2);
  for (const command of commands) actual.carriedOut(command);
  return commands;
}

function after(...steps: RoomMix[]): { actual: ActualMix; commands: MixCommand[] } {
  const actual = new ActualMix();
  let commands: MixCommand[] = [];
  for (const step of steps) commands = carryOut(actual, step);
  return { actual, commands };
}

function shape(room: RoomMix): unknown {
  const legs = [...room.legs].map(([tag, { mixed, bent, hears }]) => [tag, mixed, bent, [...hears].sort()]);
  const buses = [...room.buses].map(([tag, { codec, hears }]) => [tag, codec, [...hears].sort()]);
  return [legs.sort(), buses.sort(), room.announcer];
}

const three = mix({ a: leg(['b', 'c']), b: leg(['a', 'c']), c: leg(['a', 'b']) });

void t.test(
  'a room of three opens its legs, connects each hearer once and then leads the phones in',
  async (t) => {
    const { phases } = diffMix(new ActualMix(), three);
    t.same(
      phases.map((phase) => phase.flat().map((command) => command.kind)),
      [
        ['open-leg', 'open-leg', 'open-leg'],
        ['connect', 'connect', 'connect'],
        ['patch', 'patch', 'patch'],
      ],
    );
  },
);

void t.test('nothing is sent when nothing changed', async (t) => {
  t.equal(diffMix(after(three).actual, three).count, 0);
});

void t.test('muting is one disconnect for each hearer and nothing else', async (t) => {
  const { commands } = after(three, mix({ a: leg(['b', 'c']), b: leg(['c']), c: leg(['b']) }));
  t.same(commands, [
    { kind: 'disconnect', from: 'a', to: 'b' },
    { kind: 'disconnect', from: 'a', to: 'c' },
  ]);
});

void t.test('a newcomer hears all by one connect and is heard by one each', async (t) => {
  const { commands } = after(
    three,
    mix({
      a: leg(['b', 'c', 'd']),
      b: leg(['a', 'c', 'd']),
      c: leg(['a', 'b', 'd']),
      d: leg(['a', 'b', 'c']),
    }),
  );
  t.same(commands, [
    { kind: 'open-leg', tag: 'd', mixed: true, bent: undefined },
    { kind: 'connect', from: ['d'], to: 'a', mixed: true },
    { kind: 'connect', from: ['d'], to: 'b', mixed: true },
    { kind: 'connect', from: ['d'], to: 'c', mixed: true },
    { kind: 'connect', from: ['a', 'b', 'c'], to: 'd', mixed: true },
    { kind: 'patch', tag: 'd' },
  ]);
});

void t.test('who leaves is closed, without a disconnect in any ear', async (t) => {
  const { commands, actual } = after(three, mix({ a: leg(['b']), b: leg(['a']) }));
  t.same(commands, [{ kind: 'close-leg', tag: 'c', mixed: true }]);
  t.same([...(actual.legs.get('a')?.hears ?? [])], ['b']);
});

void t.test('who hears nobody is connected to the anchor, which starts its player', async (t) => {
  const { commands } = after(mix({ a: leg([]) }));
  t.same(commands[1], { kind: 'connect', from: [anchorTag], to: 'a', mixed: true });
});

void t.test('a listener of a bus is connected to its output without a player', async (t) => {
  const bus = { codec: 'PCMU', hears: new Set(['a']) };
  const { commands } = after(mix({ a: leg([]), l: leg([busOutput('x')], false) }, { x: bus }));
  t.same(
    commands.filter((command) => command.kind === 'connect'),
    [
      { kind: 'connect', from: ['a'], to: 'x', mixed: true },
      { kind: 'connect', from: [anchorTag], to: 'a', mixed: true },
      { kind: 'connect', from: [busOutput('x')], to: 'l', mixed: false },
    ],
  );
});

void t.test('promotion connects before it disconnects, demotion the other way round', async (t) => {
  const bus = { x: { codec: 'PCMU', hears: new Set(['a', 'b']) } };
  const listening = mix({ a: leg(['b']), b: leg(['a']), l: leg([busOutput('x')], false) }, bus);
  const talking = mix({ a: leg(['b']), b: leg(['a']), l: leg(['a', 'b']) }, bus);
  t.same(after(listening, talking).commands, [
    { kind: 'connect', from: ['a', 'b'], to: 'l', mixed: true },
    { kind: 'disconnect', from: busOutput('x'), to: 'l' },
  ]);
  t.same(after(talking, listening).commands, [
    { kind: 'disconnect', from: 'a', to: 'l' },
    { kind: 'disconnect', from: 'b', to: 'l' },
    { kind: 'connect', from: [busOutput('x')], to: 'l', mixed: false },
  ]);
});

void t.test(
  'a listener to whom a sound is played is mixed for that time, from the same source',
  async (t) => {
    const bus = { x: { codec: 'PCMU', hears: new Set(['a']) } };
    const forwarded = mix({ a: leg([]), l: leg([busOutput('x')], false) }, bus);
    const mixed = mix({ a: leg([]), l: leg([busOutput('x')]) }, bus);
    t.same(after(forwarded, mixed).commands, [{ kind: 'connect', from: [anchorTag], to: 'l', mixed: true }]);
    t.same(after(mixed, forwarded).commands, [
      { kind: 'connect', from: [busOutput('x')], to: 'l', mixed: false },
    ]);
  },
);

void t.test('the background is opened once, and stays when nobody hears it any more', async (t) => {
  const heard = { ...mix({ a: leg([backgroundOutput]) }), background: true };
  const { actual, commands } = after(heard);
  t.same(commands[0], { kind: 'open-background' });
  t.same(
    carryOut(actual, mix({ a: leg([]) })).map(({ kind }) => kind),
    ['disconnect'],
  );
  t.same(
    carryOut(actual, heard).map(({ kind }) => kind),
    ['connect'],
  );
});

void t.test('the announcer is opened before it is heard', async (t) => {
  const { commands } = after(mix({ a: leg([announcerOutput]) }, {}, true));
  t.same(commands[0], { kind: 'open-announcer' });
});

void t.test('a bend reroutes the leg and touches no edge', async (t) => {
  const bent = { talkGain: 3, listenGain: 0, gate: 0, generation: 1 };
  const bending = (bent?: Bent) =>
    mix({ a: leg(['b', 'c'], true, bent), b: leg(['a', 'c']), c: leg(['a', 'b']) });
  t.same(after(three, bending(bent)).commands, [{ kind: 'bend', tag: 'a', bent }]);
  t.same(after(bending(bent), bending({ ...bent })).commands, []);
  const louder = { ...bent, talkGain: 6 };
  t.same(after(bending(bent), bending(louder)).commands, [{ kind: 'adjust', tag: 'a', bent: louder }]);
  t.same(after(bending(bent), bending(louder), bending(louder)).commands, [], 'once');
  const next = { ...bent, generation: 2 };
  t.same(after(bending(bent), bending(next)).commands, [{ kind: 'bend', tag: 'a', bent: next }]);
  t.same(after(bending(bent), three).commands, [{ kind: 'bend', tag: 'a', bent: undefined }]);
});

void t.test('a closed bus is taken out of every ear', async (t) => {
  const bus = { x: { codec: 'PCMU', hears: new Set(['a']) } };
  const { commands, actual } = after(
    mix({ a: leg([]), l: leg([busOutput('x')]) }, bus),
    mix({ a: leg([]), l: leg(['a']) }),
  );
  t.same(commands, [
    { kind: 'connect', from: ['a'], to: 'l', mixed: true },
    { kind: 'close-bus', tag: 'x' },
  ]);
  t.same([...(actual.legs.get('l')?.hears ?? [])], ['a']);
});

/** The same walk every time: a failure can be looked at again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function randomBend(next: () => number): Bent | undefined {
  if (next() < 0.7) return undefined;
  return { talkGain: next() < 0.5 ? 0 : 3, listenGain: 0, gate: 0, generation: next() < 0.5 ? 1 : 2 };
}

function randomMix(next: () => number): RoomMix {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].filter(() => next() < 0.7);
  const busNames = ['x', 'y'].filter(() => next() < 0.5);
  const announcer = next() < 0.5;
  const buses = Object.fromEntries(
    busNames.map((name) => [name, { codec: 'PCMU', hears: new Set(names.filter(() => next() < 0.5)) }]),
  );
  const legs = Object.fromEntries(
    names.map((name) => {
      const bus = busNames[Math.floor(next() * busNames.length)];
      if (bus && next() < 0.4) return [name, leg([busOutput(bus)], next() < 0.2, randomBend(next))];
      const hears = names.filter((other) => other !== name && next() < 0.6);
      if (announcer && next() < 0.8) hears.push(announcerOutput);
      return [name, leg(hears, true, randomBend(next))];
    }),
  );
  return mix(legs, buses, announcer);
}

void t.test('after any walk through mixes the room is what was wanted last', async (t) => {
  const next = random(20_26);
  for (let walk = 0; walk < 300; walk++) {
    const actual = new ActualMix();
    for (let step = 0; step < 12; step++) {
      const wanted = randomMix(next);
      const commands = carryOut(actual, wanted);
      // The announcer is kept: it costs nothing while nothing is announced.
      const kept = { ...wanted, announcer: actual.announcer };
      if (JSON.stringify(shape(actual)) !== JSON.stringify(shape(kept))) {
        t.same(shape(actual), shape(kept), `walk ${walk}, step ${step}`);
        return;
      }
      for (const command of commands) {
        if (command.kind === 'connect' && command.from.length === 0) t.fail('an empty list of sources');
      }
      if (diffMix(actual, kept).count !== 0) t.fail('not at rest');
    }
  }
  t.pass('300 walks of 12 mixes');
});

void t.test('forty members who all talk are compared in a millisecond or so', async (t) => {
  const names = Array.from({ length: 40 }, (_, n) => `m${n}`);
  const wanted = mix(
    Object.fromEntries(names.map((name) => [name, leg(names.filter((other) => other !== name))])),
  );
  const { actual } = after(wanted);
  const begun = performance.now();
  for (let n = 0; n < 20; n++) diffMix(actual, wanted);
  t.ok((performance.now() - begun) / 20 < 10, `${((performance.now() - begun) / 20).toFixed(2)} ms`);
});

void t.test('a loop for sounds to one is opened after its leg, once, and goes with it', async (t) => {
  const played = { ...leg(['b', soundsOutput('a')]), sounds: true };
  const { commands: anew } = after(mix({ a: played, b: leg([]) }));
  t.same(
    anew.slice(0, 2).map((command) => [command.kind, 'tag' in command && command.tag]),
    [
      ['open-leg', 'a'],
      ['open-sounds', 'a'],
    ],
  );
  const { actual, commands } = after(mix({ a: leg(['b']), b: leg([]) }), mix({ a: played, b: leg([]) }));
  t.same(commands, [
    { kind: 'open-sounds', tag: 'a' },
    { kind: 'connect', from: [soundsOutput('a')], to: 'a', mixed: true },
  ]);
  t.same(carryOut(actual, mix({ a: played, b: leg([]) })), []);
  t.same(carryOut(actual, mix({ b: leg([]) })), [{ kind: 'close-leg', tag: 'a', mixed: true }]);
});
