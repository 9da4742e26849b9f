// The small JSON files by which the application asks root's programs for something, and by which they answer. A file is
// whole or not there. The application may write only where it asks, so what root's programs find there is looked at
// without following a link and without reading more than a request can have.
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';

/** Bytes; a request is far below. */
const mostBytes = 16 * 1024;

/** @throws what the file system throws */
export function writeMessage(path: string, message: unknown, mode = 0o644): void {
  writeFileSync(`${path}.part`, JSON.stringify(message), { mode });
  renameSync(`${path}.part`, path);
}

/** Undefined: there is none, or it is none of ours. */
export function readMessage(path: string): unknown {
  let handle: number | undefined;
  try {
    // Not blocking, because a pipe in its place would be waited for.
    handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(handle);
    if (!stat.isFile() || stat.size > mostBytes) return undefined;
    const bytes = Buffer.alloc(mostBytes);
    const length = readSync(handle, bytes, 0, mostBytes, 0);
    return JSON.parse(bytes.toString('utf8', 0, length)) as unknown;
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** Reads it and takes it away, whatever it is: nothing is asked twice. */
export function takeMessage(path: string): unknown {
  const message = readMessage(path);
  rmSync(path, { recursive: true, force: true });
  return message;
}
