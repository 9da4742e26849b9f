import t from 'tap';
import { Conference, prompt, soundsOf, type JoinOptions, type Sound } from '../../src/conference/index.js';
import { Doorbell } from '../../src/conference/doorbell.js';
import { documentWith, type DocumentWish } from './documents.js';
import { FakeClock } from './fake-clock.js';

function doorway(wish: DocumentWish = {}) {
  const document = documentWith(wish);
  const sounds = soundsOf(document);
  const clock = new FakeClock();
  const bell = new Doorbell(clock);
  const member = (options: Partial<JoinOptions> = {}) =>
    new Conference({ document, instanceId: 'i', clock }).join({
      callId: 'c',
      role: 'member',
      callerName: '',
      callerNumber: '',
      ...options,
    });
  return {
    clock,
    sounds,
    entry: (others: number, options?: Partial<JoinOptions>) =>
      bell.entry(member(options), others, document, sounds, options?.entryPrompt),
    exit: (options?: Partial<JoinOptions>, others = 1) =>
      bell.exit(member(options), others, document, sounds),
  };
}

const joining = prompt('conf-joining_conference');
const afterTone = (sound: Sound): Sound => ({
  kind: 'sequence',
  sounds: [{ kind: 'silence', ms: 1100 }, sound],
});

void t.test('the first hears of no entry; the second does, after the tone', (t) => {
  const { entry, sounds } = doorway();
  t.strictSame(entry(0), { room: undefined, joiner: undefined });
  t.strictSame(entry(1), { room: sounds.entryTone, joiner: afterTone(joining) });
  t.end();
});

void t.test('tones within half a second are one, for entry and exit each', (t) => {
  const { entry, exit, clock, sounds } = doorway();
  entry(1);
  clock.advance(499);
  t.strictSame(entry(2), { room: undefined, joiner: joining }, 'and the prompt need not wait');
  t.strictSame(exit(), sounds.exitTone);
  t.equal(exit(), undefined);
  clock.advance(1);
  t.strictSame(entry(3).room, sounds.entryTone);
  t.end();
});

void t.test('a silent entry does not use up the tone of the next', (t) => {
  const { entry, sounds } = doorway();
  t.equal(entry(1, { joinTone: false }).room, undefined);
  t.strictSame(entry(2).room, sounds.entryTone);
  t.end();
});

void t.test('no prompt where call or document want none', (t) => {
  t.equal(doorway().entry(1, { entryPrompt: false }).joiner, undefined);
  t.equal(doorway({ member: { play_entry_prompt: false } }).entry(1).joiner, undefined);
  t.end();
});

void t.test('names are said for everybody, tone or not', (t) => {
  const { entry, exit } = doorway({ play_name: true, play_entry_tone: false, play_exit_tone: false });
  const name = prompt('ann');
  t.strictSame(entry(1, { name }).room, { kind: 'sequence', sounds: [name, prompt('conf-has_joined')] });
  t.strictSame(exit({ name }), { kind: 'sequence', sounds: [name, prompt('conf-has_left')] });
  t.end();
});
