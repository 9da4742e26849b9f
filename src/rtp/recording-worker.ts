// The thread that gets the packets of all recordings and writes them, so that neither costs the calls anything: 50 packets
// a second and recording here, two writes a second and a wait for the storage there.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { RecordingFile } from './recording-file.js';
import type {
  FromRecordingWorker,
  RecordingEndReason,
  RecordingOrder,
  ToRecordingWorker,
} from './recording-messages.js';
import { RecordingTrack } from './recording-track.js';

/** Between two writes, ms. With `lateMs`, what a power cut costs: under a second. */
const writeMs = 500;
/** How long a packet is waited for, ms: rtpengine sends evenly, but a new stream takes 100 ms to find its place. */
const lateMs = 250;
/** Between two looks at the free space, ms. */
const spaceMs = 5000;

class Recording {
  private readonly id: number;
  private readonly order: RecordingOrder;
  private readonly socket: Socket;
  private readonly file: RecordingFile;
  private readonly startedAt = performance.now();
  private readonly track = new RecordingTrack(this.startedAt);
  private readonly timer: NodeJS.Timeout;
  private writing: Promise<void> = Promise.resolve();
  private behind = false;
  private spaceSeenAt = this.startedAt;
  private over = false;

  constructor(id: number, order: RecordingOrder, socket: Socket, file: RecordingFile) {
    this.id = id;
    this.order = order;
    this.socket = socket;
    this.file = file;
    socket.on('message', (packet) => this.track.accept(packet, performance.now()));
    socket.on('error', () => void this.end('failed'));
    // After what came: if this thread did not run for a while, the packets wait in the socket.
    this.timer = setInterval(() => setImmediate(() => this.tick()), writeMs);
  }

  private tick(): void {
    // A slow storage is not asked faster; the track keeps what comes meanwhile.
    if (this.behind || this.over) return;
    this.behind = true;
    const now = performance.now();
    void this.write(now - lateMs)
      .then(() => this.look(now))
      .catch(() => void this.end('failed'))
      .finally(() => (this.behind = false));
  }

  private write(until: number): Promise<void> {
    this.writing = this.writing.then(async () => {
      for (let samples = this.track.take(until); samples.length > 0; samples = this.track.take(until)) {
        await this.file.append(samples);
      }
    });
    return this.writing;
  }

  private async look(now: number): Promise<void> {
    if (now - this.startedAt >= this.order.maxMs) {
      await this.end('limit');
    } else if (now - this.spaceSeenAt >= spaceMs) {
      this.spaceSeenAt = now;
      if ((await freeBytes(this.order.file)) < this.order.minFreeBytes) await this.end('disk');
    }
  }

  async end(reason: RecordingEndReason): Promise<void> {
    if (this.over) return;
    this.over = true;
    clearInterval(this.timer);
    recordings.delete(this.id);
    const until = performance.now();
    // What is said until now is still on its way.
    if (reason === 'closed') await new Promise((resolve) => setTimeout(resolve, lateMs));
    this.socket.close();
    let told = reason;
    await this.write(until).catch(() => (told = 'failed'));
    await this.file.close().catch(() => (told = 'failed'));
    tell({ kind: 'ended', id: this.id, end: { reason: told, ...this.file.size } });
  }
}

const recordings = new Map<number, Recording>();

async function open(message: ToRecordingWorker & { kind: 'open' }): Promise<void> {
  const { id, avoid, ...order } = message;
  let socket: Socket | undefined;
  try {
    if ((await freeBytes(order.file)) < order.minFreeBytes) throw new Error('the disk is nearly full');
    socket = await bind(avoid);
    const file = await RecordingFile.create(order.file, order.durable);
    recordings.set(id, new Recording(id, order, socket, file));
    tell({ kind: 'opened', id, port: socket.address().port });
  } catch (error) {
    socket?.close();
    tell({ kind: 'refused', id, error: error instanceof Error ? error.message : String(error) });
  }
}

/** A loopback port that is not one of rtpengine's, which would miss it when a phone needs it. */
async function bind(avoid: { first: number; last: number }): Promise<Socket> {
  const unfit: Socket[] = [];
  try {
    for (;;) {
      const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      const { port } = socket.address();
      if (port < avoid.first || port > avoid.last) return socket;
      unfit.push(socket);
      if (unfit.length >= 100) throw new Error('no port is free');
    }
  } finally {
    for (const socket of unfit) socket.close();
  }
}

async function freeBytes(file: string): Promise<number> {
  const { bavail, bsize } = await statfs(dirname(file));
  return bavail * bsize;
}

function tell(message: FromRecordingWorker): void {
  parentPort?.postMessage(message);
}

/** In their order: a recording may be closed while it is being opened. */
let opening: Promise<void> = Promise.resolve();

parentPort?.on('message', (message: ToRecordingWorker) => {
  opening = opening.then(() => {
    if (message.kind === 'open') return open(message);
    void recordings.get(message.id)?.end('closed');
    return undefined;
  });
});
