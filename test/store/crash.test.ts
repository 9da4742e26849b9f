// A box that is killed while it writes: the file always opens again, holds whole documents only, and everything the
// store had confirmed. And two processes that write at once.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { numbersOf } from '../../src/conference/document.js';
import { Database } from '../../src/store/database.js';
import { Store } from '../../src/store/index.js';
import { scratchFolder } from './scratch.js';

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
async function writeAndKill(file: string, writes: number): Promise<Confirmed[]> {
  const child = start('endless', file);
  const closed = once(child, 'close');
  const confirmed: Confirmed[] = [];
  for await (const line of createInterface({ input: child.stdout! })) {
    confirmed.push(JSON.parse(line) as Confirmed);
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
