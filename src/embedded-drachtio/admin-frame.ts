// The frames of drachtio-srf's wire protocol: `<length>#<payload>`, where the length counts bytes. Bounded: more than
// seven digits or more than the limit ends the connection, and what waits for the rest of a frame is never more.

export class FrameError extends Error {}

/** bytes */
export const maxFrame = 1024 * 1024;
const maxDigits = 7;

export class FrameReader {
  private chunks: Buffer[] = [];
  private waitingSize = 0;
  /** Size of the frame under way with its prefix; 0 = not known. */
  private needed = 0;

  /** @throws FrameError when the stream is no sequence of frames */
  push(chunk: Buffer): Buffer[] {
    this.chunks.push(chunk);
    this.waitingSize += chunk.length;
    // A large frame comes in many chunks: they are joined once, when it is complete.
    if (this.waitingSize < this.needed) return [];
    const waiting: Buffer = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks, this.waitingSize);
    const frames: Buffer[] = [];
    let at = 0;
    this.needed = 0;
    for (;;) {
      const hash = waiting.subarray(at, at + maxDigits + 1).indexOf(0x23);
      if (hash < 0) {
        if (waiting.length - at > maxDigits) throw new FrameError('no length');
        break;
      }
      const digits = waiting.toString('latin1', at, at + hash);
      if (!/^\d+$/.test(digits)) throw new FrameError('no length');
      const length = Number(digits);
      if (length === 0 || length > maxFrame) throw new FrameError('length out of bounds');
      const start = at + hash + 1;
      if (waiting.length < start + length) {
        this.needed = hash + 1 + length;
        break;
      }
      frames.push(waiting.subarray(start, start + length));
      at = start + length;
    }
    const rest = waiting.subarray(at);
    this.chunks = rest.length > 0 ? [Buffer.from(rest)] : [];
    this.waitingSize = rest.length;
    return frames;
  }
}

/** A frame of a meta line and, below it, a SIP message. */
export function frameOf(meta: string, message?: Buffer): Buffer {
  const head = Buffer.from(message ? `${meta}\r\n` : meta);
  const length = head.length + (message?.length ?? 0);
  const parts: Buffer[] = [Buffer.from(`${length}#`), head];
  if (message) parts.push(message);
  return Buffer.concat(parts);
}
