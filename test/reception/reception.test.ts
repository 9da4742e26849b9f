// One test for each path through the dialogue; more than 400 lines, because a path is read best as one story.
import t from 'tap';
import type { Admission, ConferenceDocument, ListedIn, Role, Sound } from '../../src/conference/index.js';
import {
  PinGuard,
  Reception,
  type Caller,
  type Directory,
  type ReceptionOutcome,
} from '../../src/reception/index.js';
import { documentWith, type DocumentWish } from '../conference/documents.js';
import { FakeClock } from '../conference/fake-clock.js';

/** A phone that hears: what is playing is `hears`; heard() lets it come to its end. */
class FakeCaller implements Caller {
  hears = '';
  plays: string[] = [];
  languages: (string | undefined)[] = [];
  private done: (() => void) | undefined;

  play(sounds: readonly Sound[], done: () => void, language?: string): void {
    this.languages.push(language);
    this.hears = sounds.map((sound) => (sound.kind === 'prompt' ? sound.name : sound.kind)).join(' ');
    this.plays.push(this.hears);
    this.done = done;
  }

  stopPlaying(): void {
    this.hears = '';
    // The end of a stopped sound may still be told; it must be of no consequence.
  }

  record(): void {
    throw new Error('no conference of these tests asks for names');
  }

  stopRecording(): void {
    throw new Error('nothing is recorded');
  }

  /** The sound has come to its end. */
  heard(): void {
    const { done } = this;
    this.hears = '';
    this.done = undefined;
    done?.();
  }
}

interface Wish {
  readonly called?: string;
  readonly callerKey?: string;
  readonly admission?: Admission;
  readonly guard?: PinGuard;
  readonly clock?: FakeClock;
}

class Dialling {
  readonly clock: FakeClock;
  readonly caller = new FakeCaller();
  readonly outcomes: ReceptionOutcome[] = [];
  readonly asked: [string, Role][] = [];
  readonly documents: Map<string, ConferenceDocument>;
  readonly guard: PinGuard;
  readonly reception: Reception;

  /** Conference 'c' at 100 (members), 200 (moderators) and 300 (either); 3999 asks for a number. */
  constructor(document: DocumentWish = {}, wish: Wish = {}) {
    this.clock = wish.clock ?? new FakeClock();
    this.guard = wish.guard ?? new PinGuard({ clock: this.clock });
    this.documents = new Map([['c', documentWith(document)]]);
    const listed: Record<string, ListedIn> = { '100': 'member', '200': 'moderator', '300': 'conference' };
    const directory: Directory = {
      findByNumber: (number) => {
        if (number === '3999') return 'access-number';
        const found = this.documents.get('c');
        const listedIn = listed[number];
        return found && listedIn && { conferenceId: 'c', document: found, listedIn };
      },
      findById: (id) => this.documents.get(id),
    };
    this.reception = new Reception({
      caller: this.caller,
      calledNumber: wish.called ?? '300',
      callerKey: wish.callerKey ?? '10.0.0.1',
      directory,
      guard: this.guard,
      clock: this.clock,
      admit: (conferenceId, role) => {
        this.asked.push([conferenceId, role]);
        return wish.admission ?? 'ok';
      },
      finished: (outcome) => this.outcomes.push(outcome),
    });
    this.reception.start();
  }

  type(keys: string): void {
    for (const key of keys) this.reception.digit(key);
  }

  /** 'member', 'moderator', the reason of the end, or '' while it goes on. */
  get outcome(): string {
    if (this.outcomes.length > 1) return 'more than one';
    const outcome = this.outcomes[0];
    if (!outcome) return '';
    return outcome.kind === 'admitted' ? outcome.role : outcome.reason;
  }
}

const pins: DocumentWish = { member: { pins: ['1111'] }, moderator: { pins: ['222222'] } };
const welcomeAndPin = 'conf-welcome conf-enter_conf_pin';

