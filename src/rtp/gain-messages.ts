// What the application and the gain worker say to each other, over the channel that Node opens between a process and
// its child. Types only.
import type { Bend } from '../conference/types.js';
import type { InnerCodec } from './codecs.js';

/** dB, dB, mean absolute 16-bit sample. */
export type Levels = Omit<Bend, 'id'>;

/** The audio of a member as it passes through. */
export interface RelayedAudio {
  /** The worker's two ports are opened on this address, that of rtpengine's inner interface. */
  readonly address: string;
  readonly codec: InnerCodec;
  /** RTP payload type of the codec; packets with another are passed on as they are. */
  readonly payloadType: number;
}

export interface RelayPorts {
  /** Where the phone's side sends to, and where it listens. */
  readonly phone: number;
  /** The same of the room's leg. */
  readonly room: number;
}

export type ToWorker =
  | { readonly kind: 'open'; readonly key: string; readonly audio: RelayedAudio; readonly levels: Levels }
  | { readonly kind: 'route'; readonly key: string; readonly ports: RelayPorts }
  | { readonly kind: 'adjust'; readonly key: string; readonly levels: Levels }
  | { readonly kind: 'close'; readonly key: string }
  | { readonly kind: 'ping' };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'opened'; readonly key: string; readonly ports: RelayPorts }
  | { readonly kind: 'failed'; readonly key: string; readonly reason: string }
  | { readonly kind: 'pong' };
