// The calls that were placed on the web page and have not been answered, for the page to show: they ring, or why they
// came to nothing, which is told for a while. Who answers is a member, and seen as one.
import type { Invitation } from '../../calls/index.js';
import type { Clock } from '../../conference/index.js';

/** A call that came to nothing is shown for so long, ms. */
const lingerMs = 30_000;
/** Of one conference; the oldest goes first. */
const mostShown = 20;

export class PlacedCalls {
  private readonly clock: Clock;
  private readonly changed: (conferenceId: string) => void;
  private readonly placed = new Set<Invitation>();

  /** @param changed what there is to show of a conference has changed */
  constructor(clock: Clock, changed: (conferenceId: string) => void) {
    this.clock = clock;
    this.changed = changed;
  }

  add(invitation: Invitation): void {
    const { conferenceId } = invitation.options;
    const shown = this.of(conferenceId);
    if (shown.length >= mostShown) this.placed.delete(shown[0]!);
    this.placed.add(invitation);
    const drop = () => {
      this.placed.delete(invitation);
      this.changed(conferenceId);
    };
    invitation.once('ringing', () => this.changed(conferenceId));
    invitation.once('answered', drop);
    invitation.once('ended', (reason) => {
      if (!this.placed.has(invitation)) return;
      if (reason === 'cancelled') drop();
      else this.clock.after(lingerMs, drop);
      this.changed(conferenceId);
    });
    this.changed(conferenceId);
  }

  /** In the order in which they were placed. */
  of(conferenceId: string): readonly Invitation[] {
    return [...this.placed].filter(({ options }) => options.conferenceId === conferenceId);
  }

  /** Stops the ringing. */
  cancel(conferenceId: string, id: string): void {
    this.of(conferenceId)
      .find((invitation) => invitation.id === id)
      ?.cancel();
  }
}
