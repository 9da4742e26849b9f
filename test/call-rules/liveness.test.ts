import t from 'tap';
import { Liveness } from '../../src/calls/liveness.js';
import { FakeClock } from '../conference/fake-clock.js';

/** Lets what was promised in this turn happen. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

function watching(wish: { answers?: boolean | 'never'; silenceMs?: number | undefined } = {}) {
  const clock = new FakeClock();
  const facts = {
    answers: wish.answers ?? false,
    silenceMs: wish.silenceMs as number | undefined,
    asked: 0,
    dead: 0,
  };
  if (!('silenceMs' in wish)) facts.silenceMs = 60_000;
  const liveness = new Liveness({
    clock,
    limitMs: 60_000,
    probe: () => {
      facts.asked += 1;
      return facts.answers === 'never' ? new Promise(() => undefined) : Promise.resolve(facts.answers);
    },
    silence: () => Promise.resolve(facts.silenceMs),
    onDead: () => (facts.dead += 1),
  });
  return { clock, facts, liveness };
}

void t.test('silent and without an answer: dead', async (t) => {
  const { facts, liveness } = watching();
  liveness.silent();
  await settle();
  t.strictSame([facts.asked, facts.dead], [1, 1]);
});

void t.test('no answer within the second half of the time is none', async (t) => {
  const { clock, facts, liveness } = watching({ answers: 'never' });
  liveness.silent();
  clock.advance(29_999);
  await settle();
  t.equal(facts.dead, 0);
  clock.advance(1);
  await settle();
  t.equal(facts.dead, 1);
});

void t.test('silent but answering: asked again as long as it stays silent', async (t) => {
  const { clock, facts, liveness } = watching({ answers: true });
  liveness.silent();
  await settle();
  t.strictSame([facts.asked, facts.dead], [1, 0]);
  clock.advance(30_000);
  await settle();
  t.equal(facts.asked, 2);
  facts.silenceMs = 1000;
  clock.advance(30_000);
  await settle();
  t.equal(facts.asked, 2, 'one that is heard again is left in peace');
  t.equal(clock.pending, 0);
});

void t.test('heard while it was being asked, or not known: alive', async (t) => {
  for (const silenceMs of [500, undefined]) {
    const { facts, liveness } = watching({ silenceMs });
    liveness.silent();
    await settle();
    t.equal(facts.dead, 0);
    liveness.stop();
  }
});

void t.test('a phone on hold is asked without being reported', async (t) => {
  const { clock, facts, liveness } = watching({ answers: true });
  liveness.held(true);
  clock.advance(30_000);
  await settle();
  t.equal(facts.asked, 1);
  facts.answers = false;
  clock.advance(30_000);
  await settle();
  t.strictSame([facts.asked, facts.dead], [2, 1]);
});

void t.test('once stopped it does nothing', async (t) => {
  const { clock, facts, liveness } = watching();
  liveness.held(true);
  liveness.stop();
  liveness.silent();
  clock.advance(120_000);
  await settle();
  t.strictSame([facts.asked, facts.dead], [0, 0]);
});
