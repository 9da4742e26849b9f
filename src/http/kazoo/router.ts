// From a request under /v2 to the operation it means, and from what comes of it to the answer: token, account, method,
// then the operation, in this order, so that who has no token learns nothing, not even what exists.
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../conference/index.js';
import type { Log } from '../../log.js';
import { logFault } from '../fault.js';
import {
  errorEnvelope,
  parseBody,
  readEnvelope,
  successEnvelope,
  type BoxIdentity,
  type Circumstances,
  type RequestEnvelope,
} from './envelope.js';
import { kazooErrorOf, systemError } from './errors.js';
import type { Guard } from './guard.js';
import {
  methods,
  type ApiCall,
  type Method,
  type Operation,
  type Resource,
  type SentSound,
} from './resource.js';
import type { Session } from './tokens.js';

export interface RouterOptions {
  readonly box: BoxIdentity;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly log: Log;
}

/** Longer addresses are refused; the longest that makes sense has a start_key of some 800 characters. */
const maxUrlLength = 2048;

/** A browser that names no type, and curl's --data-binary with -H, say octet-stream. */
const soundTypes = /^(?:audio\/|application\/octet-stream)/i;

export class Router {
  private readonly options: RouterOptions;
  /** The right token of a request that is being answered. */
  private readonly tokens = new WeakMap<FastifyRequest, string>();

  constructor(options: RouterOptions) {
    this.options = options;
  }

  /** Makes the resources reachable below the prefix of `app`, and everything else there answer in Kazoo's way. */
  register(app: FastifyInstance, resources: readonly Resource[]): void {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
      try {
        done(null, parseBody(String(body)));
      } catch (error) {
        done(error as Error);
      }
    });
    // Sounds are not gathered in memory: who takes them reads them, once the request has been let in.
    app.addContentTypeParser(soundTypes, (_request, body, done) => done(null, body));
    app.addHook('onRequest', async (request) => {
      if (request.url.length > maxUrlLength) throw systemError('uri_too_long');
    });
    app.setErrorHandler((error, request, reply) => this.fail(error, request, reply));
    app.setNotFoundHandler(async (request) => {
      await this.session(request, soundOf(request) ? {} : readEnvelope(request.body));
      throw systemError('not_found');
    });
    for (const resource of resources) {
      app.route({
        method: [...methods, 'OPTIONS'],
        url: resource.path,
        handler: (request, reply) => this.serve(resource, request, reply),
      });
    }
  }

  /** Answers with the error; public, because some errors come before any route. */
  fail(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const known = kazooErrorOf(thrown);
    if (!known) logFault(this.options.log, thrown, request);
    const error = known ?? systemError('unspecified_fault');
    return this.prepare(request, reply)
      .code(error.status)
      .headers(error.headers)
      .send(errorEnvelope(error, this.circumstances(request)));
  }

  private async serve(
    resource: Resource,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const sound = soundOf(request);
    const envelope = sound ? {} : readEnvelope(request.body);
    const method = meantMethod(request.method, envelope.verb);
    const operation = method && resource.operations[method];
    const params = request.params as Record<string, string>;
    let session: Session | undefined;
    if (!operation?.open) {
      session = await this.session(request, envelope);
      if (params.account !== undefined) await this.options.guard.account(params.account);
    }
    if (!operation) {
      throw systemError('invalid_method', {}, { allow: Object.keys(resource.operations).join(', ') });
    }
    if (Boolean(operation.takesSound) !== Boolean(sound)) throw systemError('unsupported_media_type');
    const call: ApiCall = {
      ...(sound && { sound }),
      params,
      query: request.query,
      data: envelope.data,
      action: envelope.action,
      ifMatch: request.headers['if-match'],
      accept: request.headers.accept,
      address: request.ip,
      author: async () => (session ? this.options.guard.authorOf(session) : ''),
      authToken: this.tokens.get(request) ?? '',
    };
    return this.answer(operation, call, request, reply);
  }

  private async answer(
    operation: Operation,
    call: ApiCall,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const answer = await operation.handle(call);
    this.tokens.set(request, call.authToken);
    this.prepare(request, reply).code(answer.status ?? operation.status ?? 200);
    if (answer.revision !== undefined) reply.header('etag', `"${answer.revision}"`);
    reply.headers(answer.headers ?? {});
    const bare = operation.bare === true || answer.bare === true;
    return reply.send(bare ? answer.data : successEnvelope(answer, this.circumstances(request)));
  }

  private async session(request: FastifyRequest, envelope: RequestEnvelope): Promise<Session> {
    const token = tokenOf(request, envelope);
    const session = await this.options.guard.session(token, request.ip);
    this.tokens.set(request, token ?? '');
    return session;
  }

  /** What is answered holds PINs and tokens, and is true for the moment only. */
  private prepare(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    return reply.header('cache-control', 'no-store').header('x-request-id', request.id);
  }

  private circumstances(request: FastifyRequest): Circumstances {
    const { box, clock } = this.options;
    return { box, requestId: request.id, now: clock.now(), authToken: this.tokens.get(request) ?? '' };
  }
}

function soundOf({ body, headers }: FastifyRequest): SentSound | undefined {
  return body instanceof Readable ? { body, contentType: headers['content-type'] ?? '' } : undefined;
}

/** A POST may stand for any method; undefined = none that we know. */
function meantMethod(method: string, verb: unknown): Method | undefined {
  const tunnelled = method === 'POST' && verb !== undefined;
  const meant = tunnelled ? verb : method === 'HEAD' ? 'GET' : method;
  if (typeof meant !== 'string') return undefined;
  return methods.find((known) => known === meant.toUpperCase());
}

function tokenOf(request: FastifyRequest, envelope: RequestEnvelope): string | undefined {
  const given = request.headers['x-auth-token'] ?? envelope.auth_token;
  return typeof given === 'string' && given !== '' ? given : undefined;
}
