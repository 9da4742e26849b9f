// The dial-in dialogue: from a called number to a conference and a role. A state machine over three verbs, play, record
// and digits; knows nothing of SIP or RTP. One instance per call; it decides once and then does nothing any more.
//
// Speed: '#' ends an entry at once, and so does the digit that makes a PIN as long as the longest PIN of the
// conference that could be right. The latter tells a listener how long the longest PIN is; that is the price of
// joining without a pause, and the guard makes it a cheap one. Who presses '#' after such an entry, as people are
// used to, must not be taken to press it for something else: the '#' is swallowed here, and `terminatorUntil` tells
// the conference's buttons (where '#' hangs up) to swallow it too.
import {
  fixedSounds,
  prompt,
  soundsOf,
  type Admission,
  type Clock,
  type ConferenceDocument,
  type EndReason,
  type ListedIn,
  type Role,
  type Sound,
} from '../conference/index.js';
import type { Caller } from './caller.js';
import { DigitCollector, type EntryEnd } from './digit-collector.js';
import type { Directory } from './directory.js';
import { NameDialogue } from './name-dialogue.js';
import type { PinGuard } from './pin-guard.js';
import { longestPin, maxEntryDigits, roleByPin, roleWithoutPin } from './pins.js';

export interface ReceptionOptions {
  readonly caller: Caller;
  readonly calledNumber: string;
  /** What PIN guessing is counted by; see PinGuard.check. */
  readonly callerKey: string;
  readonly directory: Directory;
  readonly guard: PinGuard;
  readonly clock: Clock;
  /** Asked last, in the same tick in which the outcome is told. */
  readonly admit: (conferenceId: string, role: Role) => Admission;
  /** Called exactly once, unless cancel() comes first; nothing is playing any more. */
  readonly finished: (outcome: ReceptionOutcome) => void;
}

export type ReceptionOutcome =
  | {
      readonly kind: 'admitted';
      readonly conferenceId: string;
      readonly role: Role;
      /** Unix time, ms: a '#' that is the first key and comes before still belongs to the PIN. 0 = none does. */
      readonly terminatorUntil: number;
      /** The caller's name as the caller said it, where the document says `play_name`. */
      readonly name?: Sound;
    }
  /** Hang up with this reason; what there was to say has been said. */
  | { readonly kind: 'ended'; readonly reason: EndReason };

/** How long after the end of the prompt the first digit may come, ms; for the PIN a document's `pin_timeout` goes first. */
export const firstDigitMs = 5000;
export const interDigitMs = 2000;
export const maxAttempts = 3;
/** How long after an entry that ended without '#' a '#' still belongs to it, ms. */
const terminatorMs = 3000;
/** Digits that follow a complete wrong entry this closely are the rest of a longer entry, ms. */
const restOfEntryMs = 1000;

type Step = 'number' | 'pin' | 'welcome' | 'checking' | 'name' | 'farewell' | 'over';

export class Reception {
  private readonly options: ReceptionOptions;
  private readonly collector: DigitCollector;
  private step: Step = 'checking';
  private conferenceId = '';
  private listedIn: ListedIn = 'conference';
  private numberAttempts = 0;
  private pinAttempts = 0;
  private playing = false;
  /** Counts plays, to tell the end of this one from that of one that was replaced. */
  private playCount = 0;
  private cancelWait: (() => void) | undefined;
  private terminatorUntil = 0;
  private restUntil = 0;
  private names: NameDialogue | undefined;

  constructor(options: ReceptionOptions) {
    this.options = options;
    this.collector = new DigitCollector(options.clock, (entry, end) => this.entered(entry, end));
  }

  /** The phone has been answered and can hear. */
  start(): void {
    const found = this.options.directory.findByNumber(this.options.calledNumber);
    if (found === undefined) this.farewell(prompt('conf-bad_conf'), 'not-found');
    else if (found === 'access-number') this.askNumber(fixedSounds.welcome);
    else this.found(found.conferenceId, found.document, found.listedIn, soundsOf(found.document).welcome);
  }

