// The sounds of the box in a backup and out of it, and recordings, which are in none.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Database } from '../../src/store/database.js';
import { mediaFolder, recordingsFolder, restoreDatabase, Store } from '../../src/store/index.js';
import { scratchFolder, type Test } from './scratch.js';

const sound = Buffer.alloc(100_000, 'la');
const hash = createHash('sha256').update(sound).digest('hex');

interface MadeBackup {
  readonly folder: string;
  readonly database: string;
  readonly backup: string;
  /** Of the sound. */
  readonly id: string;
}

/** Two sounds with one file, one whose file is gone, and a recording. */
async function backedUp(t: Test): Promise<MadeBackup> {
  const folder = scratchFolder(t);
  const database = join(folder, 'box.db');
  const store = new Store({ file: database });
  await store.start();
  mkdirSync(mediaFolder(database));
  writeFileSync(join(mediaFolder(database), `${hash}.au`), sound);
  const file = { bytes: sound.length, ms: 3, contentType: 'audio/wav' };
  const { id } = await store.media.create({ name: 'Bell' });
  await store.media.setSound(id, { file: hash, ...file });
  await store.media.setSound((await store.media.create({ name: 'Same' })).id, { file: hash, ...file });
  const lost = { file: '0'.repeat(64), ...file };
  await store.media.setSound((await store.media.create({ name: 'Lost' })).id, lost);
  mkdirSync(recordingsFolder(database));
  for (const digit of ['1', '2']) {
    const name = digit.repeat(32);
    await store.recordings.begin({
      id: name,
      conferenceId: '0'.repeat(32),
      conferenceName: '',
      startedBy: 'api',
      startedAt: 1,
      file: `${name}.wav`,
    });
    await store.recordings.end(name, { endedAt: 2, ms: 1, bytes: 1, state: 'finished' });
  }
  const backup = join(folder, 'backup');
  await store.backup(backup);
  await store.stop();
  return { folder, database, backup, id };
}

void t.test('a sound is in the backup, and is back on another box', async (t) => {
  const { backup, id } = await backedUp(t);
  const file = join(scratchFolder(t), 'data', 'box.db');
  const bytes = readFileSync(backup);
  await restoreDatabase({ file, from: backup });
  t.ok(readFileSync(backup).equals(bytes), 'the backup is only read');
  t.same(readdirSync(mediaFolder(file)), [`${hash}.au`]);
  t.ok(readFileSync(join(mediaFolder(file), `${hash}.au`)).equals(sound));
  t.equal(statSync(join(mediaFolder(file), `${hash}.au`)).mode & 0o777, 0o600);
  const store = new Store({ file });
  await store.start();
  t.equal((await store.media.get(id))?.sound?.file, hash);
  t.same((await store.recordings.list()).recordings, [], 'no recording that nobody can hear');
  await store.stop();
  t.ok(statSync(file).size < bytes.length - sound.length, 'and not in the database any more');
});

void t.test('on the same box what is there stays', async (t) => {
  const { database, backup } = await backedUp(t);
  writeFileSync(join(recordingsFolder(database), `${'2'.repeat(32)}.wav`), 'x');
  const before = statSync(join(mediaFolder(database), `${hash}.au`)).mtimeMs;
  await restoreDatabase({ file: database, from: backup });
  t.equal(statSync(join(mediaFolder(database), `${hash}.au`)).mtimeMs, before);
  const store = new Store({ file: database });
  await store.start();
  t.match((await store.recordings.list()).recordings, [{ id: '2'.repeat(32) }]);
  await store.stop();
});

void t.test('a sound that is not what it was is refused, and nothing is left behind', async (t) => {
  const spoil = [
    "UPDATE backup_sounds SET content = x'00'",
    "UPDATE backup_sounds SET file = '../../x'",
    `UPDATE backup_sounds SET content = 'text'`,
    `INSERT INTO backup_sounds VALUES ('${'f'.repeat(64)}', x'00')`,
  ];
  for (const sql of spoil) {
    const { backup } = await backedUp(t);
    const copy = await Database.open(backup);
    await copy.exec(sql);
    await copy.close();
    const file = join(scratchFolder(t), 'data', 'box.db');
    await t.rejects(restoreDatabase({ file, from: backup }), { problem: 'damaged', message: backup }, sql);
    t.same(readdirSync(mediaFolder(file)), []);
  }
});
