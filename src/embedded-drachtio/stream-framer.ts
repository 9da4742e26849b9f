// Cuts a TCP stream into SIP messages by Content-Length, bounded: neither an endless head nor an endless body makes it
// keep more than one message's worth of bytes, and a message that comes byte by byte is not read again for every byte.
import { maxMessage } from './message-parser.js';

const maxHead = 32_768;
const endOfHead = '\r\n\r\n';

export class FramingError extends Error {}

export class StreamFramer {
  private chunks: Buffer[] = [];
  private size = 0;
  /** Bytes of the message under way; 0 = its head is not complete. */
  private needed = 0;
  /** The last bytes that came, because the end of a head may lie across two chunks. */
  private tail = '';
  /** Line ends since the last message, for a ping may come in pieces. */
  private lineEnds = 0;
  private readonly onMessage: (data: Buffer) => void;
  private readonly onPings: (count: number) => void;

  /** @param onPings so many times a double CRLF between messages asks for a CRLF (RFC 5626 §4.4.1) */
  constructor(onMessage: (data: Buffer) => void, onPings: (count: number) => void) {
    this.onMessage = onMessage;
    this.onPings = onPings;
  }

  /** True while a message has begun and is not complete. */
  get midway(): boolean {
    return this.size > 0;
  }

  /** @throws FramingError when the stream cannot be followed any more */
  push(chunk: Buffer): void {
    if (this.size > 0) {
      this.chunks.push(chunk);
      this.size += chunk.length;
      if (!this.mayBeComplete(chunk)) return;
      chunk = Buffer.concat(this.chunks, this.size);
    }
    const rest = this.cut(chunk);
    // A copy, so that a few waiting bytes do not hold on to a large chunk.
    this.chunks = rest.length > 0 ? [Buffer.from(rest)] : [];
    this.size = rest.length;
    this.tail = rest.toString('latin1', Math.max(0, rest.length - 3));
  }

  private mayBeComplete(chunk: Buffer): boolean {
    if (this.needed > 0) return this.size >= this.needed;
    const complete =
      (this.tail + chunk.toString('latin1', 0, 3)).includes(endOfHead) || chunk.includes(endOfHead);
    this.tail = (this.tail + chunk.toString('latin1', Math.max(0, chunk.length - 3))).slice(-3);
    if (!complete && this.size > maxHead) throw new FramingError('endless head');
    return complete;
  }

  /** Hands on what is complete. @returns what is not */
  private cut(data: Buffer): Buffer {
    for (;;) {
      this.needed = 0;
      data = data.subarray(this.takeLineEnds(data));
      if (data.length === 0) return data;
      const end = data.indexOf(endOfHead);
      if (end > maxHead || (end < 0 && data.length > maxHead)) throw new FramingError('endless head');
      if (end < 0) return data;
      const body = contentLength(data.toString('latin1', 0, end));
      const whole = end + endOfHead.length + (body ?? Infinity);
      if (whole > maxMessage) throw new FramingError('Content-Length');
      if (data.length < whole) {
        this.needed = whole;
        return data;
      }
      this.onMessage(data.subarray(0, whole));
      data = data.subarray(whole);
    }
  }

  /** Line ends before a message are no part of it. @returns how many bytes they are */
  private takeLineEnds(data: Buffer): number {
    let count = 0;
    while (count < data.length && (data[count] === 0x0d || data[count] === 0x0a)) count += 1;
    this.lineEnds += count;
    const pings = Math.floor(this.lineEnds / endOfHead.length);
    if (pings > 0) this.onPings(pings);
    this.lineEnds = count < data.length ? 0 : this.lineEnds % endOfHead.length;
    return count;
  }
}

/** 0 when it is missing: then there can be no body on a stream; undefined when it is no number. */
function contentLength(head: string): number | undefined {
  const match = /\r\n(?:content-length|l)[ \t]*:[ \t]*([^\r\n]*)/i.exec(head);
  if (!match) return 0;
  const value = (match[1] ?? '').trim();
  return /^\d{1,7}$/.test(value) ? Number(value) : undefined;
}
