// One sound after another on one stage. rtpengine reports no end of playback, so a timer set at its reply does: the
// next file begins exactly when the last one ends (measured: no gap), and after a restart of rtpengine or a move of
// the phone the sound goes on from where it was.
import { NgError } from './ng-client.js';
import { soundRate } from './au.js';

export interface PlayOptions {
  /** How many times the whole; Infinity = until stopped. Default 1. */
  readonly repeat?: number;
  /** Where in the first file to begin, ms. */
  readonly startAtMs?: number;
  /** To all in a room: what is announced next does not wait for its end, but ends it. As endless ones always do. */
  readonly yields?: boolean;
}

export type PlaybackEnd = 'finished' | 'stopped';

export interface Playback {
  /** Of the whole; Infinity for an endless loop; an estimate while the later files were not played yet. */
  readonly durationMs: number;
  readonly done: Promise<PlaybackEnd>;
  /** Safe at any time, also after the end. */
  stop(): Promise<void>;
}

/** Where it is heard: a phone's own leg, its leg in a room, or a room's announcer. */
export interface Stage {
  /**
   * Plays at once instead of whatever plays.
   * @param start sample of the file to begin with (rtpengine's start-pos counts in the time base of the file)
   * @returns the duration of one turn in ms, if rtpengine knows it
   */
  play(file: string, start: number, times: number): Promise<number | undefined>;
  stop(): Promise<void>;
}

/** rtpengine counts turns in a C long; this many of any sound outlive the call. */
export const endless = 1_000_000;

/** A file whose length rtpengine does not know is taken for so long, ms. */
const unknownLength = 10_000;

interface Run {
  readonly files: readonly string[];
  readonly repeat: number;
  turn: number;
  index: number;
  /** performance.now() when the current file would have begun at position 0. */
  beganAt: number;
  /** Length of one turn of the current file, ms. */
  length: number;
  durationMs: number;
  timer: NodeJS.Timeout | undefined;
  /** The command to play the current file is on its way. */
  pending: boolean;
  finish: (end: PlaybackEnd) => void;
}

export class Player {
  private readonly stage: Stage;
  private readonly failed: (error: unknown) => void;
  private run: Run | undefined;

  /** @param failed told of a file that could not be played in the middle of a sequence or after a restart */
  constructor(stage: Stage, failed: (error: unknown) => void) {
    this.stage = stage;
    this.failed = failed;
  }

  get playing(): boolean {
    return this.run !== undefined;
  }

  /**
   * Resolves when the first file has begun. What played before ends with 'stopped'.
   * @throws NgError when the first file cannot be played
   */
  async play(files: string | readonly string[], options: PlayOptions = {}): Promise<Playback> {
    const list = typeof files === 'string' ? [files] : [...files];
    this.end('stopped');
    if (list.length === 0)
      return { durationMs: 0, done: Promise.resolve('finished'), stop: () => Promise.resolve() };
    let finish: (end: PlaybackEnd) => void = () => undefined;
    const done = new Promise<PlaybackEnd>((resolve) => (finish = resolve));
    const run: Run = {
      files: list,
      repeat: Math.max(1, options.repeat ?? 1),
      turn: 0,
      index: 0,
      beganAt: 0,
      length: 0,
      durationMs: 0,
      timer: undefined,
      pending: false,
      finish,
    };
    this.run = run;
    try {
      await this.begin(run, Math.max(0, options.startAtMs ?? 0));
    } catch (error) {
      if (this.run === run) this.end('stopped');
      throw error;
    }
    return {
      get durationMs() {
        return run.durationMs;
      },
      done,
      stop: () => (this.run === run ? this.stop() : Promise.resolve()),
    };
  }

  /** Never throws: what cannot be stopped is gone already. */
  async stop(): Promise<void> {
    if (!this.run) return;
    this.end('stopped');
    await this.stage.stop().catch((error: unknown) => this.failed(error));
  }

  /** Ends without telling rtpengine, whose call is gone. */
  end(how: PlaybackEnd): void {
    const run = this.run;
    this.run = undefined;
    clearTimeout(run?.timer);
    run?.finish(how);
  }

  /** The stage is another one now, or rtpengine was restarted: goes on from where it was. */
  async resume(): Promise<void> {
    const run = this.run;
    if (!run) return;
    // What is still on its way is repeated by whoever sent it.
    if (run.pending) return;
    clearTimeout(run.timer);
    const elapsed = performance.now() - run.beganAt;
    if (this.looping(run)) {
      const turns = Math.floor(elapsed / Math.max(1, run.length));
      if (turns >= run.repeat) return this.end('finished');
      await this.begin(run, 0, run.repeat - turns).catch((error: unknown) => this.lost(run, error));
    } else {
      await this.begin(run, Math.min(elapsed, run.length)).catch((error: unknown) => this.lost(run, error));
    }
  }

  /** One file alone is repeated by rtpengine itself, without a gap. */
  private looping(run: Run): boolean {
    return run.files.length === 1 && run.repeat > 1;
  }

  private async begin(run: Run, startMs: number, turnsLeft = run.repeat): Promise<void> {
    const file = run.files[run.index];
    if (file === undefined) return this.end('finished');
    const times = this.looping(run) ? Math.min(turnsLeft, endless) : 1;
    run.pending = true;
    run.length = 0;
    run.beganAt = performance.now() - startMs;
    let length: number;
    try {
      // Where the samples cannot be counted, the file begins anew.
      const rate = startMs > 0 ? await soundRate(file) : undefined;
      if (rate === undefined) startMs = 0;
      length =
        (await this.stage.play(file, Math.round((startMs * (rate ?? 0)) / 1000), times)) ?? unknownLength;
    } finally {
      run.pending = false;
    }
    if (this.run !== run) return;
    run.length = length;
    run.beganAt = performance.now() - startMs;
    run.durationMs = Math.max(run.durationMs, length * run.files.length * run.repeat);
    clearTimeout(run.timer);
    const left = length * times - startMs;
    // Longer than a timer can wait, 24 days: it outlives every call.
    if (left < 0x7fffffff) run.timer = setTimeout(() => this.next(run), Math.max(0, left));
  }

  private next(run: Run): void {
    if (this.run !== run) return;
    run.index += 1;
    if (this.looping(run)) return this.end('finished');
    if (run.index >= run.files.length) {
      run.index = 0;
      run.turn += 1;
      if (run.turn >= run.repeat) return this.end('finished');
    }
    this.begin(run, 0).catch((error: unknown) => this.lost(run, error));
  }

  /** One bad file does not silence those after it; rtpengine's absence is made up for by resume(). */
  private lost(run: Run, error: unknown): void {
    if (this.run !== run) return;
    if (!(error instanceof NgError) || error.failure !== 'rejected' || error.unknownCall) return;
    this.failed(error);
    this.next(run);
  }
}
