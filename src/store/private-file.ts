// Files that hold PINs and hashes: readable by their owner alone, and owned by whoever owns the folder, so that what
// root does on the command line stays the box's own.
import { chownSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes the file, and its folder, when they do not exist. */
export function makePrivateFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Never opened when it exists: closing it would drop the locks that SQLite holds on it in this process.
  if (existsSync(file)) return;
  closeSync(openSync(file, 'a', 0o600));
  giveToFolderOwner(file);
}

/** Only root can give a file away, and only root needs to. */
export function giveToFolderOwner(file: string): void {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = statSync(dirname(file));
  chownSync(file, uid, gid);
}

/** Returns when the storage has the file, or the folder's list of files. */
export function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
