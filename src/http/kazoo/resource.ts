// A thing with an address under /v2 and what can be done to it. Routes are written as such tables; how they are reached
// is in router.ts, and how they are described in openapi.ts, from the same schemas.
import type { Readable } from 'node:stream';
import type { JsonSchema } from '../../conference/schema.js';
import type { Answer } from './envelope.js';

export const methods = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'] as const;
export type Method = (typeof methods)[number];

/** A request that has been let in. */
export interface ApiCall {
  /** The parts of the address that its pattern names. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  /** `data` of the envelope as it came; undefined = the request had none. */
  readonly data: unknown;
  /** What was sent where an operation takes sound; it may be left unread. */
  readonly sound?: SentSound;
  /** `action` of the envelope. */
  readonly action: unknown;
  readonly ifMatch: string | undefined;
  /** The header Accept. */
  readonly accept: string | undefined;
  /** Where the request comes from. */
  readonly address: string;
  /** Whose call it is, for the record of changes; '' without a token. */
  readonly author: () => Promise<string>;
  /** The token of this call. A login sets the one it made, which the answer then carries. */
  authToken: string;
}

export interface SentSound {
  /** Content-Type as it was sent. */
  readonly contentType: string;
  readonly body: Readable;
}

export interface Operation {
  readonly summary: string;
  /** Works without a token. */
  readonly open?: boolean;
  readonly query?: JsonSchema;
  /** What `data` of the request has to be. */
  readonly data?: JsonSchema;
  /** Takes the bytes of a sound instead of an envelope. */
  readonly takesSound?: boolean;
  /** HTTP status of success, 200 when absent. */
  readonly status?: number;
  readonly handle: (call: ApiCall) => Answer | Promise<Answer>;
  /** The answer is the data alone, without an envelope. */
  readonly bare?: boolean;
}

export interface Resource {
  /** Below /v2, parts that vary with a colon: '/accounts/:account/conferences'. */
  readonly path: string;
  readonly operations: Readonly<Partial<Record<Method, Operation>>>;
}
