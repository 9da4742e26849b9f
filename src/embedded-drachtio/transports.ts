// SIP on the wire: one UDP socket and one TCP listener on the same port, and the rules by which a message finds its way
// out (RFC 3261 §18): a response over TCP goes back over the connection the request came by, and a connection that is
// open is used again.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Counters } from './counters.js';
import { TcpTransport } from './tcp-transport.js';
import { UdpTransport } from './udp-transport.js';

export type Protocol = 'udp' | 'tcp';

/** Where a message goes, or came from. */
export interface Place {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  /** The TCP connection to use while it is open. */
  readonly connection?: number;
}

export type Trace = (direction: 'received' | 'sent', place: Place, message: Buffer) => void;

export interface TransportsOptions {
  readonly host: string;
  readonly port: number;
  readonly counters: Counters;
  readonly limits: TransportLimits;
  /** Never throws. */
  readonly onMessage: (data: Buffer, from: Place) => void;
  readonly trace?: Trace;
}

export interface TransportLimits {
  /** TCP connections at once, from everywhere and from one address. */
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** A connection on which nothing happens is closed, ms. */
  readonly idleMs: number;
  /** A message must be complete after this time, ms. */
  readonly messageMs: number;
  /** Bytes that may wait for a peer that does not read. */
  readonly writeBuffer: number;
}

export const defaultTransportLimits: TransportLimits = {
  connections: 1000,
  connectionsPerAddress: 300,
  idleMs: 600_000,
  messageMs: 15_000,
  writeBuffer: 1024 * 1024,
};

/** How long a name look-up may take, ms, and how many may wait at once: the system does four at a time. */
const lookupMs = 5000;
const maxLookups = 32;

export class Transports {
  private readonly options: TransportsOptions;
  private readonly udp: UdpTransport;
  private readonly tcp: TcpTransport;
  private boundPort = 0;
  private lookups = 0;

  constructor(options: TransportsOptions) {
    this.options = options;
    this.udp = new UdpTransport(options);
    this.tcp = new TcpTransport(options);
  }

  get port(): number {
    return this.boundPort;
  }

  get host(): string {
    return this.options.host;
  }

  /** UDP and TCP on the same port. @throws with a sentence when it is taken */
  async start(): Promise<void> {
    const { host, port } = this.options;
    for (let tries = 1; ; tries += 1) {
      try {
        const bound = await this.udp.start(port);
        await this.tcp.start(bound);
        this.boundPort = bound;
        return;
      } catch (error) {
        await this.stop();
        // An ephemeral port may be free for UDP only.
        if (port !== 0 || tries >= 20) {
          throw new Error(`SIP port ${port} on ${host} cannot be used: ${String(error)}.`, { cause: error });
        }
      }
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.udp.stop(), this.tcp.stop()]);
  }

  /** Sends; a failure is told once through `failed` (never for UDP, which cannot know). */
  send(data: Buffer, to: Place, failed?: () => void): void {
    this.options.counters.add('sent');
    this.options.trace?.('sent', to, data);
    if (to.protocol === 'udp') this.udp.send(data, to.address, to.port);
    else this.tcp.send(data, to, failed);
  }

  isOurs(address: string, port: number): boolean {
    return port === this.boundPort && (address === this.options.host || address === 'localhost');
  }

  /** The address of a host name. @throws when there is none within 5 s */
  async resolve(host: string): Promise<string> {
    if (isIP(host)) return host;
    if (this.lookups >= maxLookups) throw new Error('too many names are being looked up');
    this.lookups += 1;
    let timer: NodeJS.Timeout | undefined;
    const found = lookup(host, { family: 4 }).finally(() => (this.lookups -= 1));
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`looking up ${host} takes too long`)), lookupMs);
    });
    try {
      return (await Promise.race([found, late])).address;
    } finally {
      clearTimeout(timer);
    }
  }
}
