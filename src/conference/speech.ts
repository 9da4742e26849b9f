// Who is talking, and who has the floor. The media side tells who is loud; whether that counts is decided here: whom
// nobody can hear does not talk, but is detected to speak in vain.
import type { MemberId, MemberState } from './types.js';

export interface SpeechParts {
  /** Whether the room may hear this member now. */
  readonly maySpeak: (member: MemberState) => boolean;
  readonly started: (member: MemberState) => void;
  readonly stopped: (member: MemberState) => void;
}

export class Speech {
  private readonly parts: SpeechParts;
  private readonly loud = new Set<MemberId>();
  /** In the order in which they began. */
  private readonly talkers = new Set<MemberId>();
  private holder: MemberId | undefined;

  constructor(parts: SpeechParts) {
    this.parts = parts;
  }

  /** Live: who is talking, the one who talks for longest first. */
  get talking(): ReadonlySet<MemberId> {
    return this.talkers;
  }

  /** Keeps it over pauses, until somebody else talks while he does not; undefined = nobody has talked yet. */
  get floor(): MemberId | undefined {
    return this.holder;
  }

  /** Speaks although nobody can hear it. */
  inVain(id: MemberId): boolean {
    return this.loud.has(id) && !this.talkers.has(id);
  }

  heard(member: MemberState, loud: boolean): void {
    if (loud) this.loud.add(member.id);
    else this.loud.delete(member.id);
    this.review(member);
  }

  /** What the room may hear of this member has changed. */
  review(member: MemberState): void {
    const { id } = member;
    const talks = this.loud.has(id) && this.parts.maySpeak(member);
    if (talks === this.talkers.has(id)) return;
    if (talks) this.talkers.add(id);
    else this.talkers.delete(id);
    this.passFloor();
    if (talks) this.parts.started(member);
    else this.parts.stopped(member);
  }

  /** The member has left, which is no end of talking that anybody is told of. */
  forget(id: MemberId): void {
    this.loud.delete(id);
    this.talkers.delete(id);
    if (this.holder === id) this.holder = undefined;
    this.passFloor();
  }

  private passFloor(): void {
    if (this.holder !== undefined && this.talkers.has(this.holder)) return;
    for (const id of this.talkers) {
      this.holder = id;
      return;
    }
  }
}
