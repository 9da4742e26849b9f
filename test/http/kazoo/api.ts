// The Kazoo API as a client meets it, on a box without sockets and phones.
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { Invitation, type DialOptions } from '../../../src/calls/index.js';
import { buildApp, PlainHttp } from '../../../src/http/index.js';
import type { Store } from '../../../src/store/index.js';
import { scratchFolder, scratchStore, type Test } from '../../store/scratch.js';
import { accountId, apiKey, MemoryCredentials } from '../credentials.js';
import { PhonelessBox } from '../phoneless-box.js';

export interface Reply {
  readonly status: number;
  readonly headers: LightMyRequestResponse['headers'];
  /** The whole envelope. */
  readonly body: Record<string, unknown>;
  readonly data: unknown;
}

export class Api extends PhonelessBox {
  readonly app: FastifyInstance;
  readonly credentials = new MemoryCredentials();
  /** Where HTTPS is said to be served. */
  httpsPort: number | undefined;
  readonly plain: PlainHttp;
  /** Sent with every request unless the request says otherwise. */
  token = '';

  private constructor(store: Store, folder: string) {
    super({ store, folder, mostSounds: 150_000 });
    const { editor, control, recordings, sounds, clock, log } = this;
    this.plain = new PlainHttp({ settings: store.settings, httpsPort: () => this.httpsPort });
    this.app = buildApp({
      plain: this.plain,
      health: () => ({ sip: true, media: true, store: true }),
      apis: {
        stored: store.conferences,
        editor,
        control,
        dialler: { dial: (target, options) => this.dial(target, options) },
        recordings,
        media: this.library,
        sounds,
        feed: this.running.feed,
        box: { name: 'box', address: '192.0.2.1', sipPort: 5060, version: '1.2.3' },
        clock,
        log,
      },
      credentials: this.credentials,
    });
  }

  /** An API with a client that has logged in. */
  static async start(t: Test): Promise<Api> {
    const api = new Api(await scratchStore(t), scratchFolder(t));
    await api.prepare();
    t.teardown(() => api.app.close());
    const login = await api.send('PUT', '/api_auth', { data: { api_key: apiKey } });
    api.token = String(login.body.auth_token);
    return api;
  }

  /** @param path below /v2; `{A}` stands for the account */
  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    address = '192.0.2.99',
  ): Promise<Reply> {
    const response = await this.app.inject({
      method: method as NonNullable<InjectOptions['method']>,
      url: `/v2${path.replace('{A}', accountId)}`,
      headers: { ...(this.token && { 'x-auth-token': this.token }), ...headers },
      remoteAddress: address,
      ...(body !== undefined && {
        payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
      }),
    });
    const json = (response.body === '' ? {} : response.json()) as Record<string, unknown>;
    return { status: response.statusCode, headers: response.headers, body: json, data: json.data };
  }

  get(path: string): Promise<Reply> {
    return this.send('GET', path);
  }

  /** What the box is asked to call; a test may say what becomes of it. */
  readonly dialled: { target: string; options: DialOptions }[] = [];
  dial = (target: string, options: DialOptions): Promise<Invitation> => {
    this.dialled.push({ target, options });
    return Promise.resolve(
      new Invitation(`dialled-${this.dialled.length}`, target, options, () => undefined),
    );
  };
}
