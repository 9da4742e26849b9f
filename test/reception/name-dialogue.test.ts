// Every path of recording a name, without a phone.
import t from 'tap';
import type { Sound } from '../../src/conference/index.js';
import { longestName, mostNames, NameDialogue, reviewMs } from '../../src/reception/name-dialogue.js';
import { Reception, PinGuard, type ReceptionOutcome } from '../../src/reception/index.js';
import { documentWith, type DocumentWish } from '../conference/documents.js';
import { FakeClock } from '../conference/fake-clock.js';

const spoken: Sound = { kind: 'file', path: '/name.au' };

/** A phone whose sounds and recording end when the test says so. */
class FakeCaller {
  /** What is going on: the sounds, 'recording', or ''. */
  doing = '';
  private heardAll: (() => void) | undefined;
  private recorded: ((spoken: Sound | undefined) => void) | undefined;

  play(sounds: readonly Sound[], done: () => void): void {
    this.doing = sounds
      .map((sound) => (sound.kind === 'prompt' ? sound.name.slice(5) : sound.kind))
      .join(' ');
    this.heardAll = done;
  }

  stopPlaying(): void {
    this.doing = '';
    this.heardAll = undefined;
  }

  record(maxMs: number, done: (spoken: Sound | undefined) => void): void {
    t.equal(maxMs, longestName);
    this.doing = 'recording';
    this.recorded = done;
  }

  /** The recorder takes a moment to give the name. */
  stopRecording(): void {
    this.doing = 'stopping';
  }

  heard(): void {
    const done = this.heardAll;
    this.doing = '';
    this.heardAll = undefined;
    done?.();
  }

  said(name: Sound | undefined): void {
    const done = this.recorded;
    this.recorded = undefined;
    done?.(name);
  }
}

class Naming {
  readonly clock = new FakeClock();
  readonly caller = new FakeCaller();
  readonly outcomes: [Sound | undefined, string | undefined][] = [];
  readonly dialogue: NameDialogue;

  constructor(review = false) {
    this.dialogue = new NameDialogue({
      caller: this.caller,
      clock: this.clock,
      review,
      done: (name, key) => this.outcomes.push([name, key]),
    });
    this.dialogue.start();
  }

  /** Up to the moment when the caller speaks. */
  speak(): void {
    t.equal(this.caller.doing, 'announce_your_name');
    this.caller.heard();
    t.equal(this.caller.doing, 'tone');
    this.caller.heard();
    t.equal(this.caller.doing, 'recording');
  }
}

void t.test('question, beep, name, a key', (t) => {
  const naming = new Naming();
  naming.speak();
  naming.dialogue.digit('#');
  naming.dialogue.digit('#');
  t.equal(naming.caller.doing, 'stopping');
  t.strictSame(naming.outcomes, []);
  naming.caller.said(spoken);
  t.strictSame(naming.outcomes, [[spoken, '#']]);
  t.equal(naming.clock.pending, 0);
  t.end();
});

void t.test('a key skips the question; the time ends the name; who says nothing has none', (t) => {
  const naming = new Naming();
  naming.dialogue.digit('5');
  t.equal(naming.caller.doing, 'tone');
  naming.dialogue.digit('5');
  t.equal(naming.caller.doing, 'tone', 'not the beep');
  naming.caller.heard();
  naming.caller.said(undefined);
  t.strictSame(naming.outcomes, [[undefined, undefined]]);
  t.end();
});

