// The one web server: Fastify, listening on the box's address and on loopback and nowhere else. Routes live in files
// of their own; no rule of the product lives in a route.
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { fastify } from 'fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { arrivalLimits, limitArrival } from './arrival.js';
import type { Credentials } from './credentials.js';
import { CatapultApi, type CatapultApiOptions } from './catapult/index.js';
import { healthRoute, type Health } from './health.js';
import type { HttpsServer } from './https-server.js';
import { KazooApi, type KazooApiOptions } from './kazoo/index.js';
import { Pages, type PagesOptions } from './pages/index.js';
import type { PlainHttp } from './plain-http.js';
import { takeUpgrades } from './upgrades.js';

export interface HttpServerOptions {
  /** IPv4 address of the box. */
  readonly address: string;
  readonly port: number;
  readonly health: () => Health;
  /** What the APIs work on. */
  readonly apis?: Omit<KazooApiOptions, 'credentials'>;
  readonly catapult?: CatapultApiOptions;
  /** Who may use the APIs; without it there are none. */
  readonly credentials?: Credentials | undefined;
  /** The admin's web page; without it there is none. */
  readonly pages?: PagesOptions;
  /** The same by HTTPS. */
  readonly https?: HttpsServer;
  /** Whether the APIs answer without TLS; absent = they do. */
  readonly plain?: PlainHttp;
}

/** Larger requests are refused with 413; bytes. */
const bodyLimit = 1024 * 1024;

/** Connections at once to each of the two addresses: with a full body in each, what a small machine can hold. */
const maxConnections = 200;

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
    try {
      await this.options.https?.start(app.routing, { maxConnections }, (...upgrade) =>
        app.server.emit('upgrade', ...upgrade),
      );
    } catch (error) {
      await this.stop();
      throw new Error(
        `The web server could not listen for HTTPS (${String(error)}); set PARTYLINE_HTTPS_PORT to a free port, or 0.`,
        { cause: error },
      );
    }
  }

  async stop(): Promise<void> {
    this.options.https?.stop();
    this.loopback?.closeAllConnections();
    this.loopback?.close();
    this.loopback = undefined;
    await this.app?.close();
    this.app = undefined;
  }

  /** So that a check on the machine itself works whatever its address is. */
  private async listenOnLoopback(app: FastifyInstance, port: number): Promise<void> {
    const server = createServer((request, response) => app.routing(request, response));
    limitArrival(server);
    server.maxConnections = maxConnections;
    server.on('upgrade', (...upgrade) => app.server.emit('upgrade', ...upgrade));
    this.loopback = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  }
}

/** The routes without a socket, for tests that inject requests. */
export function buildApp(
  options: Pick<HttpServerOptions, 'health' | 'apis' | 'catapult' | 'credentials' | 'pages' | 'plain'>,
): FastifyInstance {
  const { apis, credentials, plain } = options;
  const kazoo = apis && credentials && new KazooApi({ ...apis, credentials });
  const catapult = options.catapult && new CatapultApi(options.catapult);
  const app = fastify({
    logger: false,
    bodyLimit,
    requestTimeout: arrivalLimits.long,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true },
    genReqId: () => randomBytes(16).toString('hex'),
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      if (kazoo?.fail(error, request, reply) || catapult?.fail(error, request, reply)) return;
      void reply.code(error.statusCode ?? 400).send(error);
    },
  });
  limitArrival(app.server);
  app.server.maxConnections = maxConnections;
  healthRoute(app, options.health);
  for (const api of [kazoo, catapult]) {
    if (!api) continue;
    void app.register((scope, _options, done) => {
      plain?.guard(scope);
      api.register(scope);
      done();
    });
  }
  if (options.pages) new Pages(options.pages).register(app);
  if (kazoo) {
    takeUpgrades(
      app.server,
      (...upgrade) => kazoo.upgrade(...upgrade),
      plain && ((connection) => plain.refuses(connection)),
    );
  }
  return app;
}
