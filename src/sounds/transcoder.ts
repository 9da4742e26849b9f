// Makes the file that is played of a file that somebody gave: one at a time, each in a thread of its own, which is ended
// when it takes too long.
import { rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { SoundError, UnreadableSound } from './sound-error.js';

export interface TranscoderOptions {
  /** Longer sounds are refused; 10 minutes when absent. */
  readonly longestMs?: number;
  /** So long one file may take, ms; 2 minutes when absent. Ten minutes of stereo took 13 s on two busy cores. */
  readonly timeoutMs?: number;
}

export interface TranscodeJob {
  /** What was given. */
  readonly from: string;
  /** Where the .au file is written. */
  readonly to: string;
  readonly longestMs: number;
}

/** The file that is there now. */
export interface TranscodedFile {
  /** SHA-256 of it, hexadecimal. */
  readonly hash: string;
  readonly bytes: number;
  readonly durationMs: number;
  /** LUFS; −Infinity for silence. */
  readonly loudness: number;
}

export type TranscodeReport = TranscodedFile | { readonly refused: string };

/** Files that wait for their turn; one more is refused. */
const mostWaiting = 8;
/** Of the thread, MB, beside the sound itself. */
const heap = 256;

export class Transcoder {
  private readonly longestMs: number;
  private readonly timeoutMs: number;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private worker: Worker | undefined;
  private stopped = false;

  constructor(options: TranscoderOptions = {}) {
    this.longestMs = options.longestMs ?? 600_000;
    this.timeoutMs = options.timeoutMs ?? 120_000;
  }

  /**
   * Reads `from` and writes `to`, of which nothing is left when it fails.
   * @throws UnreadableSound, SoundError when too many wait; else what the file system throws
   */
  async transcode(from: string, to: string): Promise<TranscodedFile> {
    if (this.waiting >= mostWaiting) throw new SoundError('too many sounds are being read now');
    this.waiting += 1;
    const turn = this.last.then(() => this.run({ from, to, longestMs: this.longestMs }));
    this.last = turn.catch(() => undefined);
    try {
      const report = await turn;
      if ('refused' in report) throw new UnreadableSound(report.refused);
      return report;
    } catch (error) {
      await rm(to, { force: true });
      throw error;
    } finally {
      this.waiting -= 1;
    }
  }

  /** What is being transcoded is given up. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.worker?.terminate();
  }

  private run(job: TranscodeJob): Promise<TranscodeReport> {
    if (this.stopped) return Promise.reject(new SoundError('the box is being stopped'));
    const worker = new Worker(new URL('./transcode-worker.js', import.meta.url), {
      workerData: job,
      resourceLimits: { maxOldGenerationSizeMb: heap },
    });
    this.worker = worker;
    return new Promise<TranscodeReport>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new SoundError('it takes too long to read'));
        void worker.terminate();
      }, this.timeoutMs);
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => {
        clearTimeout(timer);
        this.worker = undefined;
        reject(new SoundError('it could not be read'));
      });
    });
  }
}
