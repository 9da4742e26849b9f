// How well the packets of the members of one running conference get through, for as long as somebody looks. Each look
// costs a query of rtpengine for every member (0.35 ms each, measured), so there is one every few seconds at most, however
// many look, and none while nobody does.
import type { Clock, MemberId } from '../conference/index.js';
import type { IngressStats } from '../rtp/index.js';

export interface LineQuality {
  /** Percent of the phone's packets that never came, between the last two looks; undefined until there were two. */
  readonly lossPercent: number | undefined;
  /** What the phone reports of what it hears, by RTCP; absent while it reports nothing. */
  readonly heard?: IngressStats['heard'];
}

export interface LineWatchOptions {
  /** Who is in now. */
  readonly members: () => Iterable<readonly [MemberId, { stats(): Promise<IngressStats> }]>;
  readonly clock: Clock;
}

/** From one look to the next, ms: a quarter of a percent is one packet of 20 ms then. */
const periodMs = 4000;

interface Line {
  readonly packets: number;
  readonly lost: number;
  readonly quality: LineQuality;
}

export class LineWatch {
  private readonly options: LineWatchOptions;
  private lines = new Map<MemberId, Line>();
  private lookedAt = -Infinity;
  private looking: Promise<void> | undefined;

  constructor(options: LineWatchOptions) {
    this.options = options;
  }

  /** Looks again if it is time, and resolves when that is done. Never throws. */
  look(): Promise<void> {
    const now = this.options.clock.now();
    if (this.looking) return this.looking;
    if (now - this.lookedAt < periodMs) return Promise.resolve();
    this.lookedAt = now;
    this.looking = this.ask().finally(() => (this.looking = undefined));
    return this.looking;
  }

  /** As it was at the last look; undefined = it is not known. */
  of(id: MemberId): LineQuality | undefined {
    return this.lines.get(id)?.quality;
  }

  /** One after the other, so that what has to happen at once never waits behind all of them. */
  private async ask(): Promise<void> {
    const lines = new Map<MemberId, Line>();
    for (const [id, ingress] of [...this.options.members()]) {
      try {
        lines.set(id, lineOf(await ingress.stats(), this.lines.get(id)));
      } catch {
        // The phone is gone, or rtpengine is away: nothing is known of it until the next look.
      }
    }
    this.lines = lines;
  }
}

function lineOf({ packets, lost, heard }: IngressStats, before: Line | undefined): Line {
  const came = before ? packets - before.packets : 0;
  const missing = before ? lost - before.lost : 0;
  // A phone that sends nothing loses nothing; a new source, or a rebuild, counts from the beginning.
  const known = came > 0 && missing >= 0;
  const lossPercent = known ? (100 * missing) / (came + missing) : undefined;
  return { packets, lost, quality: { lossPercent, ...(heard && { heard }) } };
}
