// Who is talking, from the real audio: the side of the talk detection that the rooms see. The thread that hears is
// started with the first ear and lives as long as the box; a box in which nobody asks who talks has none.
import { Worker } from 'node:worker_threads';
import type { Log } from '../log.js';
import type { InnerCodec } from './codecs.js';
import { TalkBoard } from './talk-board.js';
import type { FromTalkWorker, ToTalkWorker } from './talk-worker.js';

/** One member's packets, listened to. */
export interface Ear {
  /** UDP port on loopback to which a copy of the packets has to be sent. */
  readonly port: number;
  /** False: the thread that heard is gone; another ear has to be opened. */
  readonly alive: boolean;
  /** Mean absolute sample of the last packet, 0..32767; 0 while none come. */
  readonly energy: number;
  /** Says from which loopback port they come. Until then nothing is heard. */
  from(port: number): void;
  setLevel(level: number): void;
  close(): void;
}

export interface EarOptions {
  readonly codec: InnerCodec;
  /** Louder than this is talking; mean absolute sample. */
  readonly level: number;
  /** How it stands now, where the member was listened to in another way before. */
  readonly talking: boolean;
  readonly changed: (talking: boolean) => void;
}

/** A thread that does not start in this time never will, ms. */
const startTimeoutMs = 5000;

export class TalkDetector {
  private readonly log: Log;
  private readonly board = new TalkBoard();
  private readonly freePlaces = Array.from({ length: TalkBoard.places }, (_, n) => n);
  private readonly ears = new Map<number, EarOptions>();
  private lastEar = 0;
  private thread: Promise<Thread> | undefined;
  private stopped = false;

  constructor(log: Log) {
    this.log = log;
  }

  /** @throws Error when the thread cannot be had, or when there are 1024 ears */
  async open(options: EarOptions): Promise<Ear> {
    const thread = await this.running();
    const place = this.freePlaces.shift();
    if (place === undefined) throw new Error('too many ears');
    const id = ++this.lastEar;
    const { board, ears, freePlaces } = this;
    board.setLevel(place, options.level);
    board.setEnergy(place, 0);
    ears.set(id, options);
    return {
      port: thread.port,
      get alive() {
        return thread.alive;
      },
      get energy() {
        return ears.has(id) ? board.energy(place) : 0;
      },
      from: (port) => {
        const { codec, talking } = options;
        thread.send({ kind: 'hear', ear: id, place, port, codec, talking });
      },
      setLevel: (level) => {
        if (ears.has(id)) board.setLevel(place, level);
      },
      close: () => {
        if (!ears.delete(id)) return;
        thread.send({ kind: 'forget', ear: id });
        freePlaces.push(place);
      },
    };
  }

  async stop(): Promise<void> {
    this.stopped = true;
    const thread = await this.thread?.catch(() => undefined);
    this.thread = undefined;
    await thread?.stop();
  }

  private running(): Promise<Thread> {
    if (this.stopped) return Promise.reject(new Error('the talk detector is stopped'));
    this.thread ??= startThread(this.board, {
      talking: (ear, talking) => this.ears.get(ear)?.changed(talking),
      gone: (error) => {
        this.thread = undefined;
        if (!this.stopped) this.log.error('talk detection lost its thread', { error: String(error) });
      },
    });
    return this.thread;
  }
}

interface Thread {
  readonly port: number;
  readonly alive: boolean;
  send(message: ToTalkWorker): void;
  stop(): Promise<unknown>;
}

function startThread(
  board: TalkBoard,
  on: { talking: (ear: number, talking: boolean) => void; gone: (error: unknown) => void },
): Promise<Thread> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./talk-worker.js', import.meta.url), {
      workerData: board.memory,
      // Without what the process itself was started with: the loaders of a debugger or a test runner alone want 28 MB.
      execArgv: [],
      // It keeps one small object per ear and starts with 6 MB; more than this would be a fault of ours, which must not
      // eat the box's memory.
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    });
    let alive = true;
    const timer = setTimeout(() => void worker.terminate(), startTimeoutMs);
    const gone = (error: unknown): void => {
      clearTimeout(timer);
      if (!alive) return;
      alive = false;
      on.gone(error);
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    worker.on('error', gone);
    worker.on('exit', (code) => gone(`exit ${code}`));
    worker.on('message', (message: FromTalkWorker) => {
      if (message.kind === 'talking') {
        on.talking(message.ear, message.talking);
        return;
      }
      clearTimeout(timer);
      resolve({
        port: message.port,
        get alive() {
          return alive;
        },
        send: (order) => {
          if (alive) worker.postMessage(order);
        },
        stop: () => worker.terminate(),
      });
    });
  });
}
