// What the recorder and its worker thread say to each other.
import type { RecordingSize } from './recording-file.js';

export interface RecordingOrder {
  /** Absolute path of the WAV file, which must not exist. */
  readonly file: string;
  /** What was recorded until a second ago outlives a power cut. */
  readonly durable: boolean;
  /** It ends by itself after this, ms. */
  readonly maxMs: number;
  /** It ends by itself when the disk has less room than this, bytes. */
  readonly minFreeBytes: number;
}

/** `limit` = maxMs, `disk` = minFreeBytes, `failed` = the file could not be written, or the worker died. */
export type RecordingEndReason = 'closed' | 'limit' | 'disk' | 'failed';

export interface RecordingEnd extends RecordingSize {
  readonly reason: RecordingEndReason;
}

export type ToRecordingWorker =
  | (RecordingOrder & {
      readonly kind: 'open';
      readonly id: number;
      /** Ports that belong to rtpengine, inclusive. */
      readonly avoid: { readonly first: number; readonly last: number };
    })
  | { readonly kind: 'close'; readonly id: number };

export type FromRecordingWorker =
  | { readonly kind: 'opened'; readonly id: number; readonly port: number }
  | { readonly kind: 'refused'; readonly id: number; readonly error: string }
  | { readonly kind: 'ended'; readonly id: number; readonly end: RecordingEnd };
