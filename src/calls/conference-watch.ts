// Says that a conference which somebody watches has changed, at most four times a second however much happens: what a
// page that shows it live is drawn anew for. Hears of nothing while nobody watches.
import type { Clock } from '../conference/index.js';
import type { ConferenceFeed, FeedEvent } from './conference-feed.js';

export interface ConferenceWatchOptions {
  readonly feed: Pick<ConferenceFeed, 'subscribe'>;
  readonly clock: Clock;
}

/** From a change to its telling, ms: a page is at most a second behind, and thirty who join at once are one change. */
const periodMs = 250;

export class ConferenceWatch {
  private readonly options: ConferenceWatchOptions;

  constructor(options: ConferenceWatchOptions) {
    this.options = options;
  }

  /**
   * Calls `changed` after every change of one conference, or of any; never while this runs. Who talks is listened to for
   * who watches one conference, and is no change for who watches all.
   * @param conferenceId undefined = of any
   * @returns stops the watching
   */
  watch(conferenceId: string | undefined, changed: () => void): () => void {
    const { feed, clock } = this.options;
    let cancel: (() => void) | undefined;
    const hear = ({ kind }: FeedEvent) => {
      if (conferenceId === undefined && (kind === 'talk-started' || kind === 'talk-stopped')) return;
      cancel ??= clock.after(periodMs, () => {
        cancel = undefined;
        changed();
      });
    };
    const release = feed.subscribe(conferenceId ?? 'all', hear, { talk: conferenceId !== undefined });
    return () => {
      release();
      cancel?.();
    };
  }
}
