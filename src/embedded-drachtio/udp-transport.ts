// SIP over UDP. A datagram is a message; keep-alives (CRLF, one zero byte) are not worth a thought.
import { createSocket, type Socket } from 'node:dgram';
import type { TransportsOptions } from './transports.js';

/** Room for bursts: 150 calls a second are some 1,000 datagrams, and the process may pause for a garbage collection. */
const receiveBuffer = 2 * 1024 * 1024;

export class UdpTransport {
  private readonly options: TransportsOptions;
  private socket: Socket | undefined;

  constructor(options: TransportsOptions) {
    this.options = options;
  }

  /** @returns the port */
  async start(port: number): Promise<number> {
    const socket = createSocket({ type: 'udp4' });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', (error) => {
        socket.close();
        reject(error);
      });
      socket.bind({ address: this.options.host, port, exclusive: true }, resolve);
    });
    this.socket = socket;
    try {
      socket.setRecvBufferSize(receiveBuffer);
    } catch {
      // The system's own limit is smaller; it stays as it is.
    }
    socket.removeAllListeners('error');
    socket.on('error', () => this.options.counters.add('udpErrors'));
    socket.on('message', (data, from) => {
      if (data.length <= 4 && isKeepAlive(data)) return;
      this.options.onMessage(data, { protocol: 'udp', address: from.address, port: from.port });
    });
    return socket.address().port;
  }

  async stop(): Promise<void> {
    const { socket } = this;
    this.socket = undefined;
    if (socket) await new Promise<void>((resolve) => socket.close(() => resolve()));
  }

  send(data: Buffer, address: string, port: number): void {
    // An unreachable port or a name that is none is an error of the callback, not of the process.
    try {
      this.socket?.send(data, port, address, (error) => {
        if (error) this.options.counters.add('udpErrors');
      });
    } catch {
      this.options.counters.add('udpErrors');
    }
  }
}

function isKeepAlive(data: Buffer): boolean {
  return data.every((byte) => byte === 0x0d || byte === 0x0a || byte === 0);
}
