// The revision of a document as clients see it, in the answer and as ETag: its number and whose it is, as CouchDB behind
// Kazoo writes them. A client that sends it back as If-Match overwrites nobody else's change.
import type { StoredConference, StoredMedia, WriteOptions } from '../../store/index.js';
import { systemError } from './errors.js';

export function revisionOf({ id, revision }: StoredConference | StoredMedia): string {
  return `${revision}-${id}`;
}

/**
 * What a change has to find. Without If-Match, and for `*`, anything.
 * @throws KazooError datastore_conflict for what is no revision of this document
 */
export function expectedBy(ifMatch: string | undefined, id: string): WriteOptions {
  if (ifMatch === undefined || ifMatch.trim() === '*') return {};
  const match = /^\s*(?:W\/)?"?(\d{1,15})-([0-9a-f]{1,64})"?\s*$/.exec(ifMatch);
  if (match?.[2] !== id) throw systemError('datastore_conflict');
  return { expectedRevision: Number(match[1]) };
}
