// Bandwidth Catapult's REST API for conferences under /v1/users/{userId}: from a request to the route it means, and from
// what comes of it to the answer. Key and user first, then the rate limit, then the route, so that who has no key
// learns nothing, not even what exists.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { MeetingCalls, Meetings, MeetingSounds, GuardedRequests } from '../../calls/index.js';
import type { Clock } from '../../conference/index.js';
import type { Log } from '../../log.js';
import { logFault } from '../fault.js';
import { Addresses } from './addresses.js';
import { audioRoutes } from './audio-routes.js';
import { checkUser, type CatapultKeys } from './auth.js';
import { callRoutes } from './call-routes.js';
import { conferenceRoutes } from './conference-routes.js';
import { CatapultError, catapultErrorOf } from './errors.js';
import { Fields } from './fields.js';
import { memberRoutes } from './member-routes.js';
import { RateLimit } from './rate-limit.js';
import type { CatapultRoute } from './route.js';

export interface CatapultApiOptions {
  readonly keys: CatapultKeys;
  readonly meetings: Meetings;
  readonly meetingCalls: MeetingCalls;
  readonly meetingSounds: MeetingSounds;
  /** What callback URLs are allowed. */
  readonly urls: Pick<GuardedRequests, 'parse'>;
  /** Of the box as clients reach it: `http://192.0.2.1:8000`. */
  readonly base: string;
  /** Conferences that one user may make, per second; 0 = no limit. */
  readonly perSecond: number;
  readonly clock: Clock;
  readonly log: Log;
}

const prefix = '/v1/users/:user';
const maxUrlLength = 2048;

export class CatapultApi {
  private readonly options: CatapultApiOptions;
  /** Id of the key of a request that was let in. */
  private readonly keyOf = new WeakMap<FastifyRequest, string>();
  private readonly limit: RateLimit;
  private readonly routes: readonly CatapultRoute[];

  constructor(options: CatapultApiOptions) {
    this.options = options;
    this.limit = new RateLimit(options.perSecond, () => options.clock.now());
    const parts = { ...options, addresses: new Addresses(options.base) };
    this.routes = [
      ...conferenceRoutes(parts),
      ...memberRoutes(parts),
      ...callRoutes(parts),
      ...audioRoutes(parts),
    ];
  }

  register(app: FastifyInstance): void {
    void app.register(
      (v1, _options, done) => {
        this.registerBelow(v1);
        done();
      },
      { prefix },
    );
  }

  /** Answers an error that came before any route; false = the request was not for this API. */
  fail(error: unknown, request: FastifyRequest, reply: FastifyReply): boolean {
    if (!/^\/v1(?:[/?]|$)/.test(request.url)) return false;
    this.refuse(error, request, reply);
    return true;
  }

  private registerBelow(v1: FastifyInstance): void {
    v1.removeAllContentTypeParsers();
    v1.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
      try {
        done(null, String(body).trim() === '' ? undefined : JSON.parse(String(body)));
      } catch {
        done(new CatapultError('bad-request', 'the body is no JSON'));
      }
    });
    v1.addHook('onRequest', async (request) => {
      if (request.url.length > maxUrlLength)
        throw new CatapultError('bad-request', 'the address is too long');
      // Before the body is read.
      const { user = '' } = request.params as Record<string, string>;
      this.keyOf.set(request, await checkUser(this.options.keys, request.headers.authorization, user));
    });
    v1.setErrorHandler((error, request, reply) => this.refuse(error, request, reply));
    v1.setNotFoundHandler(() => {
      throw new CatapultError('not-found', 'there is no such resource');
    });
    for (const path of new Set(this.routes.map((route) => route.path))) {
      const here = this.routes.filter((route) => route.path === path);
      v1.route({
        method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
        url: path,
        handler: (request, reply) => this.serve(here, request, reply),
      });
    }
  }

  private async serve(
    routes: readonly CatapultRoute[],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = routes.find((one) => one.method === method);
    if (!route) {
      throw new CatapultError('method-not-allowed', `${request.method} is not possible here`, [], {
        allow: routes.map((one) => one.method).join(', '),
      });
    }
    const { user: userId = '', ...params } = request.params as Record<string, string>;
    if (route.limited) this.countIn(userId, request);
    const author = () =>
      this.options.keys.authorOf({ owner: this.keyOf.get(request) ?? '', kind: 'catapult' });
    const fields = new Fields(method === 'GET' ? undefined : request.body);
    const { status = 200, location, body } = await route.handle({ userId, author, params, fields });
    reply.code(status).header('cache-control', 'no-store');
    if (location !== undefined) reply.header('location', location);
    return body === undefined ? reply.send() : reply.send(body);
  }

  private countIn(userId: string, request: FastifyRequest): void {
    const free = this.limit.take(userId);
    if (free === undefined) return;
    const details = [
      { name: 'requestMethod', value: request.method },
      { name: 'remoteAddress', value: request.ip },
      { name: 'requestPath', value: request.url.replace(/^\/v1\//, '').replace(/\?.*$/, '') },
    ];
    throw new CatapultError('rate-limit-reached', 'too many requests', details, {
      'x-ratelimit-reset': String(free),
    });
  }

  private refuse(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const known = catapultErrorOf(thrown);
    if (!known) logFault(this.options.log, thrown, request);
    const error = known ?? new CatapultError('unexpected-error', 'the box has failed; its log says more');
    return reply
      .code(error.status)
      .headers({ 'cache-control': 'no-store', ...error.headers })
      .send(error.body());
  }
}
