// The shapes the database has had, in order. A change of the shape is a new file here, never a change of an old one:
// boxes out there have run it already.
import { conferencesAndCalls } from './0001-conferences-and-calls.js';
import { credentials } from './0002-credentials.js';
import { recordings } from './0003-recordings.js';
import { sessionsAndChanges } from './0004-sessions-and-changes.js';
import { media } from './0005-media.js';
import { meetingsAndCallbacks } from './0006-meetings-and-callbacks.js';

export interface Migration {
  /** 1 upwards without gaps; the database keeps the last one that ran as its user_version. */
  readonly version: number;
  /** For the log. */
  readonly name: string;
  readonly sql: string;
  /** Its tables that are looked through at every start: the small ones. */
  readonly checked?: readonly string[];
}

export const migrations: readonly Migration[] = [
  conferencesAndCalls,
  credentials,
  recordings,
  sessionsAndChanges,
  media,
  meetingsAndCallbacks,
];
