// Sounds that the APIs asked for, for everybody in a conference or for one member: one after the other. An endless one would
// keep the others waiting for ever; the next one ends it.
import type { Begin, PlayRequest } from './play-request.js';

/** Those that wait for their turn; one more is not played. */
const mostWaiting = 16;

export interface PlayQueueOptions {
  readonly begin: Begin;
  /** Something has to be begun, or nothing plays any more: whoever owns the queue calls resume() when there is room. */
  readonly due: () => void;
}

export class PlayQueue {
  private readonly options: PlayQueueOptions;
  private readonly requests: PlayRequest[] = [];
  private stopped = false;

  constructor(options: PlayQueueOptions) {
    this.options = options;
  }

  add(request: PlayRequest): void {
    if (this.stopped || this.requests.length > mostWaiting) {
      request.stop();
      return;
    }
    const { due } = this.options;
    request.onPaused = due;
    request.onOver = () => {
      this.requests.splice(this.requests.indexOf(request), 1);
      if (!this.stopped) due();
    };
    this.requests.push(request);
    for (const before of this.requests.slice(0, -1)) if (before.endless) before.stop();
    due();
  }

  /** Begins the one whose turn it is, or goes on with it. @returns whether there is one */
  async resume(): Promise<boolean> {
    for (let next = this.requests[0]; next; next = this.requests[0]) {
      await next.begin(this.options.begin);
      if (!next.over) return true;
    }
    return false;
  }

  /** Ends all that play or wait. */
  clear(): void {
    for (const request of [...this.requests]) request.stop();
  }

  /** As clear(), for good. */
  stop(): void {
    this.stopped = true;
    this.clear();
  }
}
