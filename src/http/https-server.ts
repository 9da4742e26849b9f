// The web server once more by HTTPS: the same routes on the box's address and on loopback, behind a certificate that can
// be changed while it runs. A box whose certificate cannot be had serves HTTP alone and says so on its page.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Duplex } from 'node:stream';
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import { limitArrival } from './arrival.js';
import { certificateFacts, checkPair, type Certificate, type KeyPair } from './certificate.js';
import type { CertificateDesk, CertificateFacts } from './pages/index.js';

export interface HttpsServerOptions {
  /** IPv4 address of the box. */
  readonly address: string;
  /** 0 = no HTTPS. */
  readonly port: number;
  readonly certificate: Certificate;
  readonly log: Log;
}

export interface HttpsLimits {
  /** To each of the two addresses. */
  readonly maxConnections: number;
}

export class HttpsServer implements CertificateDesk {
  private readonly options: HttpsServerOptions;
  private servers: Server[] = [];
  private pair: KeyPair | undefined;

  constructor(options: HttpsServerOptions) {
    this.options = options;
  }

  get wanted(): boolean {
    return this.options.port > 0;
  }

  port(): number | undefined {
    return this.servers.length > 0 ? this.options.port : undefined;
  }

  facts(): CertificateFacts | undefined {
    return this.pair && certificateFacts(this.pair.certificate);
  }

  /** @throws with a sentence when the port is taken */
  async start(
    route: (request: IncomingMessage, response: ServerResponse) => void,
    limits: HttpsLimits,
    upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void = (_request, socket) =>
      void socket.destroy(),
  ): Promise<void> {
    if (!this.wanted) return;
    const { address, port, certificate, log } = this.options;
    try {
      this.pair = await certificate.load();
    } catch (error) {
      log.error('no HTTPS: the certificate cannot be used', { error: messageOf(error) });
      return;
    }
    const { certificate: cert, key } = this.pair;
    for (const host of address.startsWith('127.') ? [address] : [address, '127.0.0.1']) {
      const server = createServer({ cert, key }, route);
      limitArrival(server);
      server.maxConnections = limits.maxConnections;
      server.on('upgrade', upgrade);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, resolve);
      });
      // A client that breaks the handshake off is nobody's fault here.
      server.on('tlsClientError', () => undefined);
      this.servers.push(server);
    }
  }

  stop(): void {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    this.servers = [];
  }

  async use(certificate: string, key: string): Promise<void> {
    const pair = { certificate, key };
    checkPair(pair);
    await this.options.certificate.replace(pair);
    this.pair = pair;
    for (const server of this.servers) server.setSecureContext({ cert: certificate, key });
  }
}