void t.test('review: 1 keeps, silence keeps, anything else asks again, but not for ever', (t) => {
  const kept = new Naming(true);
  kept.speak();
  kept.caller.said(spoken);
  t.equal(kept.caller.doing, 'your_announcement file review');
  kept.dialogue.digit('1');
  t.strictSame(kept.outcomes, [[spoken, '1']]);

  const silent = new Naming(true);
  silent.speak();
  silent.caller.said(spoken);
  silent.caller.heard();
  silent.clock.advance(reviewMs - 1);
  t.strictSame(silent.outcomes, []);
  silent.clock.advance(1);
  t.strictSame(silent.outcomes, [[spoken, undefined]]);

  const again = new Naming(true);
  for (let turn = 1; turn < mostNames; turn++) {
    again.speak();
    again.caller.said({ kind: 'file', path: `/${turn}.au` });
    again.caller.heard();
    again.dialogue.digit('2');
    t.equal(again.clock.pending, 0);
  }
  again.speak();
  again.caller.said(spoken);
  again.dialogue.digit('2');
  t.strictSame(again.outcomes, [[spoken, '2']]);

  const nothing = new Naming(true);
  nothing.speak();
  nothing.caller.said(undefined);
  t.strictSame(nothing.outcomes, [[undefined, undefined]], 'there is nothing to review');
  t.end();
});

void t.test('the phone hangs up: no outcome, at any step', (t) => {
  for (let steps = 0; steps < 5; steps++) {
    const naming = new Naming(true);
    const moves = [
      () => naming.caller.heard(),
      () => naming.caller.heard(),
      () => naming.caller.said(spoken),
      () => naming.caller.heard(),
    ];
    for (const move of moves.slice(0, steps)) move();
    const recording = naming.caller.doing === 'recording';
    naming.dialogue.cancel();
    t.equal(naming.caller.doing === 'stopping', recording, 'what is recorded is given up');
    for (const move of moves.slice(steps)) move();
    naming.dialogue.digit('1');
    naming.clock.advance(60_000);
    t.strictSame(naming.outcomes, []);
  }
  t.end();
});

/** A caller who dials a conference without a PIN that asks for names. */
function dialled(wish: DocumentWish = {}, admission: () => 'ok' | 'full' = () => 'ok') {
  const caller = new FakeCaller();
  const clock = new FakeClock();
  const outcomes: ReceptionOutcome[] = [];
  const documents = new Map([['c', documentWith({ play_name: true, play_welcome: false, ...wish })]]);
  const reception = new Reception({
    caller,
    calledNumber: '1',
    callerKey: 'a',
    directory: {
      findByNumber: () => ({ conferenceId: 'c', document: documents.get('c')!, listedIn: 'member' }),
      findById: (id) => documents.get(id),
    },
    guard: new PinGuard({ clock }),
    clock,
    admit: admission,
    finished: (outcome) => outcomes.push(outcome),
  });
  reception.start();
  return { caller, clock, outcomes, documents, reception };
}

void t.test('the dialogue of the whole call: admitted, asked, admitted again, in with the name', (t) => {
  const { caller, clock, outcomes, reception } = dialled();
  caller.heard();
  caller.heard();
  reception.digit('#');
  caller.said(spoken);
  const admitted = { kind: 'admitted', conferenceId: 'c', role: 'member', name: spoken };
  t.strictSame(outcomes, [{ ...admitted, terminatorUntil: 0 }], 'the # was the end of the name');
  const slow = dialled();
  slow.caller.heard();
  slow.caller.heard();
  slow.caller.said(spoken);
  t.match(
    slow.outcomes,
    [{ terminatorUntil: clock.now() + 3000 }],
    'a # that comes too late leaves nobody out',
  );
  t.end();
});

void t.test('nobody is asked who is not let in; who was asked may find it full or gone', (t) => {
  const full = dialled({}, () => 'full');
  t.equal(full.caller.doing, 'max_participants');
  let room: 'ok' | 'full' = 'ok';
  const late = dialled({}, () => room);
  late.caller.heard();
  late.caller.heard();
  room = 'full';
  late.caller.said(spoken);
  t.equal(late.caller.doing, 'max_participants');
  const gone = dialled();
  gone.caller.heard();
  gone.caller.heard();
  gone.documents.clear();
  gone.caller.said(spoken);
  t.equal(gone.caller.doing, 'bad_conf');
  const cancelled = dialled();
  cancelled.caller.heard();
  cancelled.caller.heard();
  cancelled.reception.cancel();
  cancelled.caller.said(spoken);
  t.strictSame([...full.outcomes, ...late.outcomes, ...gone.outcomes, ...cancelled.outcomes], []);
  t.end();
});
