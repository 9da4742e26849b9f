// Who may use the APIs and the web page: the box's one account, its admins, its API keys. Nothing here can be turned
// back into a password or a key.
import type { Migration } from './index.js';

/** As in 0001; that a key was used is no change of the configuration. */
const watched = [
  ['account', 'UPDATE'],
  ['admins', 'INSERT'],
  ['admins', 'UPDATE'],
  ['admins', 'DELETE'],
  ['api_keys', 'INSERT'],
  ['api_keys', 'UPDATE OF name, revoked_at'],
  ['api_keys', 'DELETE'],
] as const;

const triggers = watched
  .map(
    ([table, event]) => `
CREATE TRIGGER ${table}_after_${event.split(' ')[0]!.toLowerCase()} AFTER ${event} ON ${table}
BEGIN UPDATE config_version SET version = version + 1; END;`,
  )
  .join('');

export const credentials: Migration = {
  version: 2,
  name: 'credentials',
  checked: ['account', 'admins', 'api_keys'],
  sql: `
-- One row, made with the table: the id is the same for as long as the database lives. The salt is that of all admins'
-- md5_hash and sha1_hash, so that one derivation answers for all of them (what is hashed has the admin's name in it).
CREATE TABLE account (
  row INTEGER PRIMARY KEY CHECK (row = 1),
  id TEXT NOT NULL CHECK (length(id) = 32),
  salt TEXT NOT NULL CHECK (length(salt) = 32)
) STRICT;
INSERT INTO account VALUES (1, lower(hex(randomblob(16))), lower(hex(randomblob(16))));

CREATE TABLE admins (
  id TEXT PRIMARY KEY CHECK (length(id) = 32),
  name TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  -- Of the md5 and the sha1 of "name:password", which Kazoo's clients send instead of the password.
  md5_hash TEXT NOT NULL,
  sha1_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  password_changed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE api_keys (
  id TEXT PRIMARY KEY CHECK (length(id) = 32),
  kind TEXT NOT NULL CHECK (kind IN ('kazoo', 'catapult')),
  name TEXT NOT NULL,
  -- SHA-256, hexadecimal.
  secret_hash TEXT NOT NULL UNIQUE CHECK (length(secret_hash) = 64),
  user_id TEXT,
  token TEXT UNIQUE,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  revoked_at INTEGER,
  CHECK ((kind = 'catapult') = (token IS NOT NULL) AND (kind = 'catapult') = (user_id IS NOT NULL))
) STRICT;
CREATE INDEX api_keys_by_creation ON api_keys (created_at, id);
${triggers}
`,
};
