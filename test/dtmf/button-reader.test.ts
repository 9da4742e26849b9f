import t from 'tap';
import {
  ButtonReader,
  builtInGroups,
  parseGroup,
  type ControlGroup,
  type Digit,
} from '../../src/dtmf/index.js';
import { FakeClock } from '../conference/fake-clock.js';

function reading(group: ControlGroup, ignoreTerminatorUntil?: number) {
  const clock = new FakeClock();
  const actions: string[] = [];
  const reader = new ButtonReader({
    group,
    clock,
    pressed: ({ name }) => actions.push(name),
    ...(ignoreTerminatorUntil !== undefined && { ignoreTerminatorUntil }),
  });
  const type = (keys: string) => {
    for (const key of keys) reader.digit(key as Digit);
  };
  return { clock, actions, reader, type };
}

const group = (codes: Record<string, string>) =>
  parseGroup(Object.entries(codes).map(([digits, action]) => ({ digits, action }))).group;
const star = builtInGroups.get('star') ?? [];

void t.test('the default group: every key acts at once', (t) => {
  const { actions, type, clock } = reading(builtInGroups.get('default') ?? []);
  type('01*#A');
  t.strictSame(actions, ['mute-toggle', 'talk-down', 'deaf-mute-toggle', 'leave']);
  t.equal(clock.pending, 0);
  t.end();
});

void t.test('codes of two keys', (t) => {
  const { actions, type, clock } = reading(star);
  type('*');
  clock.advance(999);
  type('1');
  t.strictSame(actions, ['mute-toggle']);
  type('*');
  clock.advance(1000);
  type('1');
  t.strictSame(actions, ['mute-toggle'], 'too late');
  type('#');
  t.strictSame(actions, ['mute-toggle', 'leave']);
  t.equal(clock.pending, 0);
  t.end();
});

void t.test('a key that ends no code does not swallow what follows', (t) => {
  const { actions, type } = reading(star);
  type('*7*2**3');
  t.strictSame(actions, ['mute', 'unmute']);
  type('*#');
  t.strictSame(actions, ['mute', 'unmute', 'leave']);
  t.end();
});

void t.test('the longest code wins; a shorter one waits a second for it', (t) => {
  const { actions, type, clock } = reading(
    group({ '1': 'mute on', '12': 'deaf on', '1234': 'count', '3': 'lock' }),
  );
  type('1');
  t.strictSame(actions, []);
  clock.advance(1000);
  t.strictSame(actions.splice(0), ['mute']);
  type('12');
  clock.advance(1000);
  t.strictSame(actions.splice(0), ['deaf']);
  type('1234');
  t.strictSame(actions.splice(0), ['count']);
  type('123');
  clock.advance(1000);
  t.strictSame(actions.splice(0), ['deaf', 'lock-toggle'], 'what remains is read too');
  type('125');
  t.strictSame(actions.splice(0), ['deaf']);
  type('11');
  t.strictSame(actions.splice(0), ['mute'], 'the second one waits');
  clock.advance(1000);
  t.strictSame(actions, ['mute']);
  t.end();
});

void t.test('the wait begins anew with every key', (t) => {
  const { actions, type, clock } = reading(group({ '123': 'count' }));
  type('1');
  clock.advance(900);
  type('2');
  clock.advance(900);
  type('3');
  t.strictSame(actions, ['count']);
  t.end();
});

void t.test("the '#' of the PIN is not the '#' that leaves", (t) => {
  const first = reading(star, 1_003_000);
  first.clock.advance(2999);
  first.type('#');
  t.strictSame(first.actions, []);
  first.type('#');
  t.strictSame(first.actions, ['leave'], 'only one is');
  const late = reading(star, 1_003_000);
  late.clock.advance(3000);
  late.type('#');
  t.strictSame(late.actions, ['leave']);
  const second = reading(star, 1_003_000);
  second.type('*1#');
  t.strictSame(second.actions, ['mute-toggle', 'leave'], 'nor one after another key');
  t.end();
});

void t.test('stop, and another group', (t) => {
  const { actions, type, clock, reader } = reading(group({ '1': 'mute', '12': 'deaf' }));
  type('1');
  reader.stop();
  clock.advance(5000);
  t.strictSame(actions, []);
  type('1');
  reader.setGroup(group({ '2': 'count' }));
  type('2');
  t.strictSame(actions, ['count']);
  t.equal(clock.pending, 0);
  t.end();
});

void t.test('no group, no actions, nothing kept', (t) => {
  const { actions, type, clock } = reading([]);
  type('0123456789*#ABCD');
  t.strictSame(actions, []);
  t.equal(clock.pending, 0);
  t.end();
});
