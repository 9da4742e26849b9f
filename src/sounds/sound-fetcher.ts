// Fetches one sound from a web server into a file: bounded in size, time and redirects, and every address it connects to,
// also after a redirect, was looked at by the guard. The name is resolved once, and what was resolved is connected to: a
// name that means another address a moment later gets nowhere.
import { createWriteStream } from 'node:fs';
import { get as getPlain, type IncomingMessage, type RequestOptions } from 'node:http';
import { get as getSecure } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AddressRefused, type FetchGuard } from './fetch-guard.js';
import { SoundError } from './sound-error.js';

export interface FetchLimits {
  readonly bytes: number;
  /** Of everything, with all redirects. */
  readonly ms: number;
}

/** What a server said of a sound, to ask later whether it is still the same. */
export interface Validators {
  readonly etag?: string;
  readonly modified?: string;
}

export type Fetched =
  { readonly kind: 'unchanged' } | { readonly kind: 'written'; readonly validators: Validators };

const mostRedirects = 3;
const longestUrl = 2048;
/** Longer ones are not kept. */
const longestValidator = 256;

export interface FetchRequest {
  readonly url: string;
  /** Written anew; may be left half-written by a failure. */
  readonly to: string;
  /** Of what is known already. */
  readonly known?: Validators | undefined;
  readonly guard: FetchGuard;
  readonly limits: FetchLimits;
}

/** @throws SoundError; what the file system throws */
export async function fetchSound({ url, to, known = {}, guard, limits }: FetchRequest): Promise<Fetched> {
  const signal = AbortSignal.timeout(limits.ms);
  try {
    let address = checkedUrl(url);
    for (let turn = 0; turn <= mostRedirects; turn++) {
      const response = await request(address, known, guard, signal);
      const { statusCode: status = 0, headers } = response;
      if (status === 304) {
        response.destroy();
        return { kind: 'unchanged' };
      }
      if (status === 200) {
        await save(response, to, limits.bytes, signal);
        return { kind: 'written', validators: validatorsOf(headers) };
      }
      response.destroy();
      if (![301, 302, 303, 307, 308].includes(status) || !headers.location)
        throw new SoundError(`the web server answered ${status}`);
      address = checkedUrl(headers.location, address);
    }
    throw new SoundError('the web server redirects too often');
  } catch (error) {
    if (error instanceof SoundError) throw error;
    if (error instanceof AddressRefused) throw new SoundError(`sounds may not be fetched from ${error.host}`);
    if (signal.aborted) throw new SoundError(`it was not fetched within ${limits.ms / 1000} s`);
    throw new SoundError(
      `it could not be fetched (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}

/** A URL as it may stand in a log: what follows the path may be somebody's secret. */
export function readableUrl(url: string): string {
  if (!URL.canParse(url)) return 'no URL';
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`.slice(0, 200);
}

/** @throws SoundError */
export function checkedUrl(text: string, base?: URL): URL {
  if (text.length > longestUrl || !URL.canParse(text, base?.href))
    throw new SoundError('its URL cannot be read');
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new SoundError('its URL is neither http nor https');
  if (url.username || url.password) throw new SoundError('its URL has a password in it');
  return url;
}

function request(
  url: URL,
  known: Validators,
  guard: FetchGuard,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  guard.check(url);
  const options: RequestOptions = {
    signal,
    agent: false,
    lookup: guard.lookupFor(url),
    headers: {
      accept: 'audio/*, */*;q=0.1',
      ...(known.etag && { 'if-none-match': known.etag }),
      ...(known.modified && { 'if-modified-since': known.modified }),
    },
  };
  return new Promise((resolve, reject) => {
    const get = url.protocol === 'https:' ? getSecure : getPlain;
    get(url, options, resolve).once('error', reject);
  });
}

async function save(response: IncomingMessage, to: string, most: number, signal: AbortSignal): Promise<void> {
  let taken = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      taken += chunk.length;
      if (taken > most) done(new SoundError(`it is larger than ${most} bytes`));
      else done(null, chunk);
    },
  });
  await pipeline(response, measure, createWriteStream(to, { mode: 0o600 }), { signal });
}

function validatorsOf(headers: IncomingMessage['headers']): Validators {
  const { etag, 'last-modified': modified } = headers;
  return {
    ...(etag !== undefined && etag.length <= longestValidator && { etag }),
    ...(modified !== undefined && modified.length <= longestValidator && { modified }),
  };
}
