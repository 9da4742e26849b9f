// A route of the API as its file states it: what it does with a request whose user is known, and what comes of it.
import type { Fields } from './fields.js';

export interface CatapultCall {
  readonly userId: string;
  /** Whose key it is, for the record of changes. */
  readonly author: () => Promise<string>;
  readonly params: Readonly<Record<string, string>>;
  /** Of the body; of a GET there are none. */
  readonly fields: Fields;
}

export interface CatapultAnswer {
  /** 200 when absent. */
  readonly status?: number;
  /** Address of what was made. */
  readonly location?: string;
  /** Absent = an empty body. */
  readonly body?: unknown;
}

export interface CatapultRoute {
  readonly method: 'GET' | 'POST';
  /** Below the user. */
  readonly path: string;
  /** Counts against the rate limit. */
  readonly limited?: boolean;
  /** @throws CatapultError, and whatever errors.ts knows */
  handle(call: CatapultCall): Promise<CatapultAnswer>;
}
