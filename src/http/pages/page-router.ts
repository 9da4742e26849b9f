// How a request becomes a visit, and an answer a response: who is there, in which language, whether a posted form is
// ours, the headers that every answer has, and the page that says what went wrong.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { messageOf, PartylineError } from '../../errors.js';
import type { Log } from '../../log.js';
import type { Store } from '../../store/index.js';
import { refusedStatus } from '../fault.js';
import { isFromBox } from '../plain-http.js';
import { assets } from './assets.js';
import { cookieName, readCookies, setCookie } from './cookies.js';
import { heading, layout } from './layout.js';
import { html, type Html } from './html.js';
import { formats, isLanguage, languageOf, languages } from './texts/index.js';
import type { AdminVisit, Answer, Page, Visit } from './visit.js';

export interface PageRouterOptions {
  readonly store: Pick<Store, 'sessions' | 'admins' | 'account'>;
  /** Where pages are shown by HTTPS; undefined = nowhere. */
  readonly httpsPort: () => number | undefined;
  readonly log: Log;
  /** What every page shows who is logged in, at its top; absent = nothing. */
  readonly urgent?: (visit: Visit) => Html | undefined;
}

type Handler<V> = (visit: V) => Answer | Promise<Answer>;

/** Bytes of a posted form; a document with every list full stays below. */
const formLimit = 512 * 1024;
/** Fields of a posted form. */
const mostFields = 1000;

const headers = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
} as const;

export class PageRouter {
  private readonly options: PageRouterOptions;
  private readonly app: FastifyInstance;

