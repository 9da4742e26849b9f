// Conference documents for tests: nothing set, members unmuted, but for what the test says.
import { emptyDocument, type ConferenceDocument } from '../../src/conference/index.js';

/** What a test says of a document; the keys the schema knows, so that a misspelt one does not compile. */
export type DocumentWish = {
  readonly [K in keyof ConferenceDocument as string extends K ? never : K]?: K extends 'member' | 'moderator'
    ? Partial<ConferenceDocument[K]>
    : ConferenceDocument[K];
};

export function documentWith(wish: DocumentWish = {}): ConferenceDocument {
  const empty = emptyDocument();
  return {
    ...empty,
    ...wish,
    member: { ...empty.member, ...wish.member },
    moderator: { ...empty.moderator, ...wish.moderator },
  };
}
