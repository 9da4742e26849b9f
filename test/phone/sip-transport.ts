// The socket under the phone's SIP: one UDP socket, or one TCP listener with its connections. Moves whole messages and
// knows nothing about transactions.
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

import { maxMessageBytes, SipMessage } from './sip-message.js';

export type TransportKind = 'udp' | 'tcp';

export interface Remote {
  readonly host: string;
  readonly port: number;
  /** The TCP connection a message came in on; answers go back the same way. */
  readonly connection?: Socket;
}

export class SipTransport {
  onMessage: (message: SipMessage, from: Remote) => void = () => undefined;
  /** A connection to this peer could not be made or broke. */
  onFailure: (to: Remote) => void = () => undefined;
  private udp: UdpSocket | undefined;
  private server: Server | undefined;
  private readonly connections = new Map<string, Socket>();
  private readonly sockets = new Set<Socket>();
  private boundPort = 0;

  constructor(
    readonly kind: TransportKind,
    readonly address: string,
    private readonly wantedPort = 0,
  ) {}

  get port(): number {
    return this.boundPort;
  }

  async start(): Promise<void> {
    if (this.kind === 'udp') {
      const udp = createSocket({ type: 'udp4', lookup: (host, _options, done) => done(null, host, 4) });
      udp.on('message', (bytes, info) => this.received(bytes, { host: info.address, port: info.port }));
      const listening = once(udp, 'listening');
      udp.bind(this.wantedPort, this.address);
      await listening;
      this.udp = udp;
      this.boundPort = udp.address().port;
    } else {
      const server = createServer((socket) => this.adopt(socket));
      server.listen(this.wantedPort, this.address);
      await once(server, 'listening');
      this.server = server;
      this.boundPort = (server.address() as { port: number }).port;
    }
  }

  async stop(): Promise<void> {
    this.onMessage = () => undefined;
    this.onFailure = () => undefined;
    if (this.udp) {
      const closed = once(this.udp, 'close');
      this.udp.close();
      this.udp = undefined;
      await closed;
    }
    for (const socket of this.sockets) socket.destroy();
    if (this.server) {
      const closed = once(this.server, 'close');
      this.server.close();
      this.server = undefined;
      await closed;
    }
  }

  send(message: SipMessage | string, to: Remote): void {
    const text = String(message);
    if (this.udp) this.udp.send(text, to.port, to.host === 'localhost' ? '127.0.0.1' : to.host);
    else if (this.server) this.connectionTo(to).write(text);
  }

  private connectionTo(to: Remote): Socket {
    if (to.connection && !to.connection.destroyed) return to.connection;
    const name = `${to.host}:${to.port}`;
    const open = this.connections.get(name);
    if (open && !open.destroyed) return open;
    const socket = connect({ host: to.host, port: to.port, localAddress: this.address });
    this.connections.set(name, socket);
    this.adopt(socket, to);
    return socket;
  }

  private adopt(socket: Socket, to?: Remote): void {
    socket.setNoDelay(true);
    this.sockets.add(socket);
    let held: Buffer = Buffer.alloc(0);
    const from = (): Remote => ({
      host: socket.remoteAddress ?? '',
      port: socket.remotePort ?? 0,
      connection: socket,
    });
    socket.on('data', (bytes: Buffer) => {
      held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      for (;;) {
        // Keep-alives are bare line ends between messages (RFC 5626 §3.5.1).
        let skip = 0;
        while (held[skip] === 13 || held[skip] === 10) skip++;
        if (skip > 0) held = held.subarray(skip);
        const end = held.indexOf('\r\n\r\n');
        if (end < 0) break;
        const length = /\r\n(?:content-length|l)\s*:\s*(\d+)/i.exec(held.toString('latin1', 0, end));
        const total = end + 4 + Number(length?.[1] ?? 0);
        if (total > maxMessageBytes) return void socket.destroy();
        if (held.length < total) break;
        this.received(held.subarray(0, total), from());
        held = held.subarray(total);
      }
      if (held.length > maxMessageBytes) socket.destroy();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.sockets.delete(socket);
      if (to) {
        const name = `${to.host}:${to.port}`;
        if (this.connections.get(name) === socket) this.connections.delete(name);
        this.onFailure(to);
      }
    });
  }

  private received(bytes: Buffer, from: Remote): void {
    const message = SipMessage.parse(bytes);
    if (message) this.onMessage(message, from);
  }
}
