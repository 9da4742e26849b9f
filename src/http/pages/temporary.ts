// Where files are while they are uploaded or downloaded: they hold PINs and keys, so that what a crash leaves over is gone
// at the next start.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A new private folder below `folder`, to be removed by who asked for it. */
export async function temporaryFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return mkdtemp(join(folder, 'file-'));
}

export async function emptyTemporary(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
