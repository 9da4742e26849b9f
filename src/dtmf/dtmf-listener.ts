// Hears from rtpengine which keys are pressed: one JSON datagram per press, sent when the key is released, for RFC 4733
// events as for tones found in the audio. Listens on the loopback only and takes datagrams only from where rtpengine
// runs: whoever can send here can press everybody's keys.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { EventEmitter } from 'node:events';
import type { AddressInfo } from 'node:net';
import { digitOfEvent, type Digit } from './digit.js';

export interface DtmfEvent {
  /** rtpengine's call-id. */
  readonly callId: string;
  /** The from-tag of the side that pressed. */
  readonly sourceTag: string;
  readonly digit: Digit;
  /** How long the key was down, ms; 0 = not told. */
  readonly durationMs: number;
}

export interface DtmfListenerOptions {
  /** What rtpengine is told as --dtmf-log-dest. Default 127.0.0.1 and any free port. */
  readonly host?: string;
  readonly port?: number;
  /** The address rtpengine sends from. Default 127.0.0.1. */
  readonly from?: string;
}

export interface DtmfListenerEvents {
  digit: [DtmfEvent];
  /** A datagram that was thrown away. */
  dropped: [{ reason: 'sender' | 'form'; from: string }];
  error: [Error];
}

/** rtpengine's datagrams have about 200 bytes, tags and labels included. */
const longestDatagram = 4096;
/** A call-id or a tag longer than this is not one of ours. */
const longestName = 256;
const longestPressMs = 60_000;

export class DtmfListener extends EventEmitter<DtmfListenerEvents> {
  private readonly host: string;
  private readonly wantedPort: number;
  private readonly from: string;
  private socket: Socket | undefined;

  constructor(options: DtmfListenerOptions = {}) {
    super();
    this.host = options.host ?? '127.0.0.1';
    this.wantedPort = options.port ?? 0;
    this.from = options.from ?? '127.0.0.1';
  }

  /** Resolves when it listens, to where. @throws Error when the port is taken */
  async start(): Promise<AddressInfo> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ address: this.host, port: this.wantedPort, exclusive: true }, () => {
        socket.off('error', reject);
        resolve();
      });
    }).catch((error: unknown) => {
      socket.close();
      throw error;
    });
    this.socket = socket;
    socket.on('message', (datagram, sender) => this.received(datagram, sender));
    // An 'error' without a listener would end the process; after bind it is a passing matter.
    socket.on('error', (error) => this.listenerCount('error') > 0 && this.emit('error', error));
    return socket.address();
  }

  async stop(): Promise<void> {
    const { socket } = this;
    this.socket = undefined;
    if (socket) await new Promise<void>((resolve) => socket.close(resolve));
  }

  private received(datagram: Buffer, sender: RemoteInfo): void {
    if (sender.address !== this.from) {
      this.emit('dropped', { reason: 'sender', from: sender.address });
      return;
    }
    const event = parseDtmfDatagram(datagram);
    if (event) this.emit('digit', event);
    else this.emit('dropped', { reason: 'form', from: sender.address });
  }
}

/** undefined = not a key press. Never throws. */
export function parseDtmfDatagram(datagram: Buffer): DtmfEvent | undefined {
  if (datagram.length > longestDatagram) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(datagram.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { type, callid, source_tag: sourceTag, event, duration } = parsed as Record<string, unknown>;
  if (type !== 'DTMF' || !isName(callid) || !isName(sourceTag) || typeof event !== 'number') return undefined;
  const digit = digitOfEvent(event);
  if (!digit) return undefined;
  const told = typeof duration === 'number' && duration > 0 ? duration : 0;
  return { callId: callid, sourceTag, digit, durationMs: Math.min(told, longestPressMs) };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= longestName;
}
