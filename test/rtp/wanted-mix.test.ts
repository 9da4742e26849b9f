import t from 'tap';
import type { Edge, Hearer, MemberId, MixPlan, Source } from '../../src/conference/types.js';
import {
  announcerOutput,
  backgroundOutput,
  busOutput,
  evenBus,
  soundsOutput,
} from '../../src/rtp/mix-diff.js';
import { wantedMix, type LegFacts } from '../../src/rtp/wanted-mix.js';

const edge = (from: Source): Edge => ({ from, gain: 0 });
const member = (id: MemberId): Source => ({ kind: 'member', id });
const bus = (id: string): Source => ({ kind: 'bus', id });
const announcer: Source = { kind: 'announcer' };
const hearer = (id: MemberId, hears: readonly Source[], forward = false): Hearer => ({
  id,
  hears: hears.map(edge),
  forward,
});
const plan = (
  hearers: readonly Hearer[],
  buses: MixPlan['buses'] = [],
  bends: MixPlan['bends'] = [],
): MixPlan => ({
  hearers,
  buses,
  bends,
});

/** What others hear of a member. */
const said = (id: MemberId): string => busOutput(evenBus(`t${id}`));

function facts(
  inners: readonly LegFacts['inner'][],
  playing: readonly MemberId[] = [],
): Map<MemberId, LegFacts> {
  return new Map(
    inners.map((inner, n) => [n + 1, { tag: `t${n + 1}`, inner, playing: playing.includes(n + 1) }]),
  );
}

const quiet = { announcer: false, relay: 0 };

void t.test('edges become tags; oneself and strangers are left out', async (t) => {
  const mix = wantedMix(plan([hearer(1, [member(1), member(2), member(9)])]), facts(['PCMU', 'PCMU']), quiet);
  t.same([...(mix.legs.get('t1')?.hears ?? [])], [said(2)]);
  t.same([...(mix.legs.get('t2')?.hears ?? ['?'])], [], 'who is not in the plan hears nobody');
});

void t.test('a bus is made once for each codec among its hearers', async (t) => {
  const mix = wantedMix(
    plan(
      [
        hearer(1, [member(2)]),
        hearer(2, [bus('b')], true),
        hearer(3, [bus('b')], true),
        hearer(4, [bus('b')], true),
      ],
      [{ id: 'b', inputs: [member(1)] }],
    ),
    facts(['PCMU', 'PCMU', 'PCMA', 'PCMA']),
    quiet,
  );
  t.same([...mix.buses.keys()].sort(), ['bus-b-PCMA', 'bus-b-PCMU', evenBus('t1'), evenBus('t2')].sort());
  t.same([...(mix.legs.get('t2')?.hears ?? [])], [busOutput('bus-b-PCMU')]);
  t.same([...(mix.legs.get('t4')?.hears ?? [])], [busOutput('bus-b-PCMA')]);
  t.equal(mix.legs.get('t4')?.mixed, false);
});

void t.test('a bus that nobody hears is not made', async (t) => {
  const mix = wantedMix(plan([hearer(1, [])], [{ id: 'b', inputs: [member(1)] }]), facts(['PCMU']), quiet);
  t.equal(mix.buses.size, 0);
});

void t.test('a bus that feeds itself does not loop', async (t) => {
  const mix = wantedMix(
    plan(
      [hearer(1, [bus('a')], true)],
      [
        { id: 'a', inputs: [bus('a'), bus('b'), member(2)] },
        { id: 'b', inputs: [member(2)] },
      ],
    ),
    facts(['PCMU', 'PCMU']),
    quiet,
  );
  t.same([...(mix.buses.get('bus-a-PCMU')?.hears ?? [])].sort(), [busOutput('bus-b-PCMU'), said(2)]);
});

