// The first shape of the database: conferences, the numbers that lead to them, settings, call records.
import type { Migration } from './index.js';

/** Every change to what is configured, by whatever process, moves config_version on, so that a box notices. */
const watched = ['conferences', 'numbers', 'settings'];

const triggers = watched
  .flatMap((table) => ['INSERT', 'UPDATE', 'DELETE'].map((event) => ({ table, event })))
  .map(
    ({ table, event }) => `
CREATE TRIGGER ${table}_after_${event.toLowerCase()} AFTER ${event} ON ${table}
BEGIN UPDATE config_version SET version = version + 1; END;`,
  )
  .join('');

export const conferencesAndCalls: Migration = {
  version: 1,
  name: 'conferences and calls',
  // Not the call records, of which there may be a hundred thousand.
  checked: watched,
  sql: `
CREATE TABLE conferences (
  id TEXT PRIMARY KEY CHECK (length(id) = 32),
  document TEXT NOT NULL CHECK (json_valid(document)),
  name TEXT NOT NULL COLLATE NOCASE AS (coalesce(json_extract(document, '$.name'), '')) STORED,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER
) STRICT;
CREATE INDEX conferences_by_name ON conferences (name, id) WHERE deleted_at IS NULL;

-- One row per number that can be dialled; the primary key is what keeps a number from leading to two places.
-- 'access' numbers belong to no conference: they ask the caller for a conference number.
CREATE TABLE numbers (
  number TEXT PRIMARY KEY,
  conference_id TEXT REFERENCES conferences (id) ON DELETE CASCADE,
  listed_in TEXT NOT NULL CHECK (listed_in IN ('member', 'moderator', 'conference', 'access')),
  CHECK ((conference_id IS NULL) = (listed_in = 'access'))
) STRICT, WITHOUT ROWID;
CREATE INDEX numbers_by_conference ON numbers (conference_id);

CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;

CREATE TABLE config_version (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL) STRICT;
INSERT INTO config_version VALUES (1, 1);
${triggers}

-- Rows are appended, so that the row number rises with time: what is oldest is found without counting.
CREATE TABLE calls (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  sip_call_id TEXT NOT NULL,
  dialog_id TEXT,
  direction TEXT NOT NULL,
  caller_number TEXT NOT NULL,
  caller_name TEXT NOT NULL,
  caller_address TEXT NOT NULL,
  called_number TEXT NOT NULL,
  conference_id TEXT,
  conference_name TEXT,
  role TEXT,
  participant_id INTEGER,
  started_at INTEGER NOT NULL,
  answered_at INTEGER,
  joined_at INTEGER,
  ended_at INTEGER,
  end_reason TEXT,
  codec TEXT
) STRICT;
CREATE INDEX calls_by_start ON calls (started_at);
CREATE INDEX calls_by_conference ON calls (conference_id, started_at) WHERE conference_id IS NOT NULL;
CREATE INDEX calls_live ON calls (started_at) WHERE ended_at IS NULL;

-- When the box last said that calls go on, unix ms: the end of a call that a crash cut off.
CREATE TABLE call_pulse (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL) STRICT;
INSERT INTO call_pulse VALUES (1, 0);
`,
};
