// The sounds that people gave the box; the sound itself lies in files beside the database.
import type { Migration } from './index.js';

export const media: Migration = {
  version: 5,
  name: 'media',
  checked: ['media'],
  sql: `
-- A row is made first and gets its sound later: file and what follows are NULL until then. Rows with the same sound share a
-- file, whose name is its SHA-256.
CREATE TABLE media (
  id TEXT PRIMARY KEY CHECK (length(id) = 32),
  document TEXT NOT NULL CHECK (json_valid(document)),
  name TEXT NOT NULL COLLATE NOCASE AS (coalesce(json_extract(document, '$.name'), '')) STORED,
  source TEXT NOT NULL CHECK (source IN ('upload', 'tts', 'recording')),
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  -- What was given, as it was said to be: audio/mpeg and so on.
  content_type TEXT,
  file TEXT CHECK (length(file) = 64),
  -- Of the file.
  bytes INTEGER,
  ms INTEGER,
  CHECK ((file IS NULL) = (bytes IS NULL) AND (file IS NULL) = (ms IS NULL))
) STRICT;
CREATE INDEX media_by_name ON media (name, id);
CREATE INDEX media_by_file ON media (file, bytes) WHERE file IS NOT NULL;
`,
};
