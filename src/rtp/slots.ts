// The ports that phones send to. Each slot is one logical interface of rtpengine with exactly one pair of ports, the
// only way to get the same port again after rtpengine was restarted (no NG command asks for a port).
import { NoSlotError } from './errors.js';

export interface Slot {
  /** Name of the logical interface. */
  readonly name: string;
  /** RTP port; RTCP is the next. */
  readonly port: number;
}

/** What rtpengine was configured with. */
export interface PortLayout {
  readonly slots: readonly Slot[];
  /** Name of the loopback interface that carries everything between ingresses and rooms. */
  readonly inner: string;
}

/** A slot whose ports somebody else holds is tried again after so long, ms. */
const quarantineMs = 60_000;

export class SlotPool {
  private readonly size: number;
  /** First in, first out: late packets for the last phone of a slot die down before the next one gets it. */
  private readonly free: Slot[];
  private readonly quarantined: { slot: Slot; until: number }[] = [];
  private readonly now: () => number;

  constructor(slots: readonly Slot[], now: () => number = Date.now) {
    this.size = slots.length;
    this.free = [...slots];
    this.now = now;
  }

  get available(): number {
    return this.free.length;
  }

  /** @throws NoSlotError */
  take(): Slot {
    while (this.quarantined[0] && this.quarantined[0].until <= this.now()) {
      const entry = this.quarantined.shift();
      if (entry) this.free.push(entry.slot);
    }
    const slot = this.free.shift();
    if (!slot) throw new NoSlotError(this.size);
    return slot;
  }

  give(slot: Slot): void {
    this.free.push(slot);
  }

  /** For a slot that rtpengine could not open. */
  quarantine(slot: Slot): void {
    this.quarantined.push({ slot, until: this.now() + quarantineMs });
  }
}
