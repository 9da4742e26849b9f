// The admin port: the applications that are connected, and which of them gets the next call.
import { createServer, type Server, type Socket } from 'node:net';
import { AdminConnection, type AdminConnectionParts } from './admin-connection.js';

export interface AdminServerParts extends Omit<AdminConnectionParts, 'socket'> {
  readonly host: string;
  readonly port: number;
}

/** Applications at once, and connections that have not shown the secret yet. */
const maxApplications = 64;
const maxStrangers = 64;

export class AdminServer {
  private readonly parts: AdminServerParts;
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  private readonly connections = new Set<AdminConnection>();
  /** Whose turn it is, for each kind of request. */
  private readonly turns = new Map<string, number>();

  constructor(parts: AdminServerParts) {
    this.parts = parts;
  }

  get port(): number {
    const address = this.server?.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** @throws with a sentence when the port is taken */
  async start(): Promise<void> {
    const { host, port } = this.parts;
    const server = createServer((socket) => this.onSocket(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) =>
        reject(new Error(`Admin port ${port} on ${host} cannot be used: ${error.message}.`)),
      );
      server.listen({ host, port }, resolve);
    });
    server.removeAllListeners('error');
    server.on('error', () => this.parts.counters.add('adminErrors'));
    this.server = server;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    for (const socket of this.sockets) socket.destroy();
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  get authenticated(): AdminConnection[] {
    return [...this.connections].filter((connection) => connection.open);
  }

  /** The next in turn of those that asked for requests of this kind. */
  next(method: string): AdminConnection | undefined {
    const verb = method.toLowerCase();
    const able = this.authenticated.filter(({ routes }) => routes.has(verb));
    if (able.length === 0) return undefined;
    const turn = ((this.turns.get(verb) ?? 0) + 1) % able.length;
    this.turns.set(verb, turn);
    return able[turn];
  }

  private onSocket(socket: Socket): void {
    const { counters } = this.parts;
    const strangers = [...this.connections].filter(({ authenticated }) => !authenticated);
    if (this.connections.size - strangers.length >= maxApplications) {
      counters.add('adminRefused');
      socket.destroy();
      return;
    }
    // Who says nothing makes room for who might: the oldest goes.
    const oldest = strangers[0];
    if (oldest && strangers.length >= maxStrangers) {
      counters.add('adminRefused');
      this.connections.delete(oldest);
      oldest.destroy();
    }
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    const connection: AdminConnection = new AdminConnection({
      ...this.parts,
      socket,
      onClosed: (closed) => {
        this.connections.delete(closed);
        this.parts.onClosed(closed);
      },
    });
    this.connections.add(connection);
  }
}
