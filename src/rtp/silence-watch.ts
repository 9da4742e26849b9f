// Finds phones that vanished without a word. rtpengine cannot: a phone that is patched to a room never times out
// there, because the room keeps sending to it. A phone is asked about only when it could be due, so that 200 phones
// that talk cost one query each per limit, not per sweep.
import type { Ingress } from './ingress.js';

export interface Silence {
  readonly callId: string;
  /** Since its last RTP or RTCP packet, ms. */
  readonly ms: number;
  /** The phone holds the call: it is silent although it promised RTCP by sending some. */
  readonly held: boolean;
}

const sweepMs = 5000;

export class SilenceWatch {
  private readonly ingresses: () => Iterable<Ingress>;
  private readonly report: (silence: Silence) => void;
  private timer: NodeJS.Timeout | undefined;
  /** Unix ms before which a phone cannot be due. */
  private readonly dueAt = new WeakMap<Ingress, number>();
  private readonly reported = new WeakSet<Ingress>();

  constructor(ingresses: () => Iterable<Ingress>, report: (silence: Silence) => void) {
    this.ingresses = ingresses;
    this.report = report;
  }

  start(maxSilenceMs: number, everyMs = Math.min(sweepMs, Math.max(100, maxSilenceMs / 4))): void {
    this.stop();
    const sweep = () => {
      void this.sweep(maxSilenceMs).finally(() => {
        if (this.timer) this.timer = setTimeout(sweep, everyMs);
      });
    };
    this.timer = setTimeout(sweep, everyMs);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async sweep(maxSilenceMs: number): Promise<void> {
    const now = Date.now();
    const due = [...this.ingresses()].filter((ingress) => (this.dueAt.get(ingress) ?? 0) <= now);
    await Promise.all(due.map((ingress) => this.look(ingress, maxSilenceMs)));
  }

  private async look(ingress: Ingress, maxSilenceMs: number): Promise<void> {
    const stats = await ingress.stats().catch(() => undefined);
    if (!stats || ingress.released) return;
    const last = 1000 * Math.max(stats.lastRtp, stats.lastRtcp);
    const ms = Date.now() - last;
    // rtpengine gives whole seconds: up to 999 ms of what looks like silence may be none.
    const limit = maxSilenceMs + 1000;
    this.dueAt.set(ingress, last + limit);
    if (ms < limit) {
      this.reported.delete(ingress);
      return;
    }
    // A phone on hold need not send RTP, and many send no RTCP either: then SIP has to find out.
    if (ingress.phoneHold && !stats.sendsRtcp) return;
    if (this.reported.has(ingress)) return;
    this.reported.add(ingress);
    this.report({ callId: ingress.callId, ms, held: ingress.phoneHold });
  }
}
