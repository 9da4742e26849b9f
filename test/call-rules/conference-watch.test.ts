import t from 'tap';
import { ConferenceWatch } from '../../src/calls/index.js';
import { ConferenceFeed, type FedConference } from '../../src/calls/conference-feed.js';
import { Conference } from '../../src/conference/index.js';
import { silentLog } from '../../src/log.js';
import { FakeClock } from '../conference/fake-clock.js';
import { documentOf } from '../store/scratch.js';

function start() {
  const clock = new FakeClock();
  const feed = new ConferenceFeed(clock, silentLog);
  const watch = new ConferenceWatch({ clock, feed });
  /** Who asks for talking, by conference. */
  const listening = new Map<string, number>();
  const count = (id: string, by: number) => listening.set(id, (listening.get(id) ?? 0) + by);
  const begin = (id: string): Conference => {
    const conference = new Conference({ document: documentOf(), instanceId: id, clock });
    const talk = {
      hold: () => {
        count(id, 1);
        return () => count(id, -1);
      },
      energyOf: () => 0,
    };
    feed.follow({ id, conference, talk } as unknown as FedConference);
    return conference;
  };
  const join = (conference: Conference) =>
    conference.join({ callId: 'c', role: 'member', callerName: '', callerNumber: '' });
  /** What happened is told after the turn, and then waits for the rest of its time. */
  const pass = async (ms = 250) => {
    await new Promise(setImmediate);
    clock.advance(ms);
  };
  return { clock, watch, begin, join, pass, listening };
}

void t.test('many changes at once are one, at most four a second', async (t) => {
  const { clock, watch, begin, join, pass } = start();
  const conference = begin('a');
  let seen = 0;
  const stop = watch.watch('a', () => seen++);
  for (let count = 0; count < 30; count++) join(conference);
  t.equal(seen, 0);
  await pass();
  t.equal(seen, 1);
  await pass(10_000);
  t.equal(seen, 1, 'nothing happens without a change');
  for (let step = 0; step < 100; step++) {
    conference.setMuted(1, step % 2 === 0);
    await pass(10);
  }
  t.equal(seen, 4);
  await pass();
  t.equal(seen, 5, 'the last change is told too');
  conference.lock(true);
  await pass(100);
  stop();
  conference.lock(false);
  await pass(1000);
  t.equal(seen, 5);
  t.equal(clock.pending, 0, 'waits for nothing while nobody watches');
});

void t.test('conferences that begin, end and begin again are followed', async (t) => {
  const { watch, begin, join, pass } = start();
  let [one, all] = [0, 0];
  watch.watch('a', () => one++);
  watch.watch(undefined, () => all++);
  const first = begin('a');
  join(first);
  await pass();
  t.same([one, all], [1, 1]);
  first.end();
  await pass();
  t.same([one, all], [2, 2]);
  join(begin('a'));
  join(begin('b'));
  await pass();
  t.same([one, all], [3, 3]);
});

void t.test('who talks is listened to for who watches one conference', async (t) => {
  const { watch, begin, join, pass, listening } = start();
  let [one, all] = [0, 0];
  const conference = begin('a');
  const { id } = join(conference);
  const stopAll = watch.watch(undefined, () => all++);
  t.equal(listening.get('a') ?? 0, 0, 'who watches all asks for no talking');
  const stopOne = watch.watch('a', () => one++);
  t.equal(listening.get('a'), 1);
  await pass();
  [one, all] = [0, 0];
  conference.setMuted(id, false);
  await pass();
  t.same([one, all], [1, 1]);
  conference.heard(id, true);
  await pass();
  t.same([one, all], [2, 1], 'and is not told of it');
  stopOne();
  stopAll();
  t.equal(listening.get('a'), 0);
});
