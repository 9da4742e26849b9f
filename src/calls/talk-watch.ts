// Who is talking in one running conference, for as long as somebody wants to know. Listening costs something for every
// member, so it begins with the first who asks and ends a while after the last.
import type { Clock, Conference, MemberId } from '../conference/index.js';
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import type { RoomTaps } from '../rtp/index.js';

export interface TalkWatchOptions {
  readonly conference: Conference;
  readonly taps: () => Pick<RoomTaps, 'listen' | 'energyOf' | 'reviewLevel'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** So long after the last question it is still listened, ms: who asks again and again causes one beginning only. */
const lingerMs = 30_000;
/** The level of members that have none: FreeSWITCH's profile for conferences, and far below what is said on a phone. */
const defaultLevel = 20;

export class TalkWatch {
  private readonly options: TalkWatchOptions;
  private holders = 0;
  private beginning: Promise<void> | undefined;
  private stopLinger: (() => void) | undefined;

  constructor(options: TalkWatchOptions) {
    this.options = options;
    options.conference.on('member-changed', ({ member, what }) => {
      if (what === 'energy-level' && this.beginning) options.taps().reviewLevel(member.id);
    });
    options.conference.on('conference-ended', () => this.stopLinger?.());
  }

  /** Listens until the returned function is called. */
  hold(): () => void {
    this.holders += 1;
    void this.begin();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.holders -= 1;
      this.linger();
    };
  }

  /** For who asks once: resolves when it is known who talks, and listens for a while longer. Never throws. */
  async look(): Promise<void> {
    const begun = this.begin();
    this.linger();
    await begun;
  }

  /** Mean absolute 16-bit sample of what the member says now; 0 while nobody listens. */
  energyOf(id: MemberId): number {
    return this.beginning ? this.options.taps().energyOf(id) : 0;
  }

  private begin(): Promise<void> {
    const { conference, log } = this.options;
    this.beginning ??= this.options
      .taps()
      .listen({
        levelOf: (id) => conference.member(id)?.energyLevel || defaultLevel,
        heard: (id, loud) => conference.heard(id, loud),
      })
      .catch((error: unknown) => log.warn('talking not heard yet', { error: messageOf(error) }));
    return this.beginning;
  }

  private linger(): void {
    const { clock, conference } = this.options;
    this.stopLinger?.();
    this.stopLinger = undefined;
    if (conference.ended) return;
    this.stopLinger = clock.after(lingerMs, () => {
      if (this.holders === 0) this.end();
    });
  }

  private end(): void {
    const { conference, log, taps } = this.options;
    this.beginning = undefined;
    void taps()
      .listen(undefined)
      .catch((error: unknown) => log.warn('taps not closed', { error: messageOf(error) }));
    for (const id of conference.members.keys()) conference.heard(id, false);
  }
}
