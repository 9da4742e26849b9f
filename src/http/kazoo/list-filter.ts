// The filters of Kazoo's lists that a query can bring: `filter_KEY=value`, `filter_not_KEY=value`, `has_key=KEY` and
// `key_missing=KEY`, where KEY is a path with dots into the document. All of them must hold.
import { isObject } from '../../conference/document.js';

export type Fits = (document: Readonly<Record<string, unknown>>) => boolean;

/** More are passed over: a query is not a program. */
const mostFilters = 20;

/** undefined = the query has none. */
export function filterOf(query: unknown): Fits | undefined {
  if (!isObject(query)) return undefined;
  const filters = Object.entries(query)
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one) => testOf(name, String(one))),
    )
    .filter((test) => test !== undefined)
    .slice(0, mostFilters);
  if (filters.length === 0) return undefined;
  return (document) => filters.every((test) => test(document));
}

function testOf(name: string, value: string): Fits | undefined {
  if (name === 'has_key') return (document) => at(document, value) !== undefined;
  if (name === 'key_missing') return (document) => at(document, value) === undefined;
  const [, not, key] = /^filter_(not_)?(.+)$/.exec(name) ?? [];
  if (key === undefined) return undefined;
  return (document) => says(at(document, key), value) === (not === undefined);
}

/** A list says each of its values. */
function says(found: unknown, value: string): boolean {
  if (Array.isArray(found)) return found.some((one) => says(one, value));
  return found !== undefined && !isObject(found) && String(found) === value;
}

function at(document: unknown, path: string): unknown {
  let found: unknown = document;
  for (const key of path.split('.')) {
    if (!isObject(found) || !Object.hasOwn(found, key)) return undefined;
    found = found[key];
  }
  return found;
}
