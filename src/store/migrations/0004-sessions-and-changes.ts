// The web page: who is logged in, and who changed what.
import type { Migration } from './index.js';

export const sessionsAndChanges: Migration = {
  version: 4,
  name: 'sessions and changes',
  checked: ['sessions'],
  sql: `
-- Kept here so that a restart of the box logs nobody out. The hash of the token only: a backup lets nobody in.
CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY CHECK (length(token_hash) = 64),
  admin_id TEXT NOT NULL REFERENCES admins (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_admin ON sessions (admin_id);

-- Rows are appended. 'before' and 'after' are JSON; absent = there was nothing, or there is nothing any more.
CREATE TABLE changes (
  row INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  author TEXT NOT NULL,
  what TEXT NOT NULL,
  subject TEXT NOT NULL,
  name TEXT NOT NULL,
  before TEXT CHECK (json_valid(before)),
  after TEXT CHECK (json_valid(after))
) STRICT;
CREATE INDEX changes_by_subject ON changes (subject, row);
`,
};
