// A sound that an API asked for, from when it was asked for to its end. The box's own words go before it: it makes room for
// them and goes on where it was, so that a long one hides no "you are now muted" and no entry tone.
import type { Log } from '../log.js';
import { messageOf } from '../errors.js';
import type { Playback } from '../rtp/index.js';

export type PlayEnd = 'finished' | 'stopped' | 'failed';

/** What whoever asked may know of it and do with it. */
export interface Play {
  /** True when it is heard; false when it never will be. */
  readonly started: Promise<boolean>;
  readonly done: Promise<PlayEnd>;
  /** At once, also before its turn; safe at any time. */
  stop(): void;
}

/** Begins to play files instead of whatever plays there. */
export type Begin = (
  files: string[],
  options: { readonly repeat: number; readonly startAtMs: number },
) => Promise<Playback>;

/** So many turns outlive every call. */
const endless = 1_000_000;

export class PlayRequest implements Play {
  readonly started: Promise<boolean>;
  readonly done: Promise<PlayEnd>;
  readonly endless: boolean;
  /** Somebody else's sound came, or a turn is over: it has to be begun again when there is room. */
  onPaused: () => void = () => undefined;
  onOver: () => void = () => undefined;
  private readonly files: Promise<string[]>;
  private readonly log: Log;
  private turnsLeft: number;
  /** Where in the sound to go on, ms. */
  private position = 0;
  private playback: Playback | undefined;
  private beginning = false;
  private ended: PlayEnd | undefined;
  private resolveStarted!: (started: boolean) => void;
  private resolveDone!: (end: PlayEnd) => void;

  /** @param turns Infinity = until it is stopped */
  constructor(files: Promise<string[]>, turns: number, log: Log) {
    this.files = files;
    this.log = log;
    this.endless = turns > endless;
    this.turnsLeft = Math.min(Math.max(1, Math.trunc(turns)), endless);
    this.started = new Promise((resolve) => (this.resolveStarted = resolve));
    this.done = new Promise((resolve) => (this.resolveDone = resolve));
    files.catch(() => undefined);
  }

  get over(): boolean {
    return this.ended !== undefined;
  }

  /** Plays, or goes on where it was; resolves when it is heard, or over. Nothing happens while it plays. */
  async begin(play: Begin): Promise<void> {
    if (this.over || this.beginning || this.playback) return;
    this.beginning = true;
    try {
      const files = await this.files;
      if (this.over) return;
      if (files.length === 0) {
        this.end('failed');
        return;
      }
      // A turn that was begun is played to its end first; where the next begins is then the beginning again.
      const startAtMs = this.position;
      const repeat = startAtMs > 0 ? 1 : this.turnsLeft;
      const playback = await play(files, { repeat, startAtMs });
      if (this.over) {
        await playback.stop();
        return;
      }
      this.playback = playback;
      this.resolveStarted(true);
      const beganAt = performance.now() - startAtMs;
      void playback.done.then((how) => {
        const lengthMs = files.length === 1 ? playback.durationMs / repeat : 0;
        this.paused(
          how === 'finished' ? repeat * lengthMs : performance.now() - beganAt,
          lengthMs,
          how,
          repeat,
        );
      });
    } catch (error) {
      this.log.warn('sound not played', { error: messageOf(error) });
      this.end('failed');
    } finally {
      this.beginning = false;
    }
  }

  stop(): void {
    const { playback } = this;
    this.end('stopped');
    void playback?.stop().catch(() => undefined);
  }

  private paused(elapsedMs: number, lengthMs: number, how: 'finished' | 'stopped', turns: number): void {
    this.playback = undefined;
    if (this.over) return;
    const turnsOver = how === 'finished' ? turns : lengthMs > 0 ? Math.floor(elapsedMs / lengthMs) : 0;
    this.position = how === 'finished' || lengthMs <= 0 ? 0 : elapsedMs % lengthMs;
    this.turnsLeft -= turnsOver;
    if (this.turnsLeft <= 0) this.end('finished');
    else this.onPaused();
  }

  private end(how: PlayEnd): void {
    if (this.over) return;
    this.ended = how;
    this.resolveStarted(false);
    this.resolveDone(how);
    this.onOver();
  }
}
