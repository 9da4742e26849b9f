// SIP over TCP: connections that came in and connections we made, found again by the address of the other side.
import { createServer, connect, type Server, type Socket } from 'node:net';
import { StreamFramer } from './stream-framer.js';
import type { Place, TransportsOptions } from './transports.js';

interface Connection {
  readonly id: number;
  readonly socket: Socket;
  readonly address: string;
  readonly port: number;
}

/** How long making a connection may take, ms. */
const connectMs = 5000;

export class TcpTransport {
  private readonly options: TransportsOptions;
  private server: Server | undefined;
  private readonly byId = new Map<number, Connection>();
  private readonly byPlace = new Map<string, Connection>();
  private readonly perAddress = new Map<string, number>();
  private nextId = 1;

  constructor(options: TransportsOptions) {
    this.options = options;
  }

  async start(port: number): Promise<void> {
    const server = createServer((socket) => this.onConnection(socket));
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: this.options.host, port, backlog: 256 }, resolve);
    });
    server.removeAllListeners('error');
    server.on('error', () => this.options.counters.add('tcpErrors'));
  }

  async stop(): Promise<void> {
    for (const { socket } of this.byId.values()) socket.destroy();
    const { server } = this;
    this.server = undefined;
    if (server?.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  send(data: Buffer, to: Place, failed?: () => void): void {
    const known =
      (to.connection && this.byId.get(to.connection)) || this.byPlace.get(`${to.address}:${to.port}`);
    if (known && !known.socket.destroyed) {
      this.write(known, data, failed);
      return;
    }
    if (this.byId.size >= this.options.limits.connections) {
      this.options.counters.add('tcpRefused');
      if (failed) setImmediate(failed);
      return;
    }
    const socket = connect({ host: to.address, port: to.port });
    const timer = setTimeout(() => socket.destroy(new Error('connecting takes too long')), connectMs);
    socket.once('connect', () => clearTimeout(timer));
    socket.once('close', () => clearTimeout(timer));
    this.write(this.adopt(socket, to.address, to.port), data, failed);
  }

  /** What waits for a connection that does not come about fails with it. */
  private write({ socket }: Connection, data: Buffer, failed?: () => void): void {
    socket.write(data, (error) => {
      if (error) failed?.();
    });
    // A peer that does not read must not fill our memory.
    if (socket.writableLength > this.options.limits.writeBuffer) {
      this.options.counters.add('tcpSlowPeers');
      socket.destroy();
    }
  }

  private onConnection(socket: Socket): void {
    const { limits, counters } = this.options;
    const address = socket.remoteAddress ?? '';
    const fromThere = this.perAddress.get(address) ?? 0;
    if (this.byId.size >= limits.connections || fromThere >= limits.connectionsPerAddress) {
      counters.add('tcpRefused');
      socket.destroy();
      return;
    }
    this.adopt(socket, address, socket.remotePort ?? 0);
  }

  private adopt(socket: Socket, address: string, port: number): Connection {
    const { limits, counters, onMessage } = this.options;
    const connection: Connection = { id: this.nextId++, socket, address, port };
    const place = `${address}:${port}`;
    this.byId.set(connection.id, connection);
    this.byPlace.set(place, connection);
    this.perAddress.set(address, (this.perAddress.get(address) ?? 0) + 1);
    let halfTimer: NodeJS.Timeout | undefined;
    const framer = new StreamFramer(
      (data) => onMessage(data, { protocol: 'tcp', address, port, connection: connection.id }),
      (count) => this.write(connection, Buffer.from('\r\n'.repeat(count))),
    );
    socket.setNoDelay(true);
    socket.setTimeout(limits.idleMs, () => socket.destroy());
    socket.on('data', (chunk) => {
      try {
        framer.push(chunk);
      } catch {
        counters.add('tcpFraming');
        socket.destroy();
        return;
      }
      // Whoever sends a message byte by byte does not keep a connection for ever.
      if (!framer.midway) {
        clearTimeout(halfTimer);
        halfTimer = undefined;
      } else {
        halfTimer ??= setTimeout(() => {
          counters.add('tcpSlowPeers');
          socket.destroy();
        }, limits.messageMs);
      }
    });
    socket.on('error', () => counters.add('tcpErrors'));
    socket.on('close', () => {
      clearTimeout(halfTimer);
      this.byId.delete(connection.id);
      if (this.byPlace.get(place) === connection) this.byPlace.delete(place);
      const left = (this.perAddress.get(address) ?? 1) - 1;
      if (left > 0) this.perAddress.set(address, left);
      else this.perAddress.delete(address);
    });
    return connection;
  }
}