  /** A key of the phone: '0' to '9', '*', '#', 'A' to 'D'. */
  digit(digit: string): void {
    if (this.swallows(digit)) return;
    switch (this.step) {
      case 'number':
      case 'pin':
        // The prompt stops before the digit is judged, which may start the next one.
        if (/^[0-9*#]$/.test(digit)) this.stopPlaying();
        this.collector.digit(digit);
        break;
      case 'welcome':
        this.stopPlaying();
        this.welcomed();
        break;
      case 'name':
        this.names?.digit(digit);
        break;
      case 'checking':
      case 'farewell':
      case 'over':
        break;
    }
  }

  /** The phone hung up: no outcome, no timer, no sound from here on. */
  cancel(): void {
    this.step = 'over';
    this.collector.cancel();
    this.cancelWait?.();
    this.names?.cancel();
    this.playCount += 1;
  }

  private found(
    conferenceId: string,
    document: ConferenceDocument,
    listedIn: ListedIn,
    welcome: Sound | undefined,
  ): void {
    this.conferenceId = conferenceId;
    this.listedIn = listedIn;
    if (roleWithoutPin(document, listedIn) === undefined) {
      const verdict = this.options.guard.check(this.options.callerKey, conferenceId);
      if (verdict.kind === 'blocked') this.farewell(prompt('conf-blocked'), 'blocked');
      else this.askPin(document, welcome);
    } else if (welcome) {
      this.step = 'welcome';
      this.play([welcome], () => this.welcomed());
    } else {
      this.welcomed();
    }
  }

  /** No PIN was needed when the caller came; the document may have changed during the welcome. */
  private welcomed(): void {
    const document = this.options.directory.findById(this.conferenceId);
    if (!document) return this.farewell(prompt('conf-bad_conf'), 'not-found');
    const role = roleWithoutPin(document, this.listedIn);
    if (role) this.admit(document, role);
    else this.askPin(document);
  }

  private askNumber(before?: Sound): void {
    this.step = 'number';
    this.ask(before, prompt('conf-enter_conf_number'), firstDigitMs, maxEntryDigits);
  }

  private askPin(document: ConferenceDocument, before?: Sound): void {
    this.step = 'pin';
    const timeout = document.pin_timeout ?? firstDigitMs;
    this.ask(before, prompt('conf-enter_conf_pin'), timeout, longestPin(document, this.listedIn));
  }

  private ask(before: Sound | undefined, question: Sound, timeout: number, maxDigits: number): void {
    this.collector.begin({ firstDigitMs: timeout, interDigitMs, maxDigits });
    this.play(before ? [before, question] : [question], () => this.collector.promptEnded());
  }

  private entered(entry: string, end: EntryEnd): void {
    const now = this.options.clock.now();
    this.terminatorUntil = end === 'terminator' || entry === '' ? 0 : now + terminatorMs;
    if (this.step === 'number') return this.judgeNumber(entry);
    this.restUntil = end === 'complete' ? now + restOfEntryMs : 0;
    this.step = 'checking';
    const verdict = this.options.guard.check(this.options.callerKey, this.conferenceId);
    if (verdict.kind === 'go' && verdict.delayMs > 0) {
      this.cancelWait = this.options.clock.after(verdict.delayMs, () => this.judgePin(entry));
    } else {
      this.judgePin(entry);
    }
  }

  private judgeNumber(entry: string): void {
    const found = entry === '' ? undefined : this.options.directory.findByNumber(entry);
    if (found !== undefined && found !== 'access-number') {
      return this.found(found.conferenceId, found.document, found.listedIn, undefined);
    }
    this.numberAttempts += 1;
    if (this.numberAttempts >= maxAttempts) this.tooManyAttempts();
    else this.askNumber(prompt('conf-bad_conf'));
  }

  private judgePin(entry: string): void {
    const { guard, callerKey, directory } = this.options;
    const { conferenceId } = this;
    const document = directory.findById(conferenceId);
    if (!document) return this.farewell(prompt('conf-bad_conf'), 'not-found');
    if (guard.check(callerKey, conferenceId).kind === 'blocked') {
      return this.farewell(prompt('conf-blocked'), 'blocked');
    }
    const role = roleByPin(document, this.listedIn, entry) ?? roleWithoutPin(document, this.listedIn);
    if (role) {
      // No entry is no guess, right or wrong.
      if (entry !== '') guard.right(callerKey, conferenceId);
      return this.admit(document, role);
    }
    if (entry !== '') guard.wrong(callerKey, conferenceId);
    this.pinAttempts += 1;
    if (this.pinAttempts >= maxAttempts) this.tooManyAttempts();
    else this.askPin(document, prompt('conf-bad_pin'));
  }

  private admit(document: ConferenceDocument, role: Role, name?: Sound): void {
    const admission = this.options.admit(this.conferenceId, role);
    switch (admission) {
      case 'full':
        return this.farewell(soundsOf(document).full, 'full');
      case 'locked':
        return this.farewell(soundsOf(document).locked, 'locked');
      case 'ok':
        if (document.play_name && !this.names) return this.askName(document, role);
        return this.finish({
          kind: 'admitted',
          conferenceId: this.conferenceId,
          role,
          terminatorUntil: this.terminatorUntil,
          ...(name && { name }),
        });
    }
  }

  /** Asked after the admission, so that nobody says a name for nothing; the admission is asked again after it. */
  private askName(document: ConferenceDocument, role: Role): void {
    const { clock, caller } = this.options;
    this.step = 'name';
    this.names = new NameDialogue({
      clock,
      caller: {
        play: (sounds, done) => this.play(sounds, done),
        stopPlaying: () => this.stopPlaying(),
        record: (maxMs, done) => caller.record(maxMs, done),
        stopRecording: () => caller.stopRecording(),
      },
      review: document.review_name === true,
      done: (name, byKey) => {
        // Who was asked to press pound and did so too late must not hang up by it.
        this.terminatorUntil = byKey === '#' ? 0 : clock.now() + terminatorMs;
        const now = this.options.directory.findById(this.conferenceId);
        if (now) this.admit(now, role, name);
        else this.farewell(prompt('conf-bad_conf'), 'not-found');
      },
    });
    this.names.start();
  }

  private tooManyAttempts(): void {
    this.farewell(prompt('conf-too_many_attempts'), 'too-many-attempts');
  }

  /** Says why, in full, then ends the call. */
  private farewell(sound: Sound, reason: EndReason): void {
    this.step = 'farewell';
    this.play([sound], () => this.finish({ kind: 'ended', reason }));
  }

  private finish(outcome: ReceptionOutcome): void {
    if (this.step === 'over') return;
    this.stopPlaying();
    this.cancel();
    this.options.finished(outcome);
  }

  private play(sounds: readonly Sound[], done: () => void): void {
    const count = ++this.playCount;
    this.playing = true;
    const { caller, directory } = this.options;
    const ended = () => {
      if (count !== this.playCount) return;
      this.playCount += 1;
      this.playing = false;
      done();
    };
    caller.play(sounds, ended, directory.findById(this.conferenceId)?.language);
  }

  private stopPlaying(): void {
    this.playCount += 1;
    if (!this.playing) return;
    this.playing = false;
    this.options.caller.stopPlaying();
  }

  /** What still belongs to the entry before: its '#', and digits beyond those that were looked at. */
  private swallows(digit: string): boolean {
    const now = this.options.clock.now();
    const terminates = digit === '#' && now < this.terminatorUntil;
    const continues = digit !== '#' && now < this.restUntil;
    if (continues) {
      this.restUntil = now + restOfEntryMs;
      return true;
    }
    this.restUntil = 0;
    this.terminatorUntil = 0;
    return terminates;
  }
}