void t.test('no PIN: welcome, then in; a key skips the welcome', (t) => {
  const patient = new Dialling();
  t.equal(patient.caller.hears, 'conf-welcome');
  t.equal(patient.outcome, '');
  patient.caller.heard();
  t.strictSame(patient.outcomes, [
    { kind: 'admitted', conferenceId: 'c', role: 'member', terminatorUntil: 0 },
  ]);
  const hasty = new Dialling();
  hasty.type('5');
  t.equal(hasty.outcome, 'member');
  t.equal(hasty.caller.hears, '', 'nothing plays any more');
  const unwelcome = new Dialling({ play_welcome: false }, { called: '200' });
  t.equal(unwelcome.outcome, 'moderator');
  t.strictSame(unwelcome.caller.plays, []);
  t.end();
});

void t.test("'#' judges at once, over the prompt too", (t) => {
  const call = new Dialling(pins);
  t.equal(call.caller.hears, welcomeAndPin);
  call.type('1');
  t.equal(call.caller.hears, '', 'the first digit stops the prompt');
  call.type('111#');
  t.equal(call.outcome, 'member');
  t.equal(call.clock.pending, 0);
  t.strictSame(call.asked, [['c', 'member']]);
  t.end();
});

void t.test('the role follows the number, then the PIN', (t) => {
  const cases: [string, string, string][] = [
    ['100', '1111#', 'member'],
    ['200', '222222#', 'moderator'],
    ['300', '1111#', 'member'],
    ['300', '222222#', 'moderator'],
  ];
  for (const [called, keys, role] of cases) {
    const call = new Dialling(pins, { called });
    call.type(keys);
    t.equal(call.outcome, role, `${called} ${keys}`);
  }
  const crossed = new Dialling(pins, { called: '100' });
  crossed.type('222222#');
  t.equal(crossed.outcome, '');
  t.match(crossed.caller.hears, /^conf-bad_pin/);
  t.end();
});

void t.test('the longest possible PIN is judged without waiting', (t) => {
  const call = new Dialling(pins);
  call.type('22222');
  t.equal(call.outcome, '');
  call.type('2');
  t.equal(call.outcome, 'moderator');
  const shorter = new Dialling(pins);
  shorter.type('1111');
  t.equal(shorter.outcome, '', 'a PIN that could go on waits');
  shorter.clock.advance(2000);
  t.equal(shorter.outcome, 'member');
  const member = new Dialling(pins, { called: '100' });
  member.type('1111');
  t.equal(member.outcome, 'member', 'unless no PIN of this number is longer');
  t.end();
});

void t.test("a '#' after an entry that ended without it is swallowed", (t) => {
  const call = new Dialling(pins);
  call.type('222222');
  const outcome = call.outcomes[0];
  t.ok(outcome?.kind === 'admitted' && outcome.terminatorUntil === call.clock.now() + 3000);

  const wrong = new Dialling(pins);
  wrong.type('999999');
  t.equal(wrong.caller.hears, 'conf-bad_pin conf-enter_conf_pin');
  wrong.type('#');
  t.equal(wrong.caller.hears, 'conf-bad_pin conf-enter_conf_pin', 'it is not an empty second entry');
  wrong.type('1111#');
  t.equal(wrong.outcome, 'member');

  const later = new Dialling(pins);
  later.type('999999');
  later.clock.advance(3000);
  later.type('#');
  t.equal(later.caller.plays.length, 3, 'later it is one');
  t.end();
});

void t.test('the rest of an entry that is too long is not taken for the next one', (t) => {
  const call = new Dialling(pins);
  call.type('999999');
  call.clock.advance(400);
  call.type('9');
  call.clock.advance(900);
  call.type('9#');
  t.equal(call.caller.plays.length, 2, 'one question, asked again once');
  call.type('1111#');
  t.equal(call.outcome, 'member');
  const slow = new Dialling(pins);
  slow.type('999999');
  slow.clock.advance(1000);
  slow.type('1111#');
  t.equal(slow.outcome, 'member', 'after a pause it is');
  t.end();
});

