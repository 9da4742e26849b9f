// A box that is killed while it writes: the file always opens again, holds whole documents only, and everything the
// store had confirmed. The same for keys that are made and for a restore. And two processes that write at once.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { numbersOf } from '../../src/conference/document.js';
import { Database } from '../../src/store/database.js';
import { restoreDatabase, Store, type NewApiKey } from '../../src/store/index.js';
import { documentOf, scratchFolder } from './scratch.js';

const writer = fileURLToPath(new URL('./writer-process.js', import.meta.url));

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [writer, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

interface Confirmed {
  readonly id: string;
  readonly count?: number;
  readonly removed?: true;
}

/** Kills the writer after so many confirmed writes; gives all it confirmed. */
async function writeAndKill<T = Confirmed>(file: string, writes: number, mode = 'endless'): Promise<T[]> {
  const child = start(mode, file);
  const closed = once(child, 'close');
  const confirmed: T[] = [];
  for await (const line of createInterface({ input: child.stdout! })) {
    confirmed.push(JSON.parse(line) as T);
    if (confirmed.length === writes) child.kill('SIGKILL');
  }
  const [, signal] = (await closed) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error('the writer ended before it was killed');
  return confirmed;
}

void t.test('ten times killed, ten times whole', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  let orphans = 0;
  for (let round = 1; round <= 10; round++) {
    const confirmed = await writeAndKill(file, 3 + ((round * 7) % 23));
    const store = new Store({ file });
    await store.start();
    orphans += store.calls.orphans().length;

    const last = new Map(confirmed.map((entry) => [entry.id, entry]));
    for (const { id, count, removed } of last.values()) {
      const found = await store.conferences.get(id);
      if (!removed && !found) {
        // The one thing that may come after what was confirmed: its removal, done but not confirmed any more.
        t.equal(id, confirmed.at(-1)?.id, 'only the very last may have gone on');
      } else if (removed) t.equal(found, undefined);
      else t.ok(Number(found?.document.member.pins[0]) >= count!, 'what was confirmed is there');
    }
    const { conferences } = await store.conferences.list({ limit: 1000 });
    const mixed = conferences.filter(({ document }) => {
      const count = document.member.pins[0]!;
      return document.name !== `count ${count}` || document.filling !== count.repeat(1000);
    });
    t.same(mixed, [], 'no mixture');
    const rows = await Promise.all(
      conferences.flatMap(({ id, document }) =>
        numbersOf(document).map(async ({ number, listedIn }) => {
          const found = await store.conferences.findByNumber(number);
          return found?.conference.id === id && found.listedIn === listedIn;
        }),
      ),
    );
    t.ok(rows.every(Boolean), 'every number leads where its document says');
    await store.stop();

    const database = await Database.open(file);
    t.same(await database.get('PRAGMA integrity_check'), { integrity_check: 'ok' });
    t.same(await database.all('PRAGMA foreign_key_check'), []);
    t.same(await database.get('SELECT count(*) AS n FROM numbers'), { n: rows.length }, 'and no others do');
    await database.close();
  }
  t.ok(orphans > 0, `${orphans} calls were cut off`);
});

void t.test('two processes at once: a new file is made once, and each number is given once', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const counts = await Promise.all(
    [0, 1].map(async () => {
      const child = start('take', file, '60');
      let output = '';
      child.stdout!.on('data', (chunk: Buffer) => (output += String(chunk)));
      const [code] = (await once(child, 'close')) as [number];
      t.equal(code, 0);
      return (JSON.parse(output) as { got: number }).got;
    }),
  );
  t.equal(counts[0]! + counts[1]!, 60, counts.join(' + '));
  const store = new Store({ file });
  await store.start();
  t.equal(await store.conferences.count(), 60);
  await store.stop();
});

void t.test('two processes that write one document: it is one of the two, whole', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const store = new Store({ file });
  await store.start();
  t.teardown(() => store.stop());
  const { id } = await store.conferences.create(documentOf({}));
  const codes = ['111', '222'].map(async (text) => {
    const [code] = (await once(start('put', file, id, text, '50'), 'close')) as [number];
    return code;
  });
  t.same(await Promise.all(codes), [0, 0]);
  const found = await store.conferences.get(id);
  const text = found?.document.name;
  t.ok(text === '111' || text === '222');
  t.match(found, { revision: 101, document: { conference_numbers: [text] } });
  t.equal(found?.document.filling, text?.repeat(2500));
  t.equal((await store.conferences.findByNumber(text!))?.conference.id, id);
});

void t.test('killed while keys are made: every key that was shown opens', async (t) => {
  const file = join(scratchFolder(t), 'box.db');
  const shown: NewApiKey[] = [];
  for (const writes of [1, 4, 11, 20]) {
    shown.push(...(await writeAndKill<NewApiKey>(file, writes, 'keys')));
    const store = new Store({ file });
    await store.start();
    for (const { kind, secret, token, id } of shown) {
      const found =
        kind === 'kazoo'
          ? await store.credentials.findApiKey(secret)
          : await store.credentials.findCatapultKey(token!, secret);
      if (found?.id !== id) t.fail(`the key ${id} is lost`);
    }
    // One may have been stored and not shown any more, at each kill.
    const { length } = await store.apiKeys.list();
    t.ok(length >= shown.length && length <= shown.length + 4, `${length} of ${shown.length}`);
    await store.stop();
    const database = await Database.open(file);
    t.same(await database.get('PRAGMA integrity_check'), { integrity_check: 'ok' });
    await database.close();
  }
});

void t.test('killed in the middle of a restore: the old database or the new one, whole', async (t) => {
  const folder = scratchFolder(t);
  const backup = join(folder, 'backup');
  const other = new Store({ file: join(folder, 'other', 'box.db') });
  await other.start();
  await other.conferences.create(documentOf({ name: 'new', conference_numbers: ['2'] }));
  await other.backup(backup);
  await other.stop();
  const bytes = readFileSync(backup);

  for (const [step, name] of [
    ['copied', 'old'],
    ['checked', 'old'],
    ['kept', 'old'],
    ['replaced', 'new'],
  ] as const) {
    const file = join(folder, step, 'box.db');
    // A box that was killed, so that there is a log beside the database too.
    await writeAndKill(file, 5);
    const before = new Store({ file });
    await before.start();
    await before.conferences.create(documentOf({ name: 'old', conference_numbers: ['1'] }));
    await before.stop();
    const [, signal] = (await once(start('restore', file, backup, step), 'close')) as [number, string];
    t.equal(signal, 'SIGKILL', step);

    const database = await Database.open(file);
    t.same(await database.get('PRAGMA integrity_check'), { integrity_check: 'ok' });
    await database.close();
    const store = new Store({ file });
    await store.start();
    t.equal((await store.conferences.findByNumber('1'))?.document.name, name === 'old' ? 'old' : undefined);
    t.equal((await store.conferences.findByNumber('2'))?.document.name, name === 'new' ? 'new' : undefined);
    await store.stop();

    await restoreDatabase({ file, from: backup });
    t.notOk(
      readdirSync(join(file, '..')).some((left) => /\.restore/.test(left)),
      'the next restore clears up after it',
    );
    t.same(readFileSync(backup), bytes);
  }
});
