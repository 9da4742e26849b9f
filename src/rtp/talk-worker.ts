// The thread that hears who is talking: one UDP socket on loopback, to which rtpengine sends a copy of every member's
// packets. Everything per packet is done here, away from the event loop that answers calls. It sleeps between two looks at
// its socket: waking for each packet would cost five times as much.
import { createSocket } from 'node:dgram';
import { parentPort, workerData } from 'node:worker_threads';
import type { InnerCodec } from './codecs.js';
import { loudnessOf } from './energy.js';
import { TalkBoard } from './talk-board.js';
import { TalkGate } from './talk-gate.js';

export type ToTalkWorker =
  | {
      readonly kind: 'hear';
      readonly ear: number;
      readonly place: number;
      /** Where the packets come from, on loopback. */
      readonly port: number;
      readonly codec: InnerCodec;
      readonly talking: boolean;
    }
  | { readonly kind: 'forget'; readonly ear: number };

export type FromTalkWorker =
  | { readonly kind: 'ready'; readonly port: number }
  | { readonly kind: 'talking'; readonly ear: number; readonly talking: boolean };

interface Ear {
  readonly id: number;
  readonly place: number;
  readonly port: number;
  readonly codec: InnerCodec;
  readonly gate: TalkGate;
}

const tickMs = 100;
/** Between two looks, ms: the socket's buffer holds the packets of 200 members for so long. */
const restMs = 20;
const loopback = '127.0.0.1';

if (parentPort) listen(parentPort, new TalkBoard(workerData as SharedArrayBuffer));

function listen(parent: NonNullable<typeof parentPort>, board: TalkBoard): void {
  const byPort = new Map<number, Ear>();
  const byId = new Map<number, Ear>();
  const tell = (message: FromTalkWorker): void => parent.postMessage(message);
  const changed = ({ id, gate }: Ear): void => tell({ kind: 'talking', ear: id, talking: gate.talking });

  const socket = createSocket('udp4');
  socket.on('message', (packet, { port, address }) => {
    const ear = byPort.get(port);
    if (!ear || address !== loopback) return;
    const loudness = loudnessOf(packet, ear.codec);
    if (!loudness) return;
    board.setEnergy(ear.place, loudness.energy);
    const loud = loudness.energy > board.level(ear.place);
    if (ear.gate.packet(loud, loudness.ms, performance.now())) changed(ear);
  });
  socket.bind(0, loopback, () => tell({ kind: 'ready', port: socket.address().port }));

  const bed = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  let resting = false;
  const rest = (): void => {
    resting = byId.size > 0;
    if (!resting) return;
    // Nobody wakes it; setImmediate lets everything that has come be read before the next rest.
    Atomics.wait(bed, 0, 0, restMs);
    setImmediate(rest);
  };

  parent.on('message', (message: ToTalkWorker) => {
    if (message.kind === 'forget') {
      const ear = byId.get(message.ear);
      byId.delete(message.ear);
      if (ear && byPort.get(ear.port) === ear) byPort.delete(ear.port);
      return;
    }
    const { ear: id, place, port, codec, talking } = message;
    // An ear that is told another port goes on as it stood.
    const before = byId.get(id);
    if (before) byPort.delete(before.port);
    const gate = before?.gate ?? new TalkGate(performance.now(), talking);
    const ear: Ear = { id, place, port, codec, gate };
    byId.set(id, ear);
    byPort.set(port, ear);
    if (!resting) rest();
  });

  setInterval(() => {
    const now = performance.now();
    for (const ear of byId.values()) {
      if (ear.gate.silent(now)) board.setEnergy(ear.place, 0);
      if (ear.gate.tick(now)) changed(ear);
    }
  }, tickMs);
}