void t.test('three wrong: told each time, then sent away', (t) => {
  const call = new Dialling(pins);
  call.type('1#');
  t.equal(call.caller.hears, 'conf-bad_pin conf-enter_conf_pin');
  call.type('2#');
  call.type('3#');
  t.equal(call.caller.hears, 'conf-too_many_attempts');
  call.type('1111#');
  t.equal(call.outcome, '', 'keys are of no use now');
  t.equal(call.caller.hears, 'conf-too_many_attempts', 'and do not stop the farewell');
  call.caller.heard();
  t.strictSame(call.outcomes, [{ kind: 'ended', reason: 'too-many-attempts' }]);
  t.equal(call.clock.pending, 0);
  t.end();
});

void t.test('silence is a wrong attempt, counted from the end of the prompt', (t) => {
  const call = new Dialling(pins);
  call.clock.advance(60_000);
  t.equal(call.caller.plays.length, 1, 'the prompt is still playing');
  for (let attempt = 1; attempt <= 3; attempt++) {
    call.caller.heard();
    call.clock.advance(4999);
    t.equal(call.caller.plays.length, attempt);
    call.clock.advance(1);
    t.equal(call.caller.plays.length, attempt + 1);
  }
  t.equal(call.caller.hears, 'conf-too_many_attempts');
  call.caller.heard();
  t.equal(call.outcome, 'too-many-attempts');
  t.equal(call.guard.check('10.0.0.1', 'c').kind, 'go');
  t.strictSame(call.guard.check('10.0.0.1', 'c'), { kind: 'go', delayMs: 0 }, 'but no guess');
  t.end();
});

void t.test("a document's own pin_timeout", (t) => {
  const call = new Dialling({ ...pins, pin_timeout: 800 });
  call.caller.heard();
  call.clock.advance(800);
  t.equal(call.caller.plays.length, 2);
  t.end();
});

void t.test('members without a PIN beside moderators with one', (t) => {
  const document: DocumentWish = { moderator: { pins: ['222222'] } };
  const enter = new Dialling(document);
  enter.type('#');
  t.equal(enter.outcome, 'member');
  const silent = new Dialling(document);
  silent.caller.heard();
  silent.clock.advance(5000);
  t.equal(silent.outcome, 'member');
  const moderator = new Dialling(document);
  moderator.type('222222');
  t.equal(moderator.outcome, 'moderator');
  const wrong = new Dialling(document);
  wrong.type('1#');
  t.equal(wrong.outcome, '');
  t.match(wrong.caller.hears, /conf-bad_pin/);
  t.end();
});

void t.test('the access number asks for a conference', (t) => {
  const call = new Dialling(pins, { called: '3999' });
  t.equal(call.caller.hears, 'conf-welcome conf-enter_conf_number');
  call.type('77#');
  t.equal(call.caller.hears, 'conf-bad_conf conf-enter_conf_number');
  call.type('3999#');
  t.match(call.caller.hears, /conf-bad_conf/, 'not itself either');
  call.type('300#');
  t.equal(call.caller.hears, 'conf-enter_conf_pin', 'no second welcome');
  call.type('1#2#');
  t.equal(call.caller.hears, 'conf-bad_pin conf-enter_conf_pin', 'PINs are counted for themselves');
  call.type('1111#');
  t.equal(call.outcome, 'member');
  t.end();
});

void t.test('three wrong numbers, silence among them', (t) => {
  const call = new Dialling(pins, { called: '3999' });
  call.caller.heard();
  call.clock.advance(5000);
  call.type('1#');
  call.type('77');
  call.clock.advance(2000);
  t.equal(call.caller.hears, 'conf-too_many_attempts');
  call.caller.heard();
  t.equal(call.outcome, 'too-many-attempts');
  t.strictSame(
    call.guard.check('10.0.0.1', 'c'),
    { kind: 'go', delayMs: 0 },
    'a wrong number is no guessed PIN',
  );
  t.end();
});

