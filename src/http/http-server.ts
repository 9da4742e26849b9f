// The one web server: Fastify, listening on the box's address and on loopback and nowhere else. Routes live in files
// of their own; no rule of the product lives in a route.
import { createServer, type Server } from 'node:http';
import { fastify, type FastifyInstance } from 'fastify';
import { healthRoute, type Health } from './health.js';

export interface HttpServerOptions {
  /** IPv4 address of the box. */
  readonly address: string;
  readonly port: number;
  readonly health: () => Health;
}

/** Larger requests are refused with 413; bytes. */
const bodyLimit = 1024 * 1024;

export class HttpServer {
  private readonly options: HttpServerOptions;
  private app: FastifyInstance | undefined;
  private loopback: Server | undefined;

  constructor(options: HttpServerOptions) {
    this.options = options;
  }

  /** @throws with a sentence when the port is taken */
  async start(): Promise<void> {
    const app = buildApp(this.options);
    this.app = app;
    const { address, port } = this.options;
    try {
      await app.listen({ host: address, port });
      if (!address.startsWith('127.')) await this.listenOnLoopback(app, port);
    } catch (error) {
      await this.stop();
      throw new Error(`The web server could not listen on port ${port} (${String(error)}).`, {
        cause: error,
      });
    }
  }

  async stop(): Promise<void> {
    this.loopback?.closeAllConnections();
    this.loopback?.close();
    this.loopback = undefined;
    await this.app?.close();
    this.app = undefined;
  }

  /** So that a check on the machine itself works whatever its address is. */
  private async listenOnLoopback(app: FastifyInstance, port: number): Promise<void> {
    const server = createServer((request, response) => app.routing(request, response));
    this.loopback = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  }
}

/** The routes without a socket, for tests that inject requests. */
export function buildApp(options: Pick<HttpServerOptions, 'health'>): FastifyInstance {
  const app = fastify({ logger: false, bodyLimit, forceCloseConnections: true });
  healthRoute(app, options.health);
  return app;
}
