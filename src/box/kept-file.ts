// Small files of root's programs that outlast a power cut: whole or not at all.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../errors.js';
import { mostBytes } from './box-file.js';

/** Undefined: there is none, or it cannot be read. One byte too many is read, and refused by whoever parses it. */
export function textOf(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  try {
    if (statSync(path).size > mostBytes) return 'x'.repeat(mostBytes + 1);
    return readFileSync(path, 'utf8');
  } catch (error) {
    console.log(`${path} cannot be read: ${messageOf(error)}`);
    return undefined;
  }
}

/** @throws what the file system throws */
export function keep(path: string, content: string): void {
  if (textOf(path) === content) return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.part`, content, { mode: 0o600 });
  sync(`${path}.part`, 'r+');
  renameSync(`${path}.part`, path);
  // The name too: a box that says "kept" must not forget it with its power.
  sync(dirname(path), 'r');
}

function sync(path: string, flags: string): void {
  const handle = openSync(path, flags);
  fsyncSync(handle);
  closeSync(handle);
}