void t.test("a number's '#' pressed late does not answer for the PIN", (t) => {
  const call = new Dialling(pins, { called: '3999' });
  call.type('300');
  call.clock.advance(2000);
  t.equal(call.caller.hears, 'conf-enter_conf_pin');
  call.type('#');
  t.equal(call.caller.hears, 'conf-enter_conf_pin');
  call.type('1111#');
  t.equal(call.outcome, 'member');
  t.end();
});

void t.test('an access number to a conference without PIN', (t) => {
  const call = new Dialling({}, { called: '3999' });
  call.type('100#');
  t.equal(call.outcome, 'member');
  t.end();
});

void t.test('full and locked are said in full, after the PIN', (t) => {
  const full = new Dialling({ ...pins, max_members_media: 'conf-goodbye' }, { admission: 'full' });
  full.type('1111#');
  t.equal(full.caller.hears, 'conf-goodbye');
  t.equal(full.outcome, '');
  full.caller.heard();
  t.equal(full.outcome, 'full');
  const locked = new Dialling(pins, { admission: 'locked' });
  locked.type('1111#');
  t.equal(locked.caller.hears, 'conf-locked');
  locked.caller.heard();
  t.equal(locked.outcome, 'locked');
  t.end();
});

void t.test('a number that leads nowhere', (t) => {
  const call = new Dialling({}, { called: '555' });
  t.equal(call.caller.hears, 'conf-bad_conf');
  call.caller.heard();
  t.equal(call.outcome, 'not-found');
  t.end();
});

void t.test('a conference that is deleted or changed during the dialogue', (t) => {
  const deleted = new Dialling(pins);
  deleted.documents.clear();
  deleted.type('1111#');
  t.equal(deleted.caller.hears, 'conf-bad_conf');
  deleted.caller.heard();
  t.equal(deleted.outcome, 'not-found');

  const greeted = new Dialling();
  greeted.documents.clear();
  greeted.caller.heard();
  greeted.caller.heard();
  t.equal(greeted.outcome, 'not-found');

  const guarded = new Dialling();
  guarded.documents.set('c', documentWith(pins));
  guarded.caller.heard();
  t.equal(guarded.caller.hears, 'conf-enter_conf_pin', 'a PIN that came during the welcome is asked for');

  const changed = new Dialling(pins);
  changed.documents.set('c', documentWith({ member: { pins: ['7777'] } }));
  changed.type('7777#');
  t.equal(changed.outcome, 'member', 'the PINs of now count');

  const opened = new Dialling(pins);
  opened.documents.set('c', documentWith());
  opened.type('9#');
  t.equal(opened.outcome, 'member', 'and a PIN that is not needed any more is not wrong');
  t.end();
});

void t.test('guessing gets slower and is then refused, across calls', (t) => {
  const clock = new FakeClock();
  const guard = new PinGuard({ clock });
  const dial = () => new Dialling(pins, { clock, guard });
  dial().type('1#2#3#');
  const second = dial();
  second.type('1111#');
  t.equal(second.outcome, '', 'even the right PIN waits');
  second.type('99');
  clock.advance(999);
  t.equal(second.outcome, '');
  clock.advance(1);
  t.equal(second.outcome, 'member');
  dial().type('1#2#3#');
  const fourth = dial();
  fourth.type('1#');
  clock.advance(1000);
  fourth.type('2#');
  clock.advance(2000);
  fourth.type('3#');
  clock.advance(4000);
  t.equal(fourth.caller.hears, 'conf-too_many_attempts');
  for (let count = 0; count < 4; count++) guard.wrong('10.0.0.1', 'c');
  const blocked = dial();
  t.equal(blocked.caller.hears, 'conf-blocked');
  blocked.caller.heard();
  t.equal(blocked.outcome, 'blocked');
  const other = new Dialling(pins, { clock, guard, callerKey: '10.0.0.2' });
  other.type('1111#');
  t.equal(other.outcome, 'member', 'others come in');
  const noPin = new Dialling({}, { clock, guard });
  noPin.caller.heard();
  t.equal(noPin.outcome, 'member', 'and so does the blocked one where no PIN is needed');
  t.end();
});

