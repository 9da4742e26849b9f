import t from 'tap';
import { ConferenceWatch } from '../../src/calls/index.js';
import type { RunningConference } from '../../src/calls/running-conference.js';
import { Conference } from '../../src/conference/index.js';
import { FakeClock } from '../conference/fake-clock.js';
import { documentOf } from '../store/scratch.js';

function start() {
  const clock = new FakeClock();
  const running = new Map<string, RunningConference>();
  const feed = new ConferenceWatch({
    clock,
    running: { get: (id) => running.get(id), all: () => [...running.values()] },
  });
  const begin = (id: string): Conference => {
    const conference = new Conference({ document: documentOf(), instanceId: id, clock });
    running.set(id, { id, conference } as unknown as RunningConference);
    conference.on('conference-ended', () => running.delete(id));
    return conference;
  };
  const join = (conference: Conference) =>
    conference.join({ callId: 'c', role: 'member', callerName: '', callerNumber: '' });
  return { clock, feed, begin, join };
}

void t.test('many changes at once are one, at most four a second', (t) => {
  const { clock, feed, begin, join } = start();
  const conference = begin('a');
  let seen = 0;
  const stop = feed.watch('a', () => seen++);
  for (let count = 0; count < 30; count++) join(conference);
  t.equal(seen, 0);
  clock.advance(250);
  t.equal(seen, 1);
  clock.advance(10_000);
  t.equal(seen, 1, 'nothing happens without a change');
  for (let step = 0; step < 100; step++) {
    conference.setMuted(1, step % 2 === 0);
    clock.advance(10);
  }
  t.equal(seen, 5);
  stop();
  t.equal(clock.pending, 0, 'looks at nothing while nobody watches');
  t.end();
});

void t.test('conferences that begin, end and begin again are followed', (t) => {
  const { clock, feed, begin, join } = start();
  let [one, all] = [0, 0];
  feed.watch('a', () => one++);
  feed.watch(undefined, () => all++);
  const first = begin('a');
  clock.advance(250);
  t.same([one, all], [1, 1]);
  join(first);
  first.end();
  clock.advance(250);
  t.same([one, all], [2, 2]);
  join(begin('a'));
  join(begin('b'));
  clock.advance(250);
  t.same([one, all], [3, 3]);
  first.removeAllListeners();
  t.end();
});
