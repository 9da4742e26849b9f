// Tells programs outside what happened: each message of a stream after the one before it, until it has arrived or is too
// old. What waits is in the store, so that a restart loses nothing; nobody who posts a message waits for anything.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../conference/index.js';
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import type { CallbackMessage, CallbackQueue, CallbackTarget } from '../store/index.js';

export interface CallbackSenderOptions {
  readonly queue: Pick<CallbackQueue, 'add' | 'remove' | 'all'>;
  /**
   * One attempt.
   * @throws Error when the receiver did not take it; CallbackImpossible when it never will
   */
  readonly deliver: (url: string, message: CallbackMessage) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** Messages that wait at most, in all and in one stream; default 10,000 and 1000. One more is left out. */
  readonly mostWaiting?: number;
  readonly mostInStream?: number;
}

/** Another attempt would end in the same way. */
export class CallbackImpossible extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'CallbackImpossible';
  }
}

interface Stream {
  /** The first one is being delivered. */
  readonly waiting: CallbackMessage[];
  attempts: number;
  stopPause: (() => void) | undefined;
}

/** Pauses between attempts: 1 s, twice as long each time, ms. */
const firstPauseMs = 1000;
const longestPauseMs = 300_000;
/** Older messages are given up, ms: a day. */
const longestAgeMs = 86_400_000;
/** Deliveries at once, of different streams. */
const mostAtOnce = 16;

export class CallbackSender {
  private readonly options: CallbackSenderOptions;
  private readonly streams = new Map<string, Stream>();
  private readonly ready: Stream[] = [];
  private readonly storing = new Set<Promise<void>>();
  private readonly beingStored = new WeakMap<CallbackMessage, Promise<void>>();
  private underWay = 0;
  private count = 0;
  private stopped = true;

  constructor(options: CallbackSenderOptions) {
    this.options = options;
  }

  /** Goes on with what was waiting when the box went down. */
  async start(): Promise<void> {
    this.stopped = false;
    for (const message of await this.options.queue.all()) this.line(message);
  }

  /** Gives up attempts that wait; what has not arrived is told after the next start. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const stream of this.streams.values()) stream.stopPause?.();
    await Promise.all(this.storing);
  }

  /** Messages that have not arrived. */
  get waiting(): number {
    return this.count;
  }

  /** Returns at once. Without a callbackUrl there is nobody to tell. */
  post(stream: string, target: CallbackTarget, body: Readonly<Record<string, unknown>>): void {
    const { queue, clock, log, mostWaiting = 10_000, mostInStream = 1000 } = this.options;
    if (!target.callbackUrl) return;
    const inStream = this.streams.get(stream)?.waiting.length ?? 0;
    if (this.count >= mostWaiting || inStream >= mostInStream) {
      log.warn('callback left out: too many wait', { stream, waiting: this.count });
      return;
    }
    const message = { id: randomUUID(), stream, target, body, createdAt: clock.now() };
    // Written and sent side by side: a receiver need not wait for the storage.
    const stored = queue
      .add(message)
      .catch((error: unknown) => log.warn('callback not written', { error: messageOf(error) }))
      .then(() => void this.storing.delete(stored));
    this.storing.add(stored);
    this.line(message, stored);
  }

  private line(message: CallbackMessage, stored?: Promise<void>): void {
    let stream = this.streams.get(message.stream);
    if (!stream) {
      stream = { waiting: [], attempts: 0, stopPause: undefined };
      this.streams.set(message.stream, stream);
    }
    stream.waiting.push(message);
    this.count += 1;
    if (stored) this.beingStored.set(message, stored);
    if (stream.waiting.length === 1) this.enqueue(stream);
  }

  private enqueue(stream: Stream): void {
    this.ready.push(stream);
    while (!this.stopped && this.underWay < mostAtOnce) {
      const next = this.ready.shift();
      if (!next) return;
      this.underWay += 1;
      void this.attempt(next).finally(() => {
        this.underWay -= 1;
        const after = this.ready.shift();
        if (after) this.enqueue(after);
      });
    }
  }

  private async attempt(stream: Stream): Promise<void> {
    const { clock, log } = this.options;
    const [message] = stream.waiting;
    if (!message) return;
    let fault: unknown;
    try {
      await this.deliver(message);
    } catch (error) {
      fault = error;
    }
    if (fault !== undefined) {
      const age = clock.now() - message.createdAt;
      if (!(fault instanceof CallbackImpossible) && age < longestAgeMs) {
        this.pause(stream, fault);
        return;
      }
      log.warn('callback given up', { id: message.id, error: messageOf(fault) });
    }
    stream.attempts = 0;
    // Before the next one goes out: after a crash, what is told again must not be older than what was told last.
    await this.beingStored.get(message);
    await this.options.queue
      .remove(message.id)
      .catch((error: unknown) => log.warn('callback not removed', { error: messageOf(error) }));
    // Only now: whoever posts into an empty line begins to deliver.
    stream.waiting.shift();
    this.count -= 1;
    if (stream.waiting.length > 0) this.enqueue(stream);
    else this.streams.delete(message.stream);
  }

  private async deliver(message: CallbackMessage): Promise<void> {
    const { deliver } = this.options;
    const { callbackUrl, fallbackUrl } = message.target;
    try {
      await deliver(callbackUrl ?? '', message);
    } catch (error) {
      if (!fallbackUrl) throw error;
      await deliver(fallbackUrl, message).catch((second: unknown) => {
        throw second instanceof CallbackImpossible ? error : second;
      });
    }
  }

  private pause(stream: Stream, fault: unknown): void {
    if (this.stopped) return;
    const ms = Math.min(firstPauseMs * 2 ** stream.attempts, longestPauseMs);
    stream.attempts += 1;
    const { clock, log } = this.options;
    log.info('callback not delivered', { id: stream.waiting[0]?.id, again: ms, error: messageOf(fault) });
    stream.stopPause = clock.after(ms, () => {
      stream.stopPause = undefined;
      this.enqueue(stream);
    });
  }
}