  /** @param app a scope of its own: parsers and hooks are for pages only */
  constructor(app: FastifyInstance, options: PageRouterOptions) {
    this.options = options;
    this.app = app;
    app.removeContentTypeParser(['application/json', 'text/plain']);
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: formLimit },
      (_request, body, done) => done(null, new URLSearchParams(String(body))),
    );
    app.addHook('onRequest', async (request, reply) => {
      void reply.headers(headers).header('cache-control', 'no-store');
      const elsewhere = this.byHttps(request);
      if (elsewhere) return reply.redirect(elsewhere, 307);
    });
    app.setErrorHandler((error, request, reply) => this.fail(error, request, reply));
    app.setNotFoundHandler((request, reply) =>
      this.fail(new PartylineError('NOT_FOUND', 'page'), request, reply),
    );
    for (const { path, type, content } of assets) {
      app.get(path, (_request, reply) =>
        reply
          .header('cache-control', 'public, max-age=31536000, immutable')
          .header('content-type', type)
          .send(content),
      );
    }
  }

  /** A page for who is logged in; others are led to the log-in, or to the set-up of a box that has no admin. */
  get(path: string, handler: Handler<AdminVisit>): void {
    this.app.get(path, (request, reply) => this.serveAdmin(request, reply, handler));
  }

  post(path: string, handler: Handler<AdminVisit>): void {
    this.app.post(path, (request, reply) => this.serveAdmin(request, reply, handler));
  }

  /** As post, for a form with files: the handler looks for the token itself (isOurs). */
  upload(path: string, handler: Handler<AdminVisit>): void {
    this.app.post(path, { config: { upload: true } }, (request, reply) =>
      this.serveAdmin(request, reply, handler),
    );
  }

  /** A page for everybody. */
  open(method: 'GET' | 'POST', path: string, handler: Handler<Visit>): void {
    this.app.route({
      method,
      url: path,
      handler: async (request, reply) => this.answer(await this.visitFor(request, reply), handler),
    });
  }

  /** Whether the token of a form is that of this visitor. */
  static isOurs({ formToken }: Pick<Visit, 'formToken'>, given: string | null | undefined): boolean {
    const ours = Buffer.from(formToken);
    const theirs = Buffer.from(given ?? '');
    return ours.length === theirs.length && timingSafeEqual(ours, theirs);
  }

  private async serveAdmin(
    request: FastifyRequest,
    reply: FastifyReply,
    handler: Handler<AdminVisit>,
  ): Promise<FastifyReply> {
    const visit = await this.visitFor(request, reply);
    const { admin } = visit;
    if (admin) return this.answer({ ...visit, admin }, handler);
    const isNew = (await this.options.store.admins.count()) === 0;
    const next = request.method === 'GET' ? `?next=${encodeURIComponent(request.url)}` : '';
    return reply.redirect(isNew ? '/setup' : `/login${next}`, 303);
  }

  private async answer<V extends Visit>(visit: V, handler: Handler<V>): Promise<FastifyReply> {
    const { request, reply } = visit;
    const { upload } = request.routeOptions.config as { upload?: boolean };
    if (request.method === 'POST' && !upload && !PageRouter.isOurs(visit, visit.form.get('csrf'))) {
      return this.send(visit, this.faultPage(visit, 'stale', 403));
    }
    const answer = await handler(visit);
    if (answer === 'taken') return reply;
    if ('redirect' in answer) return reply.redirect(answer.redirect, 303);
    if ('content' in answer) {
      return reply
        .code(answer.status ?? 200)
        .headers(answer.headers)
        .send(answer.content);
    }
    return this.send(visit, answer);
  }

  private send(visit: Visit, page: Page): FastifyReply {
    return visit.reply
      .code(page.status ?? 200)
      .headers(page.headers ?? {})
      .header('content-type', 'text/html; charset=utf-8')
      .send(layout(visit, page, this.options.urgent?.(visit)).text);
  }

  private async visitFor(request: FastifyRequest, reply: FastifyReply): Promise<Visit> {
    const { sessions, account } = this.options.store;
    const secure = request.protocol === 'https';
    const cookies = readCookies(request.headers.cookie);
    const session = cookies.get(cookieName('session', secure)) ?? '';
    const admin = session ? await sessions.use(session) : undefined;
    const chosen = cookies.get(cookieName('language', secure));
    const language = isLanguage(chosen) ? chosen : languageOf(request.headers['accept-language']);
    const secret = admin ? session : this.visitorSecret(cookies, { reply, secure });
    const { body } = request;
    return {
      request,
      reply,
      admin,
      session,
      secure,
      language,
      boxName: await account.name(),
      texts: languages[language],
      format: formats[language],
      params: request.params as Record<string, string>,
      query: new URLSearchParams(request.url.split('?')[1] ?? ''),
      form: body instanceof URLSearchParams && body.size <= mostFields ? body : new URLSearchParams(),
      formToken: createHmac('sha256', secret).update('form').digest('base64url'),
    };
  }

  /** Who is not logged in has a secret too, so that nobody else can post the log-in for them. */
  private visitorSecret(cookies: ReadonlyMap<string, string>, to: Pick<Visit, 'reply' | 'secure'>): string {
    const known = cookies.get(cookieName('visitor', to.secure));
    if (known && /^[A-Za-z0-9_-]{32}$/.test(known)) return known;
    const secret = randomBytes(24).toString('base64url');
    setCookie(to, 'visitor', secret);
    return secret;
  }

  /** Where this request belongs instead; what comes from the box itself never left it. */
  private byHttps(request: FastifyRequest): string | undefined {
    const port = this.options.httpsPort();
    if (port === undefined || request.protocol === 'https' || isFromBox(request.socket)) return undefined;
    const host = request.hostname;
    if (!/^[A-Za-z0-9.-]{1,253}$/.test(host)) return undefined;
    return `https://${host}${port === 443 ? '' : `:${port}`}${request.method === 'GET' ? request.url : '/'}`;
  }

  private async fail(thrown: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const visit = await this.visitFor(request, reply);
    const status = statusOf(thrown);
    if (status >= 500) {
      const { method, routeOptions } = request;
      this.options.log.error('page failed', { method, route: routeOptions.url, error: messageOf(thrown) });
    }
    return this.send(visit, this.faultPage(visit, faultOf(status), status));
  }

  private faultPage({ texts }: Visit, fault: keyof Visit['texts']['faults'], status: number): Page {
    const [title, sentence] = texts.faults[fault];
    return {
      title,
      status,
      body: html`${heading(title)}<p>${sentence}</p><p><a href="/">${texts.back}</a></p>`,
    };
  }
}

function statusOf(thrown: unknown): number {
  if (thrown instanceof PartylineError) return thrown.status;
  return refusedStatus(thrown) ?? 500;
}

function faultOf(status: number): keyof Visit['texts']['faults'] {
  if (status === 404) return 'notFound';
  if (status === 413) return 'tooLarge';
  if (status === 503) return 'unavailable';
  return status < 500 ? 'invalid' : 'fault';
}
