// Conferences that programs make for one occasion, with those who were in them; calls placed for them; and what such programs
// still have to be told.
import type { Migration } from './index.js';

export const meetingsAndCallbacks: Migration = {
  version: 6,
  name: 'meetings and callbacks',
  checked: ['meetings'],
  sql: `
-- One row per conference that was made for one occasion, by the conference's id. It outlives the conference's document,
-- which goes with the occasion so that its number is free again.
CREATE TABLE meetings (
  id TEXT PRIMARY KEY CHECK (length(id) = 32),
  user_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('created', 'active', 'completed')),
  created_at INTEGER NOT NULL,
  completed_at INTEGER,
  -- Number, callback, flags and the members, departed ones too: read and written as one.
  details TEXT NOT NULL CHECK (json_valid(details))
) STRICT;
CREATE INDEX meetings_by_state ON meetings (state, completed_at);

-- One row per message that was not delivered yet; the row number is the order within a stream.
CREATE TABLE callbacks (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  stream TEXT NOT NULL,
  message TEXT NOT NULL CHECK (json_valid(message)),
  created_at INTEGER NOT NULL
) STRICT;

-- One row per call that was placed for a program and goes on.
CREATE TABLE placed_calls (
  id TEXT NOT NULL UNIQUE,
  details TEXT NOT NULL CHECK (json_valid(details))
) STRICT;
`,
};
