// The keys of one phone: each press once, however it came, and to whom it belongs now; first to reception, and once
// the phone is a member to the buttons of its control group.
import type { Clock, Conference, MemberId } from '../conference/index.js';
import {
  applyAction,
  ButtonReader,
  controlGroupFor,
  DigitMerge,
  isDigit,
  type ActionResult,
  type DigitWay,
} from '../dtmf/index.js';

export class Keypad {
  private readonly clock: Clock;
  private readonly toReception: (digit: string) => void;
  private readonly heard: (digit: string) => void;
  private readonly merge = new DigitMerge();
  private buttons: ButtonReader | undefined;
  /** Stops listening to the conference. */
  private forget: () => void = () => undefined;

  /** @param heard is told of every key, whomever it belongs to */
  constructor(
    clock: Clock,
    toReception: (digit: string) => void,
    heard: (digit: string) => void = () => undefined,
  ) {
    this.clock = clock;
    this.toReception = toReception;
    this.heard = heard;
  }

  /** @param durationMs how long the key was down, 0 = not told */
  pressed(digit: string, way: DigitWay, durationMs = 0): void {
    if (!isDigit(digit) || !this.merge.isNew(digit, way, this.clock.now(), durationMs)) return;
    this.heard(digit);
    if (this.buttons) this.buttons.digit(digit);
    else this.toReception(digit);
  }

  /**
   * From now on keys are buttons of this member.
   * @param terminatorUntil unix ms; a '#' that comes first and before still belongs to the PIN
   * @param other what the conference cannot do by itself
   */
  control(
    conference: Conference,
    memberId: MemberId,
    terminatorUntil: number,
    other: (result: ActionResult) => void = () => undefined,
  ): void {
    const role = conference.member(memberId)?.role ?? 'member';
    const buttons = new ButtonReader({
      group: controlGroupFor(conference.document, role),
      clock: this.clock,
      ignoreTerminatorUntil: terminatorUntil,
      pressed: (action) => other(applyAction(conference, memberId, action)),
    });
    this.buttons = buttons;
    const regroup = () => {
      const member = conference.member(memberId);
      if (member) buttons.setGroup(controlGroupFor(conference.document, member.role));
    };
    const memberChanged = ({ member, what }: { member: { id: MemberId }; what: string }) => {
      if (member.id === memberId && what === 'role') regroup();
    };
    const conferenceChanged = ({ what }: { what: string }) => {
      if (what === 'document') regroup();
    };
    conference.on('member-changed', memberChanged);
    conference.on('conference-changed', conferenceChanged);
    this.forget = () => {
      conference.off('member-changed', memberChanged);
      conference.off('conference-changed', conferenceChanged);
    };
  }

  stop(): void {
    this.forget();
    this.buttons?.stop();
  }
}
