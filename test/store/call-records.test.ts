// Call records: what is noted comes to the table together and soon, calls left over from a crash are found, and the past
// is forgotten in time.
import { join } from 'node:path';
import t from 'tap';
import { silentLog } from '../../src/log.js';
import { CallRecords, type CallRecordsOptions } from '../../src/store/call-records.js';
import { type Database } from '../../src/store/database.js';
import { openDatabaseFile } from '../../src/store/database-file.js';
import type { CallRecord } from '../../src/store/index.js';
import { callOf, listeningLog, scratchFolder, type Test } from './scratch.js';

interface Bench {
  readonly calls: CallRecords;
  readonly database: Database;
  /** Another box on the same data, after this one has crashed or stopped. */
  again(options?: Partial<CallRecordsOptions>): CallRecords;
}

async function bench(t: Test, options: Partial<CallRecordsOptions> = {}): Promise<Bench> {
  const database = await openDatabaseFile(join(scratchFolder(t), 'box.db'), silentLog);
  t.teardown(() => database.close());
  const again = (other: Partial<CallRecordsOptions> = {}) => {
    const calls = new CallRecords(
      { writer: () => database, reader: () => database },
      { log: silentLog, ...options, ...other },
    );
    t.teardown(() => calls.stop());
    return calls;
  };
  return { calls: again(), database, again };
}

const ids = (calls: readonly CallRecord[]) => calls.map(({ id }) => id);

void t.test('a call from beginning to end', async (t) => {
  const { calls } = await bench(t, { now: () => 5000 });
  await calls.start();
  const begun = callOf('a', { startedAt: 1000 });
  calls.begin(begun);
  t.same(calls.live(), [begun]);
  t.same(await calls.get('a'), begun);
  t.same((await calls.list()).calls, [begun]);
  const joined = {
    answeredAt: 1100,
    joinedAt: 2000,
    conferenceId: 'c'.repeat(32),
    conferenceName: 'Demo',
  } as const;
  calls.update('a', { ...joined, role: 'moderator', participantId: 3, codec: 'PCMU' });
  t.match((await calls.list()).calls, [
    { ...begun, ...joined, role: 'moderator', participantId: 3, codec: 'PCMU' },
  ]);
  calls.end('a', { endReason: 'hangup' });
  t.same(calls.live(), []);
  const ended = {
    ...begun,
    ...joined,
    role: 'moderator',
    participantId: 3,
    codec: 'PCMU',
    endedAt: 5000,
    endReason: 'hangup',
  };
  t.same(await calls.get('a'), ended);
  await calls.flush();
  t.same(await calls.get('a'), ended, 'from the table');
  calls.update('a', { codec: 'late' });
  calls.end('never', { endReason: 'error' });
  t.same((await calls.list()).calls, [ended]);
  t.equal(await calls.get('never'), undefined);
});

void t.test('many changes are few writes', async (t) => {
  const { calls, database } = await bench(t, { windowMs: 5 });
  await calls.start();
  let writes = 0;
  const relaxed = database.runRelaxed.bind(database);
  database.runRelaxed = (sql, params) => {
    if (sql.includes('INSERT INTO calls')) writes++;
    return relaxed(sql, params);
  };
  for (let i = 0; i < 300; i++) calls.begin(callOf(`a${i}`));
  for (let i = 0; i < 300; i++) calls.update(`a${i}`, { joinedAt: 1 });
  for (let i = 0; i < 300; i++) calls.end(`a${i}`, { endReason: 'hangup' });
  await calls.flush();
  t.equal(writes, 1);
  t.same(await database.get('SELECT count(*) AS n FROM calls WHERE ended_at IS NOT NULL'), { n: 300 });
  for (let i = 0; i < 1200; i++) calls.begin(callOf(`b${i}`));
  await calls.flush();
  t.ok(writes <= 4, `${writes} writes`);
  t.same(await database.get('SELECT count(*) AS n FROM calls'), { n: 1500 });
});