void t.test('many calls at once guess no faster', (t) => {
  const clock = new FakeClock();
  const guard = new PinGuard({ clock });
  const calls = Array.from({ length: 40 }, () => new Dialling(pins, { clock, guard }));
  let wrong = 0;
  guard.on('wrong', () => wrong++);
  for (const call of calls) call.type('0#');
  clock.advance(60_000);
  t.equal(wrong, 10, 'ten guesses, then the block');
  t.equal(calls.filter(({ caller }) => caller.hears === 'conf-blocked').length, 30);
  t.end();
});

void t.test('cancel: the phone hung up', (t) => {
  for (const keys of ['', '11', '1#', '1#2#3#']) {
    const call = new Dialling(pins);
    call.type(keys);
    call.reception.cancel();
    call.type('1111#');
    call.caller.heard();
    call.clock.advance(60_000);
    t.equal(call.outcome, '', `after '${keys}'`);
    t.equal(call.clock.pending, 0);
  }
  const clock = new FakeClock();
  const guard = new PinGuard({ clock, freeAttempts: 0 });
  guard.wrong('10.0.0.1', 'c');
  const waiting = new Dialling(pins, { clock, guard });
  waiting.type('1111#');
  waiting.reception.cancel();
  t.equal(clock.pending, 0);
  t.end();
});

void t.test('sounds that cannot be played end at once, and the dialogue goes on', (t) => {
  const clock = new FakeClock();
  const outcomes: ReceptionOutcome[] = [];
  const reception = new Reception({
    caller: {
      play: (_sounds, done) => done(),
      stopPlaying: () => undefined,
      record: (_maxMs, done) => done(undefined),
      stopRecording: () => undefined,
    },
    calledNumber: '1',
    callerKey: 'a',
    directory: {
      findByNumber: () => ({ conferenceId: 'c', document: documentWith(pins), listedIn: 'member' }),
      findById: () => documentWith(pins),
    },
    guard: new PinGuard({ clock }),
    clock,
    admit: () => 'ok',
    finished: (outcome) => outcomes.push(outcome),
  });
  reception.start();
  for (let attempt = 0; attempt < 3; attempt++) clock.advance(5000);
  t.strictSame(outcomes, [{ kind: 'ended', reason: 'too-many-attempts' }]);
  t.end();
});

void t.test('no PIN is ever in a fact of the guard', (t) => {
  const call = new Dialling(pins);
  const facts: unknown[] = [];
  call.guard.on('wrong', (fact) => facts.push(fact));
  call.type('987654#');
  t.equal(facts.length, 1);
  t.notMatch(JSON.stringify(facts), /987654/);
  t.end();
});

void t.test('every prompt is in the language of the conference, once it is known', (t) => {
  const call = new Dialling({ ...pins, language: 'de' }, { called: '3999' });
  t.strictSame(call.caller.languages, [undefined], 'nobody knows yet which conference it will be');
  call.type('300#');
  call.type('9#');
  call.type('1111#');
  t.equal(call.outcome, 'member');
  t.strictSame(call.caller.languages.slice(1), ['de', 'de'], 'the PIN, and again after a wrong one');

  const edited = new Dialling({ ...pins, language: 'de' });
  edited.documents.set('c', documentWith({ ...pins, language: 'fr' }));
  edited.type('9#');
  t.strictSame(edited.caller.languages, ['de', 'fr'], 'also after an edit');

  const refused = new Dialling({ language: 'it', play_welcome: false }, { admission: 'full' });
  t.strictSame(refused.caller.languages, ['it']);
  t.end();
});
