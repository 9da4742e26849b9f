// Questions and answers: who asks to speak, in the order in which they raised their hands, and who was given the floor.
// The order and nothing else; what it means for the mix is Conference's affair.
import type { MemberId } from './types.js';

export class Floor {
  private readonly waiting = new Set<MemberId>();
  private speaker: MemberId | undefined;

  /** Who asks to speak, the one who has waited longest first. */
  get hands(): readonly MemberId[] {
    return [...this.waiting];
  }

  /** Who was given the floor last; undefined = nobody, or the member has left. */
  get holder(): MemberId | undefined {
    return this.speaker;
  }

  /** Who asks twice keeps the first place. */
  raise(id: MemberId): void {
    this.waiting.add(id);
  }

  lower(id: MemberId): void {
    this.waiting.delete(id);
  }

  /** The floor goes to whoever waits longest, or back to nobody. */
  next(): MemberId | undefined {
    const [next] = this.waiting;
    if (next !== undefined) this.waiting.delete(next);
    this.speaker = next;
    return next;
  }

  /** The member has left. */
  forget(id: MemberId): void {
    this.waiting.delete(id);
    if (this.speaker === id) this.speaker = undefined;
  }
}
