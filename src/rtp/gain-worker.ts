// The gain relay's process: two UDP ports for each member whose volume or gate is not neutral, and the samples bent on
// their way between them. A process of its own, so that neither a stall of the application is heard nor a stall of the
// audio delays the application; it ends with the application. Started by gain-relay.ts and of no use by itself.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import type { FromWorker, Levels, RelayedAudio, RelayPorts, ToWorker } from './gain-messages.js';
import { innerRate } from './codecs.js';
import { bendPacket } from './gain-packet.js';
import { GainStage } from './gain-stage.js';

class Detour {
  private readonly audio: RelayedAudio;
  private readonly phone: Socket;
  private readonly room: Socket;
  private readonly talk: GainStage;
  private readonly listen: GainStage;
  private routed = false;
  private closed = false;

  constructor(audio: RelayedAudio, levels: Levels) {
    this.audio = audio;
    this.talk = new GainStage(innerRate(audio.codec));
    this.listen = new GainStage(innerRate(audio.codec));
    this.phone = createSocket('udp4');
    this.room = createSocket('udp4');
    this.adjust(levels);
  }

  /** @throws when a port cannot be opened */
  async open(): Promise<RelayPorts> {
    for (const socket of [this.phone, this.room]) {
      socket.bind(0, this.audio.address);
      await once(socket, 'listening');
      // An rtpengine that is being restarted answers with "port unreachable"; it will listen again, or we are closed.
      socket.on('error', () => undefined);
    }
    this.pass(this.phone, this.room, this.talk);
    this.pass(this.room, this.phone, this.listen);
    return { phone: this.phone.address().port, room: this.room.address().port };
  }

  /** Connected sockets take packets from this peer alone, and cost the least per packet. */
  async route(ports: RelayPorts): Promise<void> {
    if (this.closed) return;
    this.routed = false;
    for (const [socket, port] of [
      [this.phone, ports.phone],
      [this.room, ports.room],
    ] as const) {
      socket.connect(port, this.audio.address);
      await once(socket, 'connect');
    }
    this.routed = true;
  }

  adjust({ talkGain, listenGain, gate }: Levels): void {
    this.talk.set(talkGain, gate);
    this.listen.set(listenGain, 0);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.phone.close();
    this.room.close();
  }

  private pass(from: Socket, to: Socket, stage: GainStage): void {
    const { codec, payloadType } = this.audio;
    from.on('message', (packet) => {
      if (!this.routed || this.closed) return;
      bendPacket(packet, codec, payloadType, stage);
      to.send(packet);
    });
  }
}

const detours = new Map<string, Detour>();

function say(message: FromWorker): void {
  process.send?.(message);
}

async function open(key: string, audio: RelayedAudio, levels: Levels): Promise<void> {
  close(key);
  const detour = new Detour(audio, levels);
  detours.set(key, detour);
  try {
    say({ kind: 'opened', key, ports: await detour.open() });
  } catch (error) {
    close(key);
    say({ kind: 'failed', key, reason: String(error) });
  }
}

function close(key: string): void {
  detours.get(key)?.close();
  detours.delete(key);
}

process.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'open':
      void open(message.key, message.audio, message.levels);
      break;
    case 'route':
      void detours
        .get(message.key)
        ?.route(message.ports)
        .catch(() => undefined);
      break;
    case 'adjust':
      detours.get(message.key)?.adjust(message.levels);
      break;
    case 'close':
      close(message.key);
      break;
    case 'ping':
      say({ kind: 'pong' });
  }
});
// The application is gone: whoever started us may not have had the time to say so.
process.on('disconnect', () => process.exit());
try {
  // A packet that is late by a few milliseconds is latency for the rest of the call.
  setPriority(constants.priority.PRIORITY_HIGH);
} catch {
  // Not ours to decide: the worker does its work without.
}
// A terminal's Ctrl-C reaches every process; the application decides when the audio ends.
process.on('SIGINT', () => undefined);
say({ kind: 'ready' });
