// Says that a conference which somebody watches has changed, at most four times a second however much happens: what a
// page that shows it live is drawn anew for. Looks at nothing while nobody watches.
import type { Clock, Conference, ConferenceEvents } from '../conference/index.js';
import type { RunningConferences } from './running-conferences.js';

export interface ConferenceWatchOptions {
  readonly running: Pick<RunningConferences, 'get' | 'all'>;
  readonly clock: Clock;
}

/** Between two looks, ms: a page is at most a second behind, and thirty who join at once are one change. */
const periodMs = 250;

/** What can be seen of a conference changes with these. */
const facts = [
  'member-joined',
  'member-left',
  'member-changed',
  'locked',
  'unlocked',
  'conference-changed',
  'conference-ended',
] as const satisfies readonly (keyof ConferenceEvents)[];

interface Watcher {
  /** Undefined = all conferences. */
  readonly conferenceId: string | undefined;
  readonly changed: () => void;
  due: boolean;
}

export class ConferenceWatch {
  private readonly options: ConferenceWatchOptions;
  private readonly watchers = new Set<Watcher>();
  /** The running conferences that are listened to, by id. */
  private readonly heard = new Map<string, { conference: Conference; stop: () => void }>();
  private cancel: (() => void) | undefined;

  constructor(options: ConferenceWatchOptions) {
    this.options = options;
  }

  /**
   * Calls `changed` after every change of one conference, or of any; never while this runs.
   * @param conferenceId undefined = of any
   * @returns stops the watching
   */
  watch(conferenceId: string | undefined, changed: () => void): () => void {
    const watcher: Watcher = { conferenceId, changed, due: false };
    this.watchers.add(watcher);
    if (!this.cancel) {
      this.follow();
      watcher.due = false;
      this.wait();
    }
    return () => {
      this.watchers.delete(watcher);
      if (this.watchers.size > 0) return;
      this.cancel?.();
      this.cancel = undefined;
      for (const { stop } of this.heard.values()) stop();
      this.heard.clear();
    };
  }

  private wait(): void {
    this.cancel = this.options.clock.after(periodMs, () => {
      this.wait();
      this.follow();
      for (const watcher of [...this.watchers]) {
        if (!watcher.due) continue;
        watcher.due = false;
        watcher.changed();
      }
    });
  }

  /** Listens to those that began since the last look. Two looks apart, a conference may have ended and begun again. */
  private follow(): void {
    for (const { id, conference } of this.options.running.all()) {
      const known = this.heard.get(id);
      if (known?.conference === conference) continue;
      known?.stop();
      const note = () => this.note(id);
      const over = () => this.heard.delete(id);
      for (const fact of facts) conference.on(fact, note);
      conference.on('conference-ended', over);
      const stop = () => {
        for (const fact of facts) conference.off(fact, note);
        conference.off('conference-ended', over);
      };
      this.heard.set(id, { conference, stop });
      this.note(id);
    }
  }

  private note(conferenceId: string): void {
    for (const watcher of this.watchers) {
      if (watcher.conferenceId === undefined || watcher.conferenceId === conferenceId) watcher.due = true;
    }
  }
}
