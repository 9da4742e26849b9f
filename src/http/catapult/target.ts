// The parameters that say where callbacks go, shared by conferences and calls.
import { UrlRefused, type GuardedRequests } from '../../calls/index.js';
import type { CallbackTarget } from '../../store/index.js';
import { CatapultError } from './errors.js';
import type { Fields } from './fields.js';

/** ms; what is waited for at most, and by default. */
const longestTimeout = 10_000;

/** What is absent is left out; an empty URL takes it away. @throws CatapultError */
export function targetOf(fields: Fields, urls: Pick<GuardedRequests, 'parse'>): CallbackTarget {
  const callbackUrl = urlOf(fields, 'callbackUrl', urls);
  const fallbackUrl = urlOf(fields, 'fallbackUrl', urls);
  const callbackHttpMethod = fields.word('callbackHttpMethod', ['POST', 'GET'] as const);
  const callbackTimeout = fields.number('callbackTimeout', 1, longestTimeout);
  const tag = fields.text('tag', 1024);
  return {
    ...(callbackUrl !== undefined && { callbackUrl }),
    ...(callbackHttpMethod !== undefined && { callbackHttpMethod }),
    ...(callbackTimeout !== undefined && { callbackTimeout }),
    ...(fallbackUrl !== undefined && { fallbackUrl }),
    ...(tag !== undefined && { tag }),
  };
}

function urlOf(fields: Fields, name: string, urls: Pick<GuardedRequests, 'parse'>): string | undefined {
  const text = fields.text(name, 2048);
  if (text === undefined || text === '') return text;
  try {
    urls.parse(text);
    return text;
  } catch (error) {
    if (!(error instanceof UrlRefused)) throw error;
    const details = [{ name: 'parameter', value: name }];
    throw new CatapultError('callback-invalid-url', `${name} ${error.message}`, details);
  }
}
