// What the dial-in dialogue must know about numbers and conferences. Look-ups are synchronous: an answer to a digit
// must not wait for a disk, so whoever implements this keeps the documents in memory.
import type { ConferenceDocument, ListedIn } from '../conference/index.js';

/** A number that leads straight to one conference. */
export interface Listing {
  readonly conferenceId: string;
  readonly document: ConferenceDocument;
  readonly listedIn: ListedIn;
}

export interface Directory {
  /**
   * 'access-number' = the caller is asked for a conference number. undefined = nobody listens there; look it up before
   * answering the phone, and refuse the call with 404.
   */
  findByNumber(number: string): Listing | 'access-number' | undefined;
  /** The document as it is now; undefined = deleted meanwhile. */
  findById(conferenceId: string): ConferenceDocument | undefined;
}
