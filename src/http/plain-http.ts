// HTTP without TLS, for the APIs: an admin may switch it off, so that no key crosses the network in clear. It stays on
// from the box itself, and where there is no HTTPS in its place; /health is served in any case.
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { SettingValues } from '../store/index.js';

export interface PlainHttpOptions {
  readonly settings: Pick<SettingValues, 'get' | 'set'>;
  /** Where HTTPS is served; undefined = nowhere. */
  readonly httpsPort: () => number | undefined;
}

/** What is needed of a connection. */
export type Connection = Pick<Socket, 'remoteAddress' | 'localAddress'> & { readonly encrypted?: boolean };

const key = 'http.plain-apis';

export class PlainHttp {
  private readonly options: PlainHttpOptions;

  constructor(options: PlainHttpOptions) {
    this.options = options;
  }

  /** Whether the admin allows it; so until somebody says otherwise. */
  async allowed(): Promise<boolean> {
    return (await this.options.settings.get(key)) !== false;
  }

  /** @param author for the record of changes @throws StorageError */
  allow(allowed: boolean, author: string): Promise<void> {
    const change = { author, before: { plain_http: !allowed }, after: { plain_http: allowed } };
    return this.options.settings.set(key, allowed, change);
  }

  /** Whether an API must not answer on this connection. */
  async refuses(connection: Connection): Promise<boolean> {
    if (connection.encrypted === true || isFromBox(connection)) return false;
    return this.options.httpsPort() !== undefined && !(await this.allowed());
  }

  /** Guards every route of the scope, and what is not found in it. */
  guard(scope: FastifyInstance): void {
    scope.addHook('onRequest', async (request, reply) => {
      if (!(await this.refuses(request.socket as Connection))) return;
      const message = `This box serves its APIs by HTTPS only, on port ${this.options.httpsPort()}.`;
      return reply.code(403).send({ status: 'error', error: '403', message, data: { message } });
    });
  }
}

/** What comes from the box itself never was on the network. */
export function isFromBox({ remoteAddress = '', localAddress }: Connection): boolean {
  if (remoteAddress === '::1' || /^(::ffff:)?127\./.test(remoteAddress)) return true;
  return remoteAddress !== '' && remoteAddress === localAddress;
}