void t.test('forward with anything but one bus is a mix after all', async (t) => {
  const mix = wantedMix(
    plan([hearer(1, [bus('b'), member(2)], true), hearer(2, [], true)], [{ id: 'b', inputs: [member(2)] }]),
    facts(['PCMU', 'PCMU']),
    quiet,
  );
  t.equal(mix.legs.get('t1')?.mixed, true);
  t.equal(mix.legs.get('t2')?.mixed, true);
});

void t.test('who is played to alone is mixed while it lasts', async (t) => {
  const mix = wantedMix(
    plan([hearer(1, [bus('b')], true), hearer(2, [])], [{ id: 'b', inputs: [member(2)] }]),
    facts(['PCMU', 'PCMU'], [1]),
    quiet,
  );
  t.equal(mix.legs.get('t1')?.mixed, true);
  t.same([...(mix.legs.get('t1')?.hears ?? [])], [busOutput('bus-b-PCMU')]);
});

void t.test('an open announcer is heard by all, by listeners of a bus through the bus', async (t) => {
  const mix = wantedMix(
    plan(
      [hearer(1, [member(2)]), hearer(2, []), hearer(3, [bus('b')], true)],
      [{ id: 'b', inputs: [member(1)] }],
    ),
    facts(['PCMU', 'PCMU', 'PCMU']),
    { announcer: true, relay: 0 },
  );
  t.same([...(mix.legs.get('t1')?.hears ?? [])], [said(2), announcerOutput]);
  t.same([...(mix.legs.get('t2')?.hears ?? [])], [announcerOutput]);
  t.same([...(mix.legs.get('t3')?.hears ?? [])], [busOutput('bus-b-PCMU')]);
  t.equal(mix.legs.get('t3')?.mixed, false);
  t.same([...(mix.buses.get('bus-b-PCMU')?.hears ?? [])], [said(1), announcerOutput]);
});

void t.test('where the plan names the announcer, only those hear it, and only once it is open', async (t) => {
  const named = plan([hearer(1, [member(2), announcer]), hearer(2, [member(1)])]);
  const open = wantedMix(named, facts(['PCMU', 'PCMU']), { announcer: true, relay: 0 });
  t.same([...(open.legs.get('t1')?.hears ?? [])], [said(2), announcerOutput]);
  t.same([...(open.legs.get('t2')?.hears ?? [])], [said(1)]);
  const closed = wantedMix(named, facts(['PCMU', 'PCMU']), quiet);
  t.same([...(closed.legs.get('t1')?.hears ?? [])], [said(2)]);
});

void t.test('bends need the relay', async (t) => {
  const bent = plan([hearer(1, [])], [], [{ id: 1, talkGain: 6, listenGain: 0, gate: 0 }]);
  t.equal(wantedMix(bent, facts(['PCMU']), quiet).legs.get('t1')?.bent, undefined);
  t.strictSame(wantedMix(bent, facts(['PCMU']), { announcer: false, relay: 3 }).legs.get('t1')?.bent, {
    talkGain: 6,
    listenGain: 0,
    gate: 0,
    generation: 3,
  });
});

void t.test('the recorder is one more hearer, mixed for it alone', async (t) => {
  const recorded = {
    ...plan([hearer(1, [member(2)]), hearer(2, [])]),
    recorder: [member(1), member(2), bus('b')],
  };
  const members = facts(['PCMU', 'L16/16000']);
  t.same([...wantedMix(recorded, members, quiet).legs.keys()], ['t1', 't2'], 'none is there');
  const options = { announcer: true, relay: 0, recorder: 'rec' };
  const leg = wantedMix(recorded, members, options).legs.get('rec');
  t.match(leg, { mixed: true, bent: undefined });
  t.same(
    [...(leg?.hears ?? [])],
    [said(1), said(2), announcerOutput],
    'and the announcer, which nobody names',
  );
  const bused = { ...recorded, buses: [{ id: 'b', inputs: [member(1)] }] };
  t.ok(wantedMix(bused, members, options).buses.has('bus-b-L16/16000'), 'a bus in its own codec');
  t.notOk(wantedMix(plan([hearer(1, [])]), members, options).legs.has('rec'), 'the plan records nothing');
  t.equal(wantedMix(recorded, new Map(), options).legs.size, 0, 'an empty room records nothing');
});

