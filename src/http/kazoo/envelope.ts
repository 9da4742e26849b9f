// The wrapping that every request and every answer of Kazoo's API wears: `data` is the matter, all around it says whose
// it is, who answered, and how it went.
import { isObject } from '../../conference/document.js';
import type { KazooError } from './errors.js';
import { systemError } from './errors.js';

/** What a request says in its body; the body of most requests is `{"data": {...}}`. */
export interface RequestEnvelope {
  /** Absent where the client sent none. */
  readonly data?: unknown;
  /** The action of a PUT, where it does not stand in `data`. */
  readonly action?: unknown;
  /** The method that is meant, in a POST of a client that can send no other. */
  readonly verb?: unknown;
  readonly auth_token?: unknown;
}

/** Who answers; the same for all answers of one box. */
export interface BoxIdentity {
  /** Name of the machine. */
  readonly name: string;
  /** IPv4 address. */
  readonly address: string;
  readonly sipPort: number;
  /** Release of this software. */
  readonly version: string;
}

/** What is different from answer to answer. */
export interface Circumstances {
  readonly box: BoxIdentity;
  readonly requestId: string;
  /** Unix time, ms. */
  readonly now: number;
  /** Empty where no token was right. */
  readonly authToken: string;
}

/** What a route answers with. */
export interface Answer {
  /** HTTP status, 200 when absent. */
  readonly status?: number;
  readonly data: unknown;
  /** The document's revision as a client sees it; absent where there is none. */
  readonly revision?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The data alone, without an envelope; a stream is sent as it is. */
  readonly bare?: boolean;
  /** More keys of the envelope: `page_size` and so on. */
  readonly page?: Readonly<Record<string, unknown>>;
}

/** How the box is called where Kazoo names one of its nodes. */
export function nodeName(box: BoxIdentity): string {
  return `partyline@${box.name}`;
}

/**
 * The envelope of a body; a request without one has an empty envelope.
 * @throws KazooError parse_error for JSON that is no object
 */
export function readEnvelope(body: unknown): RequestEnvelope {
  if (body === undefined || body === null) return {};
  if (!isObject(body)) throw systemError('parse_error');
  return body;
}

/**
 * Bodies are JSON whatever their content type says: curl's -d, and so most examples of Kazoo, names another. No browser
 * can be tricked with that, for what counts is a token and never a cookie.
 * @throws KazooError parse_error
 */
export function parseBody(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw systemError('parse_error');
  }
}

export function successEnvelope(answer: Answer, circumstances: Circumstances): Record<string, unknown> {
  return {
    ...answer.page,
    data: answer.data,
    revision: answer.revision ?? 'automatic',
    ...signature(circumstances),
    status: 'success',
  };
}

export function errorEnvelope(error: KazooError, circumstances: Circumstances): Record<string, unknown> {
  return {
    data: error.data,
    error: String(error.status),
    message: error.kind,
    ...signature(circumstances),
    status: 'error',
  };
}

function signature({ box, requestId, now, authToken }: Circumstances): Record<string, string> {
  return {
    timestamp: new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
    version: box.version,
    node: nodeName(box),
    request_id: requestId,
    auth_token: authToken,
  };
}

const gregorianToUnix = 62_167_219_200;

/** Kazoo counts seconds from the year 0 of the Gregorian calendar. */
export function gregorianSeconds(unixMs: number): number {
  return Math.floor(unixMs / 1000) + gregorianToUnix;
}

export function unixMs(gregorianSeconds: number): number {
  return (gregorianSeconds - gregorianToUnix) * 1000;
}
