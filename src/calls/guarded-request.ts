// One HTTP request to an address that somebody else chose: bounded in time and size, no redirects, and past the guard.
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { UrlGuard } from './url-guard.js';

export interface GuardedRequest {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** From the connect to the last byte, ms. */
  readonly timeoutMs: number;
  /** Bytes of the answer; more is an error. */
  readonly mostBytes: number;
}

export interface GuardedReply {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * User and password of the URL are sent as HTTP Basic.
 * @throws UrlRefused, or Error when there is no whole answer
 */
export async function guardedRequest(
  guard: UrlGuard,
  text: string,
  { method, headers, body, timeoutMs, mostBytes }: GuardedRequest,
): Promise<GuardedReply> {
  const url = guard.parse(text);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = send(url, {
      method,
      signal,
      // A connection that is kept was made to an address that was right then.
      agent: false,
      lookup: guard.lookupFor(url),
      headers: {
        ...headers,
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
      },
    });
    request.once('response', resolve);
    request.once('error', reject);
    request.end(body);
  });
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > mostBytes) {
      response.destroy();
      throw new Error(`the answer has more than ${mostBytes} bytes`);
    }
    parts.push(part);
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(parts) };
}
