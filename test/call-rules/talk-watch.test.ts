// When the box listens to who is talking.
import t from 'tap';
import { TalkWatch } from '../../src/calls/talk-watch.js';
import { Conference } from '../../src/conference/index.js';
import type { TalkListener } from '../../src/rtp/index.js';
import { documentWith } from '../conference/documents.js';
import { FakeClock } from '../conference/fake-clock.js';
import { listeningLog } from '../store/scratch.js';

function watchOf(fails = false) {
  const clock = new FakeClock();
  const conference = new Conference({ document: documentWith(), instanceId: 'i', clock });
  const { log, lines } = listeningLog();
  const calls: string[] = [];
  let listener: TalkListener | undefined;
  const talk = new TalkWatch({
    conference,
    clock,
    log,
    taps: () => ({
      listen: (wanted) => {
        calls.push(wanted ? 'on' : 'off');
        listener = wanted;
        return fails ? Promise.reject(new Error('not now')) : Promise.resolve();
      },
      energyOf: (id) => 100 * id,
      reviewLevel: (id) => calls.push(`level ${id}`),
    }),
  });
  const join = (callId: string) =>
    conference.join({ callId, role: 'member', callerName: '', callerNumber: '', flags: { mute: false } });
  return { clock, conference, talk, calls, lines, join, listener: () => listener };
}

void t.test('who asks again and again causes one beginning', async (t) => {
  const { talk, calls, clock, join, conference, listener } = watchOf();
  join('x');
  t.equal(talk.energyOf(1), 0, 'nobody listens');
  for (let n = 0; n < 5; n++) {
    await talk.look();
    clock.advance(20_000);
  }
  t.same(calls, ['on']);
  t.equal(talk.energyOf(1), 100);
  listener()?.heard(1, true);
  t.ok(conference.speech.talking.has(1));
  clock.advance(10_000);
  t.same(calls, ['on', 'off']);
  t.equal(conference.speech.talking.size, 0);
  t.equal(talk.energyOf(1), 0);
});

void t.test('levels: the member’s own, the usual one where there is none', (t) => {
  const { talk, calls, join, conference, listener } = watchOf();
  join('x');
  conference.setEnergyLevel(1, 300);
  const release = talk.hold();
  t.equal(listener()?.levelOf(1), 300);
  conference.setEnergyLevel(1, 0);
  t.equal(listener()?.levelOf(1), 20);
  t.equal(listener()?.levelOf(9), 20);
  t.same(calls, ['on', 'level 1']);
  release();
  t.end();
});

void t.test('taps that fail are logged; who asks gets an answer', async (t) => {
  const { talk, lines } = watchOf(true);
  await talk.look();
  t.match(lines, [{ event: 'talking not heard yet', fields: { error: 'not now' } }]);
});

void t.test('nothing is left of a conference that has ended', async (t) => {
  const { talk, clock, join, conference } = watchOf();
  join('x');
  const release = talk.hold();
  await talk.look();
  conference.leave(1, 'hangup');
  release();
  t.equal(clock.pending, 0);
});