void t.test('the background is heard by whoever hears the announcer, but for the recorder', async (t) => {
  const members = facts(['PCMU', 'PCMU', 'PCMU']);
  const options = { announcer: false, background: true, relay: 0, recorder: 'rec' };
  const named: MixPlan = {
    ...plan(
      [hearer(1, [member(2), announcer]), hearer(2, []), hearer(3, [bus('b')], true)],
      [{ id: 'b', inputs: [member(1), announcer] }],
    ),
    recorder: [member(1), announcer],
  };
  const mix = wantedMix(named, members, options);
  t.equal(mix.background, true);
  t.same([...(mix.legs.get('t1')?.hears ?? [])], [said(2), backgroundOutput]);
  t.same([...(mix.legs.get('t2')?.hears ?? [])], [], 'who is held or waits hears nothing');
  t.match(mix.legs.get('t3'), { mixed: false }, 'a listener is forwarded the bus as before');
  t.same([...(mix.buses.get('bus-b-PCMU')?.hears ?? [])], [said(1), backgroundOutput]);
  t.same([...(mix.legs.get('rec')?.hears ?? [])], [said(1)]);

  const unnamed = wantedMix({ ...plan([hearer(1, [])]), recorder: [member(1)] }, members, options);
  t.same([...(unnamed.legs.get('t1')?.hears ?? [])], [backgroundOutput]);
  t.same([...(unnamed.legs.get('rec')?.hears ?? [])], [said(1)]);
  const both = wantedMix(named, members, { ...options, announcer: true });
  t.same([...(both.legs.get('t1')?.hears ?? [])], [said(2), announcerOutput, backgroundOutput]);
});

void t.test('who is heard speaks into a bus of his own, which stays when he is muted', async (t) => {
  const members = facts(['PCMU', 'L16/16000']);
  const heard = wantedMix(plan([hearer(1, [member(2)]), hearer(2, [])]), members, quiet);
  t.strictSame([...heard.buses], [[evenBus('t2'), { codec: 'L16/16000', hears: new Set(['t2']) }]]);
  const spoken = new Map([...members].map(([id, leg]) => [id, { ...leg, spoken: id === 2 }]));
  const muted = wantedMix(plan([hearer(1, []), hearer(2, [])]), spoken, quiet);
  t.strictSame(muted.buses, heard.buses);
  t.equal(muted.legs.get('t1')?.hears.size, 0);
});

void t.test(
  'the loop for sounds to one is heard by that one alone, and not beside a forwarded bus',
  async (t) => {
    const one = plan(
      [hearer(1, [member(2)]), hearer(2, []), hearer(3, [bus('b')], true)],
      [{ id: 'b', inputs: [member(2)] }],
    );
    const played = new Map(
      [...facts(['PCMU', 'PCMU', 'PCMU'])].map(([id, leg]) => [id, { ...leg, sounds: id !== 2 }]),
    );
    const mix = wantedMix(one, played, quiet);
    t.same([...(mix.legs.get('t1')?.hears ?? [])], [said(2), soundsOutput('t1')]);
    t.match(mix.legs.get('t2'), { sounds: false });
    t.match(mix.legs.get('t3'), { sounds: true, mixed: false });
    t.same([...(mix.legs.get('t3')?.hears ?? [])], [busOutput('bus-b-PCMU')]);
    const playing = new Map([...played].map(([id, leg]) => [id, { ...leg, playing: id === 3 }]));
    t.same(
      [...(wantedMix(one, playing, quiet).legs.get('t3')?.hears ?? [])],
      [busOutput('bus-b-PCMU'), soundsOutput('t3')],
    );
  },
);
