// The way of members whose volume or gate is not neutral. rtpengine 26.0 has neither, so their audio takes a detour
// between ingress and room, through a worker process (gain-worker.ts) that has both. It is started when it is needed
// first. When it ends or hangs, rooms are told and lead everybody past it, then through the next one.
import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import type { FromWorker, Levels, RelayedAudio, RelayPorts, ToWorker } from './gain-messages.js';

export interface GainRelayEvents {
  /** `generation` is another one now, or what could not be opened may be tried again. */
  changed: [];
}

/** What a room needs of it. */
export interface GainRelay extends EventEmitter<GainRelayEvents> {
  /** Which worker is there, counted from 1; 0 = none, and nobody can be led through it. */
  readonly generation: number;
  /** Somebody is to be led through it; 'changed' says when that can be done. */
  wake(): void;
  /** Opens two ports for one member. @throws when there is no worker or it has no ports */
  open(key: string, audio: RelayedAudio, levels: Levels): Promise<RelayPorts>;
  /** Where the two sides listen. */
  route(key: string, ports: RelayPorts): void;
  adjust(key: string, levels: Levels): void;
  /** Unknown keys are no error. */
  close(key: string): void;
}

export interface GainRelayOptions {
  readonly log: Log;
  /** The program of the worker. */
  readonly program?: string;
}

/** A worker that leaves two pings in a row unanswered hangs; with the time to lead everybody past it, below 1 s. */
const pingMs = 200;
const mostUnanswered = 2;
const openTimeoutMs = 1000;
const openAgainMs = 1000;
const firstRestartMs = 100;
const longestRestartMs = 30_000;
/** A worker that lived for so long, ms, did not die of what it was started with. */
const soundMs = 10_000;

interface Opening {
  readonly resolve: (ports: RelayPorts) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export class GainRelayProcess extends EventEmitter<GainRelayEvents> implements GainRelay {
  private readonly log: Log;
  private readonly program: string;
  private worker: ChildProcess | undefined;
  private workers = 0;
  private ready = false;
  private readyAt = 0;
  private stopping = false;
  private restartMs = firstRestartMs;
  private restart: NodeJS.Timeout | undefined;
  private pings: NodeJS.Timeout | undefined;
  private unanswered = 0;
  private readonly openings = new Map<string, Opening>();

  constructor({ log, program }: GainRelayOptions) {
    super();
    // Every room listens.
    this.setMaxListeners(0);
    this.log = log;
    this.program = program ?? fileURLToPath(new URL('./gain-worker.js', import.meta.url));
  }

  get generation(): number {
    return this.ready ? this.workers : 0;
  }

  wake(): void {
    if (!this.worker && !this.restart && !this.stopping) this.launch();
  }

  open(key: string, audio: RelayedAudio, levels: Levels): Promise<RelayPorts> {
    return new Promise((resolve, reject) => {
      if (!this.ready) return reject(new Error('there is no gain worker'));
      this.settle(key, new Error('opened again'));
      const timer = setTimeout(() => this.settle(key, new Error('no answer')), openTimeoutMs);
      this.openings.set(key, { resolve, reject, timer });
      this.tell({ kind: 'open', key, audio, levels });
    });
  }

  route(key: string, ports: RelayPorts): void {
    this.tell({ kind: 'route', key, ports });
  }

  adjust(key: string, levels: Levels): void {
    this.tell({ kind: 'adjust', key, levels });
  }

  close(key: string): void {
    this.tell({ kind: 'close', key });
  }

  /** Ends the worker for good. */
  stop(): void {
    this.stopping = true;
    clearTimeout(this.restart);
    this.worker?.kill('SIGKILL');
  }

  private launch(): void {
    const worker = fork(this.program, [], {
      // Packets are garbage after a microsecond: a small nursery keeps each collection below a millisecond.
      execArgv: ['--max-semi-space-size=2'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.worker = worker;
    this.workers += 1;
    let gone = false;
    const onGone = (reason: string): void => {
      if (gone) return;
      gone = true;
      this.ended(reason);
    };
    worker.on('message', (message: FromWorker) => this.heard(message));
    worker.on('error', (error) => onGone(messageOf(error)));
    worker.on('exit', (code, signal) => onGone(signal ?? `code ${code}`));
    // Whoever waits for the application to end does not wait for this one.
    worker.unref();
    worker.channel?.unref();
  }

  private heard(message: FromWorker): void {
    switch (message.kind) {
      case 'ready':
        this.ready = true;
        this.readyAt = performance.now();
        this.unanswered = 0;
        this.pings = setInterval(() => this.ping(), pingMs);
        this.pings.unref();
        this.log.info('gain worker ready', { pid: this.worker?.pid });
        this.emit('changed');
        break;
      case 'opened':
        this.settle(message.key, message.ports);
        break;
      case 'failed':
        this.settle(message.key, new Error(message.reason));
        break;
      case 'pong':
        this.unanswered = 0;
    }
  }

  /** Counts pings, not time: after a stall of our own the answers are read before the next one is sent. */
  private ping(): void {
    if (this.unanswered >= mostUnanswered) {
      this.log.warn('gain worker hangs', { pid: this.worker?.pid });
      this.worker?.kill('SIGKILL');
      return;
    }
    this.unanswered += 1;
    this.tell({ kind: 'ping' });
  }

  private ended(reason: string): void {
    clearInterval(this.pings);
    this.worker = undefined;
    const wasReady = this.ready;
    this.ready = false;
    for (const key of [...this.openings.keys()])
      this.settle(key, new Error(`the gain worker ended: ${reason}`));
    if (this.stopping) return;
    if (wasReady && performance.now() - this.readyAt > soundMs) this.restartMs = firstRestartMs;
    this.log.error('gain worker ended', { reason, restartMs: this.restartMs });
    this.restart = setTimeout(() => {
      this.restart = undefined;
      this.launch();
    }, this.restartMs);
    this.restart.unref();
    this.restartMs = Math.min(2 * this.restartMs, longestRestartMs);
    if (wasReady) this.emit('changed');
  }

  private settle(key: string, outcome: RelayPorts | Error): void {
    const opening = this.openings.get(key);
    if (!opening) return;
    this.openings.delete(key);
    clearTimeout(opening.timer);
    if (!(outcome instanceof Error)) return opening.resolve(outcome);
    opening.reject(outcome);
    if (this.ready) setTimeout(() => this.emit('changed'), openAgainMs).unref();
  }

  private tell(message: ToWorker): void {
    // A worker that has just died is told nothing; its 'exit' is on its way.
    if (this.worker?.connected) this.worker.send(message, () => undefined);
  }
}
