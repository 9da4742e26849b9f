// What the feed tells, to whom, in which order, and what becomes of who was away.
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { ConferenceFeed, type FeedEvent } from '../../src/calls/conference-feed.js';
import { TalkWatch } from '../../src/calls/talk-watch.js';
import { Conference, type MemberId } from '../../src/conference/index.js';
import { documentWith } from '../conference/documents.js';
import { FakeClock } from '../conference/fake-clock.js';
import { listeningLog } from '../store/scratch.js';

function feedOf() {
  const clock = new FakeClock();
  const { log, lines } = listeningLog();
  const feed = new ConferenceFeed(clock, log);
  const begin = (id: string) => {
    const conference = new Conference({
      document: documentWith({ name: id }),
      instanceId: `run-${id}`,
      clock,
    });
    const taps = { on: 0, energy: 1500 };
    const talk = new TalkWatch({
      conference,
      clock,
      log,
      taps: () => ({
        listen: (listener) => {
          taps.on += listener ? 1 : -1;
          return Promise.resolve();
        },
        energyOf: (_: MemberId) => taps.energy,
        reviewLevel: () => undefined,
      }),
    });
    feed.follow({ id, conference, talk });
    const join = (callId: string) =>
      conference.join({
        callId,
        role: 'member',
        callerName: callId,
        callerNumber: '1',
        flags: { mute: false },
      });
    return { conference, taps, join };
  };
  return { feed, begin, clock, lines };
}

function told(feed: ConferenceFeed, topic: string, options = {}) {
  const events: FeedEvent[] = [];
  const stop = feed.subscribe(topic, (event) => events.push(event), options);
  const kinds = () =>
    events.map((event) => ('member' in event ? `${event.kind} ${event.member.id}` : event.kind));
  return { events, stop, kinds };
}

void t.test('everything that happens, in order, as it was then', async (t) => {
  const { feed, begin } = feedOf();
  const one = told(feed, 'a');
  const all = told(feed, 'all');
  const a = begin('a');
  const b = begin('b');
  a.join('x');
  a.join('y');
  b.join('z');
  a.conference.setMuted(1, true);
  a.conference.setMuted(1, false);
  a.conference.heard(2, true);
  a.conference.lock(true);
  a.conference.leave(1, 'hangup');
  a.conference.leave(2, 'kicked');
  t.same(one.events, [], 'nothing within the turn');
  await turn();
  t.same(one.kinds(), [
    'started',
    'member-joined 1',
    'member-joined 2',
    'member-changed 1',
    'member-changed 1',
    'talk-started 2',
    'locked',
    'member-left 1',
    'member-left 2',
    'conference-ended',
  ]);
  t.same(
    all.events.map(({ seq }) => seq),
    Array.from({ length: 12 }, (_, n) => n + 1),
  );
  t.match(one.events[3], { member: { muted: true }, what: 'muted', by: 'api' });
  t.match(one.events[4], { member: { muted: false } });
  t.match(one.events[5], {
    member: { talking: true, floor: true, energy: 1500, callId: 'y' },
    conference: { id: 'a', instanceId: 'run-a', name: 'a', participants: 2, locked: false },
  });
  t.match(one.events[6], { conference: { locked: true } });
  t.match(one.events[8], { member: { talking: false }, reason: 'kicked' });
  one.stop();
  all.stop();
  b.conference.lock(true);
  await turn();
  t.equal(all.events.length, 12, 'who has gone is told nothing');
});

void t.test('a snapshot, and what came after it', async (t) => {
  const { feed, begin } = feedOf();
  const a = begin('a');
  begin('b').join('z');
  a.join('x');
  const { epoch, seq, conferences } = feed.snapshot('a');
  t.match(conferences, [{ conference: { id: 'a' }, members: [{ id: 1, callId: 'x', talking: false }] }]);
  t.equal(feed.snapshot().conferences.length, 2);
  a.join('y');
  t.ok(feed.holds(epoch, seq));
  const late = told(feed, 'a', { after: seq });
  t.same(late.kinds(), ['member-joined 2'], 'what was missed comes first');
  a.conference.lock(true);
  await turn();
  t.same(late.kinds(), ['member-joined 2', 'locked'], 'and each once');
  t.notOk(feed.holds('another run of the box', seq));
  t.notOk(feed.holds(epoch, 1_000_000));
  for (let n = 0; n < 2500; n++) a.conference.lock(n % 2 === 0);
  t.notOk(feed.holds(epoch, seq), 'not for ever');
  t.ok(feed.holds(epoch, feed.snapshot().seq - 900));
});

void t.test('listens to who talks only while somebody wants to know', async (t) => {
  const { feed, begin, clock } = feedOf();
  const a = begin('a');
  const quiet = told(feed, 'a', { talk: false });
  t.equal(a.taps.on, 0);
  const first = told(feed, 'a');
  const second = told(feed, 'all');
  const b = begin('b');
  t.same([a.taps.on, b.taps.on], [1, 1]);
  a.join('x');
  a.join('y');
  a.conference.heard(1, true);
  first.stop();
  clock.advance(60_000);
  t.equal(a.taps.on, 1, 'one is left');
  second.stop();
  second.stop();
  clock.advance(29_000);
  t.equal(a.taps.on, 1, 'for a while longer');
  t.ok(a.conference.speech.talking.has(1));
  clock.advance(1000);
  t.same([a.taps.on, b.taps.on], [0, 0]);
  t.equal(a.conference.speech.talking.size, 0, 'nobody knows any more');
  a.conference.end();
  quiet.stop();
  t.equal(clock.pending, 0);
});

void t.test('a listener that fails harms nobody', async (t) => {
  const { feed, begin, lines } = feedOf();
  feed.subscribe('all', () => {
    throw new Error('oops');
  });
  const other = told(feed, 'all');
  begin('a').join('x');
  await turn();
  t.equal(other.events.length, 2);
  t.match(lines, [{ event: 'listener of the feed failed' }]);
});
