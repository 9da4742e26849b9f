// What was recorded of conferences; the sound itself lies in files beside the database.
import type { Migration } from './index.js';

export const recordings: Migration = {
  version: 3,
  name: 'recordings',
  checked: ['recordings'],
  sql: `
-- Rows are appended. A conference may be deleted before its recordings are, so its name is kept here.
CREATE TABLE recordings (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE CHECK (length(id) = 32),
  conference_id TEXT NOT NULL,
  conference_name TEXT NOT NULL,
  -- 'api', 'conference' (its document says so) or the caller's number.
  started_by TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  ms INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  -- Name within the folder of recordings.
  file TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('recording', 'finished', 'interrupted')),
  CHECK ((state = 'recording') = (ended_at IS NULL))
) STRICT;
CREATE INDEX recordings_by_start ON recordings (started_at);
CREATE INDEX recordings_by_conference ON recordings (conference_id, started_at);
CREATE INDEX recordings_open ON recordings (row) WHERE state = 'recording';
`,
};
