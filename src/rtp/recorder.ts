// Recordings as the rest of the box sees them: opened, closed, ended by themselves. One worker thread has them all; when it
// dies every recording ends, and the next one begins another.
import { Worker } from 'node:worker_threads';
import type { Log } from '../log.js';
import { mendRecording } from './recording-file.js';
import type {
  FromRecordingWorker,
  RecordingEnd,
  RecordingOrder,
  ToRecordingWorker,
} from './recording-messages.js';

/** A recording that goes on. */
export interface OpenRecording {
  /** Where its sound is sent, as L16/16000; on loopback. */
  readonly port: number;
  /** Resolves when the file is closed, for whatever reason; never rejects. */
  readonly ended: Promise<RecordingEnd>;
  /** Writes what is still on its way and closes the file. */
  close(): Promise<RecordingEnd>;
}

export interface RecorderOptions {
  /** Ports that rtpengine uses, inclusive. */
  readonly avoid: { readonly first: number; readonly last: number };
  readonly log: Log;
}

interface Entry {
  readonly file: string;
  opened: (port: number) => void;
  refused: (error: Error) => void;
  ended: (end: RecordingEnd) => void;
}

export class Recorder {
  private readonly options: RecorderOptions;
  private readonly entries = new Map<number, Entry>();
  private worker: Worker | undefined;
  private lastId = 0;

  constructor(options: RecorderOptions) {
    this.options = options;
  }

  /**
   * The first recording begins the worker and waits for it, some 50 ms: most boxes record nothing, and it takes 10 MB.
   * @throws Error with the reason when the disk is nearly full or the file cannot be made
   */
  async open(order: RecordingOrder): Promise<OpenRecording> {
    const id = ++this.lastId;
    let opened!: Entry['opened'];
    let refused!: Entry['refused'];
    let settle!: Entry['ended'];
    const port = new Promise<number>((resolve, reject) => ([opened, refused] = [resolve, reject]));
    const ended = new Promise<RecordingEnd>((resolve) => (settle = resolve));
    this.entries.set(id, { file: order.file, opened, refused, ended: settle });
    this.tell({ kind: 'open', id, avoid: this.options.avoid, ...order });
    return {
      port: await port,
      ended,
      close: () => {
        this.tell({ kind: 'close', id });
        return ended;
      },
    };
  }

  /** Closes what is open, and the worker. */
  async stop(): Promise<void> {
    const open = [...this.entries.keys()].map(
      (id) =>
        new Promise<void>((resolve) => {
          const entry = this.entries.get(id);
          if (!entry) return resolve();
          const { ended } = entry;
          entry.ended = (end) => {
            ended(end);
            resolve();
          };
          this.tell({ kind: 'close', id });
        }),
    );
    await Promise.all(open);
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private tell(message: ToRecordingWorker): void {
    this.worker ??= this.begin();
    this.worker.postMessage(message);
  }

  private begin(): Worker {
    const worker = new Worker(new URL('./recording-worker.js', import.meta.url));
    worker.unref();
    worker.on('message', (message: FromRecordingWorker) => this.onMessage(message));
    worker.on('error', (error) => this.options.log.error('recording failed', { error: String(error) }));
    worker.on('exit', () => {
      if (this.worker !== worker) return;
      this.worker = undefined;
      void this.lose();
    });
    return worker;
  }

  private onMessage(message: FromRecordingWorker): void {
    const entry = this.entries.get(message.id);
    if (!entry) return;
    switch (message.kind) {
      case 'opened':
        return entry.opened(message.port);
      case 'refused':
        this.entries.delete(message.id);
        return entry.refused(new Error(message.error));
      case 'ended':
        this.entries.delete(message.id);
        return entry.ended(message.end);
    }
  }

  /** The worker is dead: what it had written is kept. */
  private async lose(): Promise<void> {
    for (const [id, entry] of this.entries) {
      this.entries.delete(id);
      entry.refused(new Error('the recording worker died'));
      const size = await mendRecording(entry.file).catch(() => ({ bytes: 0, ms: 0 }));
      entry.ended({ reason: 'failed', ...size });
    }
  }
}
