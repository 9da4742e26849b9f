// A client of the Catapult API of a box under test, with a key that the command line made; and the receiver of its
// callbacks.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { run } from '../cli/run.js';
import type { Box } from './box.js';

/** What a box needs so that a test on the same machine may have callbacks, and make more than one conference a second. */
export const catapultEnv = { PARTYLINE_FETCH_PRIVATE: '127.0.0.1', PARTYLINE_CATAPULT_RATE: '0' };

export interface CatapultReply {
  readonly status: number;
  readonly location: string;
  readonly body: Record<string, unknown>;
}

export interface Key {
  readonly userId: string;
  readonly token: string;
  readonly secret: string;
}

export class CatapultClient {
  readonly key: Key;
  private readonly base: string;

  private constructor(base: string, key: Key) {
    this.base = base;
    this.key = key;
  }

  static async login(box: Box): Promise<CatapultClient> {
    const { code, out, err } = await run([
      '--data',
      box.data,
      'key',
      'create',
      '--kind',
      'catapult',
      '--json',
    ]);
    if (code !== 0) throw new Error(err);
    const made = JSON.parse(out) as { user_id: string; api_token: string; api_secret: string };
    return new CatapultClient(box.url, {
      userId: made.user_id,
      token: made.api_token,
      secret: made.api_secret,
    });
  }

  /** @param path below the user's, or as a Location header has it */
  async send(method: string, path: string, body?: unknown): Promise<CatapultReply> {
    const { userId, token, secret } = this.key;
    const url = this.base + (path.startsWith('/v1/') ? path : `/v1/users/${userId}${path}`);
    const response = await fetch(url, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${token}:${secret}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      location: response.headers.get('location') ?? '',
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
    };
  }

  /** The body of what is there. @throws Error for any other status */
  async get<T = Record<string, unknown>>(path: string): Promise<T> {
    return (await this.must(200, 'GET', path)).body as T;
  }

  /** Changes something. @throws Error for any other status than 200 */
  async post(path: string, body: unknown): Promise<void> {
    await this.must(200, 'POST', path, body);
  }

  /** Makes something; its address. @throws Error for any other status than 201 */
  async make(path: string, body: unknown): Promise<string> {
    return (await this.must(201, 'POST', path, body)).location;
  }

  private async must(status: number, method: string, path: string, body?: unknown): Promise<CatapultReply> {
    const reply = await this.send(method, path, body);
    if (reply.status !== status)
      throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply;
  }
}

export type Event = Readonly<Record<string, unknown>>;

/** Takes callbacks, on one port for as long as the test runs; may be shut and opened again. */
export class Receiver {
  readonly events: Event[] = [];
  private server: Server | undefined;
  private port = 0;
  private changed: () => void = () => undefined;

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  async open(): Promise<this> {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += String(chunk)));
      request.on('end', () => {
        response.end();
        this.events.push(JSON.parse(body) as Event);
        this.changed();
      });
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    return this;
  }

  async shut(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  /** Resolves with the first event that has all of these values. */
  async told(values: Event, timeoutMs = 8000): Promise<Event> {
    const found = () =>
      this.events.find((event) => Object.entries(values).every(([name, value]) => event[name] === value));
    for (const deadline = Date.now() + timeoutMs; ;) {
      const event = found();
      if (event) return event;
      const left = deadline - Date.now();
      if (left <= 0)
        throw new Error(`not told ${JSON.stringify(values)}, but ${JSON.stringify(this.events)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.changed = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
