// The WebSockets of the events: who may open one, how many, and who is cut off. No client can make the box wait or keep
// more than a bounded memory, whatever it sends or does not read.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ConferenceFeed } from '../../calls/index.js';
import type { Clock } from '../../conference/index.js';
import type { Log } from '../../log.js';
import type { BoxIdentity } from './envelope.js';
import { EventSession } from './event-session.js';
import type { Guard } from './guard.js';

export interface EventSocketsOptions {
  readonly feed: Pick<ConferenceFeed, 'subscribe'>;
  readonly guard: Pick<Guard, 'session' | 'account' | 'endOf'>;
  readonly box: BoxIdentity;
  readonly clock: Clock;
  readonly log: Log;
}

/** Kazoo's clients open a bare host and port; the other is for proxies that lead /v2 here. */
const paths = ['/', '/v2/websocket'];
const mostSockets = 64;
const mostPerAddress = 16;
/** A message of a client, bytes; the longest that makes sense, a hundred bindings, has some 10 kB. */
const longestMessage = 16 * 1024;
/** Messages of one client that wait for their turn. */
const mostWaiting = 32;
/** Who has so much unread is cut off, bytes: a thousand events take about 700 kB. */
const mostUnread = 256 * 1024;
/** Time between two looks at every client: does it live, do its tokens hold, ms. */
const reviewMs = 5000;
/** Pings and answers: who says nothing for so many looks is gone. */
const mostSilentReviews = 6;
/** So many looks a client has to show a right token. */
const mostUnknownReviews = 6;

interface Client {
  readonly socket: WebSocket;
  readonly session: EventSession;
  readonly address: string;
  waiting: number;
  turn: Promise<void>;
  reviews: number;
  silentReviews: number;
}

export class EventSockets {
  private readonly options: EventSocketsOptions;
  private readonly server: WebSocketServer;
  private readonly clients = new Set<Client>();
  private cancelReview: (() => void) | undefined;

  constructor(options: EventSocketsOptions) {
    this.options = options;
    this.server = new WebSocketServer({
      noServer: true,
      maxPayload: longestMessage,
      // Compression keeps a window of memory for every client.
      perMessageDeflate: false,
      clientTracking: false,
    });
  }

  /** The HTTP server's 'upgrade'. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const address = request.socket.remoteAddress ?? '';
    const here = [...this.clients].filter((client) => client.address === address).length;
    if (!paths.includes((request.url ?? '').split('?')[0] ?? '')) refuse(socket, '404 Not Found');
    else if (this.clients.size >= mostSockets || here >= mostPerAddress) {
      this.options.log.warn('event client refused: too many', { address });
      refuse(socket, '503 Service Unavailable');
    } else {
      this.server.handleUpgrade(request, socket, head, (opened) => this.open(opened, address));
    }
  }

  /** Cuts everybody off. */
  stop(): void {
    this.cancelReview?.();
    this.cancelReview = undefined;
    for (const { socket } of this.clients) {
      socket.close(1001, 'the box is stopping');
      socket.terminate();
    }
  }

  private open(socket: WebSocket, address: string): void {
    const { feed, guard, box } = this.options;
    const session = new EventSession({ feed, guard, box, address, send: (message) => send(message) });
    const client: Client = {
      socket,
      session,
      address,
      waiting: 0,
      turn: Promise.resolve(),
      reviews: 0,
      silentReviews: 0,
    };
    const send = (message: Record<string, unknown>): void => {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > mostUnread) this.cut(client, 'does not read');
      else socket.send(JSON.stringify(message));
    };
    this.clients.add(client);
    this.cancelReview ??= this.scheduleReview();
    socket.on('message', (data: Buffer, isBinary) => {
      client.silentReviews = 0;
      if (isBinary) socket.close(1003, 'JSON only');
      else this.take(client, data.toString());
    });
    socket.on('pong', () => (client.silentReviews = 0));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      session.close();
      this.clients.delete(client);
    });
  }

  /** One message after the other, as the client sent them. */
  private take(client: Client, text: string): void {
    if (client.waiting >= mostWaiting) {
      this.cut(client, 'sends too much');
      return;
    }
    client.waiting += 1;
    client.turn = client.turn.then(async () => {
      await client.session.receive(text);
      client.waiting -= 1;
    });
  }

  private cut({ socket, session, address }: Client, reason: string): void {
    this.options.log.warn('event client cut off', { address, reason });
    session.close();
    socket.terminate();
  }

  private scheduleReview(): () => void {
    return this.options.clock.after(reviewMs, () => {
      this.cancelReview = undefined;
      void Promise.all([...this.clients].map((client) => this.review(client))).then(() => {
        if (this.clients.size > 0) this.cancelReview ??= this.scheduleReview();
      });
    });
  }

  private async review(client: Client): Promise<void> {
    const { socket, session } = client;
    client.reviews += 1;
    client.silentReviews += 1;
    if (client.silentReviews > mostSilentReviews) {
      this.cut(client, 'is gone');
    } else if (!session.welcome && client.reviews >= mostUnknownReviews) {
      socket.close(1008, 'no subscription');
    } else {
      socket.ping();
      const allowed = await session.stillAllowed().catch(() => true);
      if (allowed) return;
      session.close();
      socket.close(1008, 'token expired');
    }
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