void t.test('what is noted is written within the window, without being asked for', async (t) => {
  const { calls, database } = await bench(t, { windowMs: 1 });
  await calls.start();
  const written = new Promise<void>((resolve) => {
    const relaxed = database.runRelaxed.bind(database);
    database.runRelaxed = async (sql, params) => {
      const result = await relaxed(sql, params);
      resolve();
      return result;
    };
  });
  calls.begin(callOf('a'));
  await written;
  t.same(await database.get('SELECT id FROM calls'), { id: 'a' });
});

void t.test('stop writes what is waiting; afterwards nothing is noted any more', async (t) => {
  const { calls, database } = await bench(t, { windowMs: 60_000 });
  await calls.start();
  calls.begin(callOf('a'));
  await calls.stop();
  calls.begin(callOf('b'));
  t.same(await database.all('SELECT id FROM calls'), [{ id: 'a' }]);
});

void t.test('calls left over from a crash are ended when the box last lived', async (t) => {
  const { calls, database, again } = await bench(t);
  await calls.start();
  t.same(calls.orphans(), []);
  calls.begin(callOf('over', { startedAt: 500 }));
  calls.end('over', { endReason: 'hangup', endedAt: 600 });
  calls.begin(callOf('rang', { startedAt: 1000 }));
  calls.begin(callOf('spoke', { startedAt: 1100 }));
  calls.update('spoke', { answeredAt: 1200, joinedAt: 3000 });
  await calls.flush();
  await database.run('UPDATE call_pulse SET at = 2000');
  const { log, lines } = listeningLog();
  const next = again({ log, now: () => 9000 });
  await next.start();
  t.same(next.orphans(), [
    { ...callOf('rang', { startedAt: 1000 }), endedAt: 2000, endReason: 'error' },
    {
      ...callOf('spoke', { startedAt: 1100 }),
      answeredAt: 1200,
      joinedAt: 3000,
      endedAt: 3000,
      endReason: 'error',
    },
  ]);
  t.same(next.live(), []);
  t.equal(lines.length, 1);
  t.same((await next.list({ live: true })).calls, []);
  t.match(await next.get('over'), { endReason: 'hangup', endedAt: 600 });
  const after = again();
  await after.start();
  t.same(after.orphans(), [], 'found once');
});

void t.test('finds a caller of long ago, and of long ago and lately in order', async (t) => {
  const { calls } = await bench(t);
  for (let n = 0; n < 2600; n++) {
    const callerName = [100, 101, 2599].includes(n) ? 'Grace' : 'Ada';
    calls.begin(callOf(`c${n}`, { startedAt: n, endedAt: n + 1, endReason: 'hangup', callerName }));
    if (n % 400 === 0) await calls.flush();
  }
  const found = async (filter: Parameters<typeof calls.list>[0]) => {
    const { calls: list, next } = await calls.list({ caller: 'grace', ...filter });
    return { ids: list.map(({ id }) => id), next };
  };
  t.same((await found({})).ids, ['c2599', 'c101', 'c100']);
  const first = await found({ limit: 1 });
  t.same(first.ids, ['c2599'], 'from those of lately');
  const second = await found({ limit: 1, after: first.next! });
  t.same(second.ids, ['c101']);
  t.same((await found({ after: second.next! })).ids, ['c100']);
  t.same((await found({ to: 101 })).ids, ['c100']);
});

