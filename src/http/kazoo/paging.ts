// How a list comes in pages, or whole: what a client asks with, how the store is read, and what the envelope says of it.
import type { JsonSchema } from '../../conference/schema.js';
import { PartylineError } from '../../errors.js';
import type { Answer } from './envelope.js';
import { validationError } from './errors.js';

/** More on one page than this is not refused but given in several pages; the store gives no more at once either. */
const mostPerPage = 1000;
/** The most that a list without pages gives at once. */
const mostUnpaged = 10_000;

export interface PageQuery {
  readonly page_size: number;
  readonly start_key?: string;
  readonly paginate: boolean;
}

/**
 * The fields of such a query.
 * @param what is listed, as people call it
 * @param longestKey in characters
 */
export function pageProperties(what: string, longestKey = 2048): Record<string, JsonSchema> {
  return {
    page_size: {
      type: 'integer',
      description: `${what} on one page; more than ${mostPerPage} count as ${mostPerPage}`,
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      default: 50,
    },
    start_key: {
      type: 'string',
      description: 'next_start_key of the page before',
      maxLength: longestKey,
    },
    paginate: { type: 'boolean', description: 'false = everything at once', default: true },
  };
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the list goes on; absent at its end. */
  readonly next?: string;
}

/**
 * One page, or everything from its beginning on.
 * @param read one page of the store; VALIDATION = `after` is none of its keys
 * @throws KazooError validation error for a start_key of no list
 */
export async function readPages<T>(
  { page_size: size, start_key: startKey, paginate }: PageQuery,
  read: (place: { readonly limit: number; readonly after?: string }) => Promise<Page<T>>,
): Promise<Page<T>> {
  const limit = paginate ? Math.min(size, mostPerPage) : mostPerPage;
  const items: T[] = [];
  let after = startKey;
  do {
    const page = await read({ limit, ...(after !== undefined && { after }) }).catch((error: unknown) => {
      if (!(error instanceof PartylineError) || error.code !== 'VALIDATION') throw error;
      const message = 'Not the next_start_key of a list';
      throw validationError([{ field: 'start_key', rule: 'invalid', message, value: startKey }]);
    });
    items.push(...page.items);
    after = page.next;
  } while (!paginate && after !== undefined && items.length < mostUnpaged);
  return { items, ...(after !== undefined && { next: after }) };
}

/** @param count of what is given, which may be less than was read */
export function pageKeys(count: number, { start_key: startKey }: PageQuery, next?: string): Answer['page'] {
  return {
    page_size: count,
    ...(startKey !== undefined && { start_key: startKey }),
    ...(next !== undefined && { next_start_key: next }),
  };
}
