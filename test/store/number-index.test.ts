// The memory of dialled numbers: one question to the database per number and configuration, and no more memory than set.
import { join } from 'node:path';
import t from 'tap';
import { silentLog } from '../../src/log.js';
import { AccessNumbers } from '../../src/store/access-numbers.js';
import { ConferenceRows } from '../../src/store/conference-rows.js';
import { ConfigVersion } from '../../src/store/config-version.js';
import { openDatabaseFile } from '../../src/store/database-file.js';
import { NumberIndex } from '../../src/store/number-index.js';
import { scratchFolder } from './scratch.js';

void t.test('a number is asked for once, until something changes', async (t) => {
  const database = await openDatabaseFile(join(scratchFolder(t), 'box.db'), silentLog);
  t.teardown(() => database.close());
  let asked = 0;
  const get = database.get.bind(database);
  database.get = (sql, params) => {
    if (sql.includes('FROM numbers LEFT JOIN')) asked++;
    return get(sql, params);
  };
  const connection = () => database;
  const version = new ConfigVersion(connection, { freshnessMs: 60_000 });
  const numbers = new NumberIndex({ reader: connection, rows: new ConferenceRows(), version });
  const access = new AccessNumbers({
    writer: connection,
    reader: connection,
    numbers,
    changed: () => version.changed(),
  });
  for (let i = 0; i < 3; i++) t.equal(await access.has('1'), false);
  t.equal(asked, 1, 'also a number that leads nowhere');
  await access.add('1');
  for (let i = 0; i < 3; i++) t.equal(await access.has('1'), true);
  t.equal(asked, 2);
  for (let i = 0; i < 5100; i++) await numbers.find(`7${i}`);
  asked = 0;
  await numbers.find('75099');
  t.equal(asked, 0, 'the latest are kept');
  t.equal(await access.has('1'), true);
  t.equal(asked, 1, 'the oldest are not');
});
