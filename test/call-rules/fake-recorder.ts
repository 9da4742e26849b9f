// A recorder without sockets: each recording is a file of a few bytes that ends when the test says so.
import { writeFileSync } from 'node:fs';
import type { OpenRecording, RecordingEnd, RecordingOrder } from '../../src/rtp/index.js';

export class FakeRecorder {
  readonly orders: RecordingOrder[] = [];
  /** Ends the last one; as the disk or the limit would. */
  end: (end: RecordingEnd) => void = () => undefined;
  /** Why nothing can be recorded; empty = it can. */
  refusal = '';

  open(order: RecordingOrder): Promise<OpenRecording> {
    if (this.refusal !== '') return Promise.reject(new Error(this.refusal));
    this.orders.push(order);
    writeFileSync(order.file, 'RIFFsound');
    const ended = new Promise<RecordingEnd>((resolve) => (this.end = resolve));
    const { end } = this;
    return Promise.resolve({
      port: 40_000 + this.orders.length,
      ended,
      close: () => {
        end({ reason: 'closed', bytes: 9, ms: 1000 });
        return ended;
      },
    });
  }
}
