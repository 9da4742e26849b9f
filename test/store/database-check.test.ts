// The look at a file that somebody brought: what its header tells. What is wrong inside is tested with the restore.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { silentLog } from '../../src/log.js';
import { checkHeader, checkWhole, isDatabase } from '../../src/store/database-check.js';
import { openDatabaseFile } from '../../src/store/database-file.js';
import { migrations } from '../../src/store/migrations/index.js';
import { scratchFolder } from './scratch.js';

void t.test('every version there ever was is known and whole', async (t) => {
  const folder = scratchFolder(t);
  for (const { version } of migrations) {
    const file = join(folder, `${version}.db`);
    await (await openDatabaseFile(file, silentLog, migrations.slice(0, version))).close();
    t.equal(checkHeader(file, migrations), version);
    await t.resolves(checkWhole(file, file, version, migrations));
    t.equal(isDatabase(file), true);
  }
});

void t.test(
  'a header with any byte of its first lines changed is refused or harmless, never a crash',
  async (t) => {
    const file = join(scratchFolder(t), 'box.db');
    await (await openDatabaseFile(file, silentLog)).close();
    const good = readFileSync(file);
    let refused = 0;
    for (let at = 0; at < 100; at++) {
      const bad = Buffer.from(good);
      bad[at]! ^= 0xff;
      writeFileSync(file, bad);
      try {
        checkHeader(file, migrations);
      } catch (error) {
        if ((error as Error).name !== 'StoreFileError') throw error;
        refused++;
      }
    }
    t.ok(refused >= 16 + 4, `${refused} of 100`);
  },
);
