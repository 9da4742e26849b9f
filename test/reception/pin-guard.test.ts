import t from 'tap';
import { callerKeyOf, PinGuard, type PinGuardOptions } from '../../src/reception/index.js';
import { FakeClock } from '../conference/fake-clock.js';

function guarding(options: Partial<PinGuardOptions> = {}) {
  const clock = new FakeClock();
  const guard = new PinGuard({ clock, ...options });
  const facts: unknown[] = [];
  for (const name of ['wrong', 'blocked', 'conference-slowed'] as const) {
    guard.on(name, (fact: unknown) => facts.push([name, fact]));
  }
  const delay = (caller: string, conference = 'c') => {
    const verdict = guard.check(caller, conference);
    return verdict.kind === 'go' ? verdict.delayMs : verdict.kind;
  };
  return { clock, guard, facts, delay };
}

const minute = 60_000;

void t.test('three are free, then the wait doubles up to 8 s, and ten are a block of 15 minutes', (t) => {
  const { clock, guard, delay, facts } = guarding();
  const delays: (number | string)[] = [];
  for (let count = 0; count < 10; count++) {
    delays.push(delay('a'));
    guard.wrong('a', 'c');
  }
  t.strictSame(delays, [0, 0, 0, 1000, 2000, 4000, 8000, 8000, 8000, 8000]);
  t.equal(delay('a'), 'blocked');
  t.equal(delay('a', 'another conference'), 'blocked');
  t.equal(delay('b'), 0, 'nobody else is');
  t.strictSame(facts.at(-1), [
    'blocked',
    { callerKey: 'a', conferenceId: 'c', untilMs: clock.now() + 15 * minute },
  ]);
  clock.advance(15 * minute - 1);
  t.equal(delay('a'), 'blocked');
  clock.advance(1);
  t.equal(delay('a'), 0);
  t.end();
});

void t.test('wrong PINs are forgotten after 15 minutes', (t) => {
  const { clock, guard, delay } = guarding();
  for (let count = 0; count < 9; count++) guard.wrong('a', 'c');
  clock.advance(15 * minute);
  t.equal(delay('a'), 0);
  guard.wrong('a', 'c');
  t.equal(delay('a'), 0, 'and do not add up to a block');
  t.end();
});

void t.test('a right PIN forgives what was wrong for this conference only', (t) => {
  const { guard, delay } = guarding();
  for (let count = 0; count < 4; count++) guard.wrong('a', 'c');
  for (let count = 0; count < 4; count++) guard.wrong('a', 'd');
  t.equal(delay('a'), 8000);
  guard.right('a', 'c');
  t.equal(delay('a'), 2000);
  guard.right('a', 'd');
  t.equal(delay('a'), 0);
  guard.right('never seen', 'c');
  t.end();
});

void t.test('a conference guessed at from everywhere is slow for all, and refuses nobody', (t) => {
  const { clock, guard, delay, facts } = guarding();
  for (let count = 0; count < 49; count++) guard.wrong(`caller ${count}`, 'c');
  t.equal(delay('honest'), 0);
  guard.wrong('caller 49', 'c');
  t.equal(delay('honest'), 2000);
  t.equal(delay('honest', 'd'), 0, 'no other conference is');
  for (let count = 50; count < 500; count++) guard.wrong(`caller ${count}`, 'c');
  t.equal(delay('honest'), 2000);
  guard.right('honest', 'c');
  t.equal(delay('honest'), 2000, 'one right PIN does not end it');
  const slowed = facts.filter((fact) => (fact as unknown[])[0] === 'conference-slowed');
  t.strictSame(slowed, [['conference-slowed', { conferenceId: 'c', recent: 50 }]], 'said once');
  clock.advance(15 * minute);
  t.equal(delay('honest'), 0);
  t.end();
});

void t.test('the table is bounded, the oldest go first', (t) => {
  const { guard, delay } = guarding({ tableSize: 3 });
  for (const caller of ['a', 'b', 'c']) for (let count = 0; count < 4; count++) guard.wrong(caller, caller);
  guard.wrong('a', 'a');
  guard.wrong('d', 'd');
  t.equal(delay('b'), 0, 'forgotten');
  t.equal(delay('a'), 4000, 'kept: its last wrong PIN was newer');
  t.equal(delay('c'), 2000);
  t.end();
});

void t.test('facts name the count', (t) => {
  const { guard, facts } = guarding();
  guard.wrong('a', 'c');
  guard.wrong('a', 'c');
  t.strictSame(facts, [
    ['wrong', { callerKey: 'a', conferenceId: 'c', recent: 1 }],
    ['wrong', { callerKey: 'a', conferenceId: 'c', recent: 2 }],
  ]);
  t.end();
});

void t.test('who changes the number is counted by the address, four times as patiently', (t) => {
  const { guard, delay, facts } = guarding();
  const caller = (number: number) => callerKeyOf('10.0.0.1', `20${number}`);
  for (let number = 0; number < 12; number++) guard.wrong(caller(number), 'c');
  t.equal(delay(caller(99)), 1000, 'slowed after 12');
  t.equal(delay(callerKeyOf('10.0.0.2', '200')), 0, 'another address is not');
  for (let number = 12; number < 40; number++) guard.wrong(caller(number), 'c');
  t.equal(delay(caller(99)), 'blocked');
  t.equal(facts.filter((fact) => (fact as unknown[])[0] === 'blocked').length, 1);
  t.end();
});

void t.test('one who guesses does not block the colleagues behind the same address', (t) => {
  const { guard, delay } = guarding();
  for (let count = 0; count < 10; count++) guard.wrong(callerKeyOf('10.0.0.1', '201'), 'c');
  t.equal(delay(callerKeyOf('10.0.0.1', '201')), 'blocked');
  t.equal(delay(callerKeyOf('10.0.0.1', '202')), 0);
  t.end();
});