void t.test('lists by time, conference and caller, in pages', async (t) => {
  const { calls } = await bench(t);
  await calls.start();
  const conferenceId = 'd'.repeat(32);
  for (let i = 0; i < 25; i++) {
    calls.begin(
      callOf(`c${i}`, {
        // Two at a time share a millisecond: the pages must not lose one of them.
        startedAt: 1000 + Math.floor(i / 2),
        callerNumber: i % 5 === 0 ? '+4930555' : '201',
        callerName: i % 3 === 0 ? 'Grace' : 'Ada',
        ...(i % 2 === 0 && { conferenceId }),
      }),
    );
    if (i < 20) calls.end(`c${i}`, { endReason: 'hangup' });
  }
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await calls.list({ limit: 4, ...(after && { after }) });
    found.push(...ids(page.calls));
    after = page.next;
  } while (after);
  t.same(
    found,
    Array.from({ length: 25 }, (_, i) => `c${24 - i}`),
  );
  t.same(ids((await calls.list({ from: 1001, to: 1002 })).calls), ['c3', 'c2']);
  t.equal((await calls.list({ conferenceId })).calls.length, 13);
  t.equal((await calls.list({ caller: '555' })).calls.length, 5);
  t.equal((await calls.list({ caller: 'gRACE' })).calls.length, 9);
  t.equal((await calls.list({ caller: '%' })).calls.length, 0);
  t.equal((await calls.list({ live: true })).calls.length, 5);
  t.equal((await calls.list({ live: false, limit: 500 })).calls.length, 20);
  await t.rejects(calls.list({ after: '1; DROP' }), { code: 'VALIDATION' });
});

void t.test('the past beyond the retention is forgotten, calls that go on are not', async (t) => {
  const day = 86_400_000;
  const { calls, database, again } = await bench(t, { now: () => 100 * day });
  await calls.start();
  for (let i = 0; i < 2600; i++) {
    calls.begin(callOf(`c${i}`, { startedAt: (i < 1200 ? 10 : 99) * day }));
    if (i > 0) calls.end(`c${i}`, { endReason: 'hangup' });
  }
  await calls.flush();
  const left = () => database.get('SELECT count(*) AS n, min(row) AS oldest FROM calls WHERE row > 1');
  const aged = again({ retention: { maxAgeDays: 30 } });
  await aged.prune();
  t.same(await left(), { n: 1400, oldest: 1201 });
  t.match(await aged.get('c0'), { id: 'c0' }, 'goes on');
  await again({ retention: { maxRows: 100 } }).prune();
  t.same(await left(), { n: 100, oldest: 2501 });
  t.match(await again().get('c0'), { id: 'c0' });
});

void t.test('the retention holds without a restart', async (t) => {
  const { calls, database } = await bench(t, { retention: { maxRows: 50 } });
  await calls.start();
  for (let i = 0; i < 1100; i++) {
    calls.begin(callOf(`c${i}`));
    calls.end(`c${i}`, { endReason: 'hangup' });
    if (i % 100 === 99) await calls.flush();
  }
  const row = await database.get<{ n: number }>('SELECT count(*) AS n FROM calls');
  t.ok(row && row.n <= 550, `${row?.n} rows`);
});

void t.test('a record the table cannot hold keeps no other out', async (t) => {
  const { log, lines } = listeningLog();
  const { calls } = await bench(t, { log });
  await calls.start();
  calls.begin(callOf('good'));
  calls.begin(callOf('bad', { participantId: 1.5 }));
  calls.begin(callOf('fine', { callerName: `x\u0000\ud800${'y'.repeat(1000)}` }));
  t.same(ids((await calls.list()).calls).sort(), ['fine', 'good']);
  t.match(lines, [{ event: 'call record refused', fields: { call: 'bad' } }]);
});

void t.test('while the storage fails, calls go on; then everything that still fits is written', async (t) => {
  const { log, lines } = listeningLog();
  const { calls, database } = await bench(t, { log, maxPending: 10 });
  await calls.start();
  const relaxed = database.runRelaxed.bind(database);
  database.runRelaxed = () => Promise.reject(Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' }));
  calls.begin(callOf('going'));
  for (let i = 0; i < 30; i++) {
    calls.begin(callOf(`c${i}`));
    calls.end(`c${i}`, { endReason: 'hangup' });
    if (i % 7 === 0) await calls.flush();
  }
  t.equal(lines.filter(({ level }) => level === 'error').length, 1, 'said once');
  database.runRelaxed = relaxed;
  calls.update('going', { joinedAt: 7 });
  await calls.flush();
  const kept = ids((await calls.list()).calls);
  t.equal(kept.length, 10);
  t.ok(kept.includes('going') && kept.includes('c29'));
  t.match(lines.at(-1), { event: 'call records written again', fields: { lost: 21 } });
});
