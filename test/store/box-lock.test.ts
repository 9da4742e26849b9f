// Who may use the data beside whom.
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { BoxLock, type LockHolder } from '../../src/store/box-lock.js';
import { StoreFileError } from '../../src/store/errors.js';
import { scratchFolder, scratchStore } from './scratch.js';

const holders: LockHolder[] = ['tool', 'box', 'restore'];

void t.test('a box and any number of tools; a restore alone', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const together: Record<string, boolean> = {};
  for (const first of holders) {
    for (const second of holders) {
      const one = new BoxLock(file, { holder: first, patienceMs: 0 });
      const other = new BoxLock(file, { holder: second, patienceMs: 0 });
      await one.start();
      const refused: unknown = await other.start().catch((error: unknown) => error);
      together[`${first} ${second}`] = refused === undefined;
      if (refused !== undefined) t.match(refused, { problem: 'in-use', file });
      await other.stop();
      await one.stop();
    }
  }
  t.same(together, {
    'tool tool': true,
    'tool box': true,
    'tool restore': false,
    'box tool': true,
    'box box': false,
    'box restore': false,
    'restore tool': false,
    'restore box': false,
    'restore restore': false,
  });
  t.same(readdirSync(join(file, '..')), ['box.db.lock'], 'one file, and no other beside it');
  t.equal(statSync(`${file}.lock`).mode & 0o777, 0o600);
});

void t.test('a restore is told who is in its way', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  for (const [holder, sentence] of [
    ['box', /A box is running .* Stop it first/],
    ['tool', /in use by another command/],
  ] as const) {
    const one = new BoxLock(file, { holder });
    await one.start();
    await t.rejects(new BoxLock(file, { holder: 'restore', patienceMs: 0 }).start(), { message: sentence });
    await one.stop();
  }
});

void t.test('whether a box runs can be asked without leaving anything behind', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  t.equal(await BoxLock.boxRuns(file), false);
  t.same(readdirSync(join(file, '..')), []);
  const tool = new BoxLock(file, { holder: 'tool' });
  await tool.start();
  t.equal(await BoxLock.boxRuns(file), false, 'a tool is no box');
  const box = new BoxLock(file);
  await box.start();
  t.equal(await BoxLock.boxRuns(file), true);
  await box.stop();
  t.equal(await BoxLock.boxRuns(file), false);
  await tool.stop();
});

void t.test('a lock that cannot be made names the database', async (t) => {
  const folder = scratchFolder(t);
  writeFileSync(join(folder, 'file'), '');
  const file = join(folder, 'file', 'box.db');
  const refused: unknown = await new BoxLock(file).start().catch((error: unknown) => error);
  t.match(refused, { problem: 'unreachable', file });
  mkdirSync(join(folder, 'other.db.lock'));
  await t.rejects(new BoxLock(join(folder, 'other.db')).start(), StoreFileError);
});

void t.test('a store waits for a restore that goes on', async (t) => {
  const store = await scratchStore(t);
  const file = (store as unknown as { options: { file: string } }).options.file;
  await store.stop();
  const restore = new BoxLock(file, { holder: 'restore' });
  await restore.start();
  const started = store.start();
  let early = true;
  void started.then(() => (early = false));
  await restore.stop();
  t.equal(early, true);
  await started;
});
