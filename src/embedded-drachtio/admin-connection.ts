// One application on the admin port. Until it has shown the secret nothing but that is listened to.
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { FrameReader, frameOf } from './admin-frame.js';
import type { Counters } from './counters.js';

export interface AdminConnectionParts {
  readonly socket: Socket;
  readonly secret: string;
  readonly counters: Counters;
  /** What is answered to a good secret. */
  readonly hostPorts: () => string;
  readonly onAuthenticated: (connection: AdminConnection) => void;
  /** A `sip` frame. */
  readonly onSip: (
    connection: AdminConnection,
    messageId: string,
    tokens: readonly string[],
    message: Buffer,
  ) => void;
  readonly onClosed: (connection: AdminConnection) => void;
}

/** An application must authenticate within this time, ms. */
const authenticateMs = 10_000;
/** Bytes that may wait for an application that does not read. */
const maxWaiting = 16 * 1024 * 1024;
const maxMeta = 4096;
const maxRoutes = 64;

export class AdminConnection {
  readonly id = randomUUID();
  readonly routes = new Set<string>();
  authenticated = false;
  private readonly parts: AdminConnectionParts;
  private readonly reader = new FrameReader();
  private closed = false;
  private gathering = false;

  constructor(parts: AdminConnectionParts) {
    this.parts = parts;
    const { socket, counters } = parts;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    const timer = setTimeout(() => {
      counters.add('adminNotAuthenticated');
      socket.destroy();
    }, authenticateMs);
    socket.on('data', (chunk) => this.onData(chunk));
    socket.on('error', () => counters.add('adminErrors'));
    socket.on('close', () => {
      clearTimeout(timer);
      this.closed = true;
      parts.onClosed(this);
    });
    this.stopTimer = () => clearTimeout(timer);
  }

  private readonly stopTimer: () => void;

  /** False as soon as the other end is known to be gone, even before its connection is closed here. */
  get open(): boolean {
    const { socket } = this.parts;
    return !this.closed && this.authenticated && socket.readable && socket.writable;
  }

  /** `id|meta` and a message. */
  send(meta: string, message?: Buffer): void {
    if (this.closed) return;
    const { socket, counters } = this.parts;
    // What is said in one turn of the event loop goes out in one piece: a write costs more than all the rest of a frame.
    if (!this.gathering) {
      this.gathering = true;
      socket.cork();
      setImmediate(() => {
        this.gathering = false;
        socket.uncork();
      });
    }
    socket.write(frameOf(`${randomUUID()}|${meta}`, message));
    if (socket.writableLength > maxWaiting) {
      counters.add('adminSlow');
      socket.destroy();
    }
  }

  /** Answers one frame of the application. */
  reply(messageId: string, result: string, message?: Buffer): void {
    this.send(`response|${messageId}|${result}`, message);
  }

  destroy(): void {
    this.parts.socket.destroy();
  }

  private onData(chunk: Buffer): void {
    let frames: Buffer[];
    try {
      frames = this.reader.push(chunk);
    } catch {
      this.parts.counters.add('adminFraming');
      this.destroy();
      return;
    }
    for (const frame of frames) {
      if (this.closed) return;
      this.onFrame(frame);
    }
  }

  private onFrame(frame: Buffer): void {
    const lineEnd = frame.indexOf('\r\n');
    const meta = frame.toString('utf8', 0, Math.min(lineEnd < 0 ? frame.length : lineEnd, maxMeta));
    const tokens = meta.split('|');
    const messageId = tokens[0] ?? '';
    const kind = tokens[1];
    if (kind === 'authenticate') {
      this.authenticate(messageId, tokens[2] ?? '');
    } else if (!this.authenticated) {
      this.refuse(messageId, 'not authenticated');
    } else if (kind === 'ping') {
      this.reply(messageId, 'OK|pong');
    } else if (kind === 'route') {
      if (this.routes.size < maxRoutes) this.routes.add((tokens[2] ?? '').toLowerCase());
      this.reply(messageId, 'OK');
    } else if (kind === 'remove_route') {
      this.routes.delete((tokens[2] ?? '').toLowerCase());
      this.reply(messageId, 'OK');
    } else if (kind === 'sip') {
      this.parts.onSip(this, messageId, tokens, lineEnd < 0 ? Buffer.alloc(0) : frame.subarray(lineEnd + 2));
    } else if (kind === 'proxy') {
      this.reply(messageId, 'NOK|proxy is not supported');
    } else {
      this.refuse(messageId, 'Unknown message type');
    }
  }

  private authenticate(messageId: string, secret: string): void {
    // Hashed first, so that neither content nor length shows in the time it takes.
    const digest = (text: string) => createHash('sha256').update(text).digest();
    if (!timingSafeEqual(digest(secret), digest(this.parts.secret))) {
      this.parts.counters.add('adminWrongSecret');
      this.refuse(messageId, 'incorrect secret');
      return;
    }
    this.stopTimer();
    this.authenticated = true;
    const hostPorts = this.parts.hostPorts();
    this.reply(messageId, `OK|${hostPorts}|${serverVersion}|${hostPorts}`);
    this.parts.onAuthenticated(this);
  }

  /** The last word: what comes after it is not read any more. */
  private refuse(messageId: string, reason: string): void {
    this.reply(messageId, `NO|${reason}`);
    this.closed = true;
    this.parts.socket.destroySoon();
  }
}

/** drachtio-srf looks at the numbers alone: from v0.8.2 on it pings. */
const serverVersion = 'v0.9.10-embedded';
