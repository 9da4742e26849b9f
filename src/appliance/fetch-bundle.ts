// Fetches the file of an update from a web server: bounded in size and time, never in memory, and told how far it is.
// Where to is an admin's word, and what comes is installed only with the right signature; so a server on the company's own
// network and plain HTTP are good enough. The box itself is no place to fetch from: what listens there for its own parts
// alone must not be asked on an admin's behalf.
import { createWriteStream } from 'node:fs';
import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getSecure } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AddressRefused, type FetchGuard, type Network } from '../sounds/index.js';
import type { FetchFault } from './update-state.js';

/** RFC 1918, and RFC 4193 for IPv6. */
export const companyNetworks: readonly Network[] = [
  { address: '10.0.0.0', prefix: 8 },
  { address: '172.16.0.0', prefix: 12 },
  { address: '192.168.0.0', prefix: 16 },
  { address: 'fc00::', prefix: 7 },
];

export interface BundleFetch {
  readonly url: string;
  /** Written anew; may be left half-written by a failure. */
  readonly to: string;
  readonly guard: FetchGuard;
  /** Most bytes. */
  readonly most: number;
  /** Of everything, with all redirects, ms. */
  readonly patienceMs: number;
  /** Gives up. */
  readonly signal: AbortSignal;
  /** @param total undefined: the server does not say */
  readonly onBytes: (bytes: number, total: number | undefined) => void;
}

export class FetchFailed extends Error {
  readonly why: FetchFault;

  /** @param detail the server's or the system's own words */
  constructor(why: FetchFault, detail: string = why) {
    super(detail);
    this.name = 'FetchFailed';
    this.why = why;
  }
}

const mostRedirects = 3;
const longestUrl = 2048;
/** A server that sends nothing for so long is gone, ms. */
const idleMs = 60_000;

/** @throws FetchFailed; what the file system throws */
export async function fetchBundle(fetch: BundleFetch): Promise<void> {
  const late = AbortSignal.timeout(fetch.patienceMs);
  const signal = AbortSignal.any([late, fetch.signal]);
  try {
    let address = bundleUrl(fetch.url);
    for (let turn = 0; turn <= mostRedirects; turn++) {
      const response = await request(address, fetch.guard, signal);
      const { statusCode: status = 0, headers } = response;
      if (status === 200) return await save(response, fetch, signal);
      response.destroy();
      if (![301, 302, 303, 307, 308].includes(status) || !headers.location)
        throw new FetchFailed('answer', String(status));
      address = bundleUrl(headers.location, address);
    }
    throw new FetchFailed('answer', 'redirects');
  } catch (error) {
    if (error instanceof FetchFailed) throw error;
    if (error instanceof AddressRefused) throw new FetchFailed('address', error.host);
    if (late.aborted) throw new FetchFailed('time');
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC') throw new FetchFailed('no-space');
    if (syscall === 'write' || syscall === 'open') throw error;
    throw new FetchFailed('connection', String(code ?? error));
  }
}

/** @throws FetchFailed */
export function bundleUrl(text: string, base?: URL): URL {
  if (text.length > longestUrl || !URL.canParse(text, base?.href)) throw new FetchFailed('url');
  const url = new URL(text, base);
  if (!['http:', 'https:'].includes(url.protocol) || url.username || url.password)
    throw new FetchFailed('url');
  return url;
}

function request(url: URL, guard: FetchGuard, signal: AbortSignal): Promise<IncomingMessage> {
  guard.check(url);
  return new Promise((resolve, reject) => {
    const get = url.protocol === 'https:' ? getSecure : getPlain;
    const options = { signal, agent: false, timeout: idleMs, lookup: guard.lookupFor(url) };
    const asked = get(url, options, resolve);
    asked.once('error', reject);
    asked.on('timeout', () => asked.destroy(new FetchFailed('time')));
  });
}

async function save(
  response: IncomingMessage,
  { to, most, onBytes }: BundleFetch,
  signal: AbortSignal,
): Promise<void> {
  const length = response.headers['content-length'];
  const total = length === undefined ? undefined : Number(length);
  if (total !== undefined && total > most) {
    response.destroy();
    throw new FetchFailed('too-large');
  }
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      onBytes(bytes, total);
      if (bytes > most) done(new FetchFailed('too-large'));
      else done(null, chunk);
    },
  });
  await pipeline(response, measure, createWriteStream(to, { mode: 0o600 }), { signal });
}
