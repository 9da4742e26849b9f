// HTTP requests to addresses that somebody else chose: past the guard, bounded in time and size, without redirects.
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { AddressRefused, type FetchGuard } from '../sounds/index.js';

export interface GuardedRequest {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** From the look-up of the name to the last byte, ms. */
  readonly timeoutMs: number;
  /** Bytes of the answer; more is an error. */
  readonly mostBytes: number;
}

/** No request is made to the URL; the message goes on from the URL's name in a sentence for people. */
export class UrlRefused extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'UrlRefused';
  }
}

export class GuardedRequests {
  private readonly guard: Pick<FetchGuard, 'check' | 'lookupFor'>;

  constructor(guard: Pick<FetchGuard, 'check' | 'lookupFor'>) {
    this.guard = guard;
  }

  /** What can be said without a look-up. User and password may be in it. @throws UrlRefused */
  parse(text: string): URL {
    if (!URL.canParse(text)) throw new UrlRefused('is no URL');
    const url = new URL(text);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new UrlRefused('must begin with http:// or https://');
    }
    try {
      this.guard.check(url);
    } catch (error) {
      throw refusalOf(error);
    }
    return url;
  }

  /**
   * User and password of the URL are sent as HTTP Basic.
   * @returns the status
   * @throws UrlRefused, or Error when there is no whole answer
   */
  async send(text: string, options: GuardedRequest): Promise<number> {
    const { timeoutMs, mostBytes } = options;
    const url = this.parse(text);
    const response = await this.response(url, AbortSignal.timeout(timeoutMs), options).catch(
      (error: unknown) => {
        throw refusalOf(error);
      },
    );
    let size = 0;
    for await (const part of response as AsyncIterable<Buffer>) {
      size += part.length;
      // Leaving the loop ends the connection.
      if (size > mostBytes) throw new Error(`the answer has more than ${mostBytes} bytes`);
    }
    return response.statusCode ?? 0;
  }

  private response(
    url: URL,
    signal: AbortSignal,
    { method, headers, body }: GuardedRequest,
  ): Promise<IncomingMessage> {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const request = send(url, {
        method,
        signal,
        // A connection that is kept was made to an address that was right then.
        agent: false,
        lookup: this.guard.lookupFor(url),
        headers: {
          ...headers,
          ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
        },
      });
      request.once('response', resolve);
      request.once('error', reject);
      request.end(body);
    });
  }
}

function refusalOf(error: unknown): unknown {
  if (!(error instanceof AddressRefused)) return error;
  return new UrlRefused('leads to the box itself, or to a private network that the settings do not allow');
}
