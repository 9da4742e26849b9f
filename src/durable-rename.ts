// Gives a file that has been written its final name, so that a power cut leaves the whole file or none under it. A rename
// alone does not: ext4 may keep the new name and forget what was in the file (seen: empty files after power cuts).
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Resolves when the storage has the file and its name. @throws what the file system throws */
export async function durableRename(draft: string, final: string): Promise<void> {
  await sync(draft);
  await rename(draft, final);
  await sync(dirname(final));
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
