// When caches ask whether the configuration has changed: at once after a change of ours, else not more than now and then.
import { join } from 'node:path';
import t from 'tap';
import { ConfigVersion } from '../../src/store/config-version.js';
import { Database } from '../../src/store/database.js';
import { scratchFolder } from './scratch.js';

void t.test('asks when it must, and only then', async (t) => {
  const database = await Database.open(join(scratchFolder(t), 'x.db'));
  t.teardown(() => database.close());
  await database.exec('CREATE TABLE config_version (version INTEGER); INSERT INTO config_version VALUES (7)');
  let now = 1000;
  const version = new ConfigVersion(() => database, { freshnessMs: 200, now: () => now });
  t.equal(version.known, undefined, 'nothing is known yet');
  t.same(await Promise.all([version.ask(), version.ask()]), [7, 7]);
  t.equal(version.known, 7);
  await database.run('UPDATE config_version SET version = 8');
  now = 1199;
  t.equal(version.known, 7, 'fresh enough');
  now = 1200;
  t.equal(version.known, undefined);
  t.equal(await version.ask(), 8);
  version.changed();
  t.equal(version.known, undefined, 'a change of our own');

  const asking = version.ask();
  await database.run('UPDATE config_version SET version = 9');
  version.changed();
  t.equal(await version.ask(), 9, 'an answer to a question asked before the change does not do');
  await asking;
  t.equal(version.known, 9);
});
