// What happens around a recording: begun and ended once, announced, written down, mended, deleted; with a recorder that
// is made of nothing.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ConferenceRecordings, type RecordingLimits } from '../../src/calls/index.js';
import { Conference } from '../../src/conference/index.js';
import type { Store } from '../../src/store/index.js';
import { documentWith, type DocumentWish } from '../conference/documents.js';
import { FakeClock } from '../conference/fake-clock.js';
import { listeningLog, scratchFolder, scratchStore } from '../store/scratch.js';
import { FakeRecorder } from './fake-recorder.js';

const plenty: RecordingLimits = { maxMs: 60_000, maxAgeMs: 1e12, maxBytes: 1e12, minFreeBytes: 5 };

class Desk {
  readonly recorder = new FakeRecorder();
  readonly clock = new FakeClock();
  readonly recordings: ConferenceRecordings;
  readonly store: Store;
  readonly folder: string;
  readonly logged: { event: string }[];

  constructor(t: Test, store: Store, limits: Partial<RecordingLimits> = {}) {
    this.store = store;
    this.folder = scratchFolder(t);
    const { log, lines } = listeningLog();
    this.logged = lines;
    this.recordings = new ConferenceRecordings({
      recorder: this.recorder,
      stored: store.recordings,
      folder: this.folder,
      limits: { ...plenty, ...limits },
      clock: this.clock,
      log,
    });
  }

  static async open(t: Test, limits: Partial<RecordingLimits> = {}): Promise<Desk> {
    return new Desk(t, await scratchStore(t), limits);
  }

  /** A conference, and what was done to it. */
  conference(wish: DocumentWish = {}) {
    const conference = new Conference({ document: documentWith(wish), instanceId: 'i', clock: this.clock });
    const done: string[] = [];
    conference.on('sound', ({ sound }) => {
      if (sound.kind === 'prompt' && sound.name.startsWith('conf-record')) done.push(sound.name.slice(12));
    });
    const running = {
      id: 'c',
      conference,
      record: (port: number | undefined) => {
        done.push(port === undefined ? 'unheard' : 'heard');
        return Promise.resolve();
      },
    };
    this.recordings.attach(running);
    const join = () =>
      conference.join({ callId: 'x', role: 'moderator', callerName: 'Ann', callerNumber: '201' });
    return { running, conference, done, join };
  }

  async states(): Promise<string[]> {
    return (await this.store.recordings.list()).recordings.map(({ state }) => state);
  }
}

void t.test('heard first, announced then; begun once; ended with the file', async (t) => {
  const desk = await Desk.open(t);
  const { running, conference, done, join } = desk.conference({ name: 'Board' });
  join();
  await Promise.all([desk.recordings.begin(running, 1), desk.recordings.begin(running, 'api')]);
  t.equal(desk.recorder.orders.length, 1);
  t.match(desk.recorder.orders[0], { durable: true, maxMs: 60_000, minFreeBytes: 5 });
  t.strictSame(done.splice(0), ['heard', 'started']);
  t.equal(conference.recorded, true);
  const [going] = (await desk.recordings.list({})).recordings;
  t.match(going, { conferenceName: 'Board', startedBy: '201', state: 'recording' });
  t.match(await desk.recordings.fileOf(going!), { bytes: 9 });
  await desk.recordings.end(running);
  t.strictSame(done.splice(0), ['stopped', 'unheard']);
  t.match(await desk.recordings.get(going!.id), {
    state: 'finished',
    ms: 1000,
    bytes: 9,
    endedAt: desk.clock.now(),
  });
  await desk.recordings.end(running);
  await desk.recordings.toggle(running, 1, () => t.fail('refused'));
  await desk.recordings.toggle(running, 1, () => t.fail('refused'));
  t.strictSame(await desk.states(), ['finished', 'finished']);
});

void t.test('what ends by itself is announced and written down', async (t) => {
  const desk = await Desk.open(t);
  for (const [reason, state] of [
    ['disk', 'finished'],
    ['limit', 'finished'],
    ['failed', 'interrupted'],
  ] as const) {
    const { running, conference, done, join } = desk.conference();
    join();
    await desk.recordings.begin(running, 'api');
    const told = new Promise((resolve) => conference.once('conference-changed', resolve));
    desk.recorder.end({ reason, bytes: 9, ms: 500 });
    await told;
    await desk.recordings.stop();
    t.equal(done.includes('stopped'), true);
    t.equal((await desk.states())[0], state, reason);
  }
});

void t.test(
  'from the first member on where the document says so, and never longer than the conference',
  async (t) => {
    const desk = await Desk.open(t);
    const { conference, join } = desk.conference({ record: true });
    const recorded = new Promise((resolve) => conference.once('conference-changed', resolve));
    join();
    await recorded;
    t.match((await desk.recordings.list({})).recordings, [{ startedBy: 'conference' }]);
    conference.leave(1, 'hangup');
    await desk.recordings.stop();
    t.strictSame(await desk.states(), ['finished']);
  },
);

void t.test('a recording that makes it too much takes the place of the oldest', async (t) => {
  const desk = await Desk.open(t, { maxBytes: 20 });
  const { running, join } = desk.conference();
  join();
  const ids: string[] = [];
  for (let n = 0; n < 3; n++) {
    await desk.recordings.begin(running, 'api');
    ids.push((await desk.recordings.list({})).recordings[0]!.id);
    await desk.recordings.end(running);
  }
  t.strictSame(
    readdirSync(desk.folder).sort(),
    ids
      .slice(1)
      .map((id) => `${id}.wav`)
      .sort(),
  );
});

void t.test('refused: nothing is announced and nothing is left', async (t) => {
  const desk = await Desk.open(t);
  const { running, conference, done, join } = desk.conference();
  join();
  desk.recorder.refusal = 'the disk is nearly full';
  await t.rejects(desk.recordings.begin(running, 'api'), { code: 'UNAVAILABLE', message: /nearly full/ });
  let refused = 0;
  await desk.recordings.toggle(running, 1, () => (refused += 1));
  t.equal(refused, 1, 'who pressed the key is told');
  t.strictSame([...done, ...(await desk.states())], []);
  t.equal(conference.recorded, false);
  desk.recorder.refusal = '';
  await desk.recordings.begin(running, 'api');
  t.equal(conference.recorded, true, 'and it can be tried again');
});

void t.test('deleted: file and record, also of one that goes on', async (t) => {
  const desk = await Desk.open(t);
  const { running, conference, join } = desk.conference();
  join();
  await desk.recordings.begin(running, 'api');
  const [going] = (await desk.recordings.list({})).recordings;
  t.match(await desk.recordings.remove(going!.id, 'ada'), { state: 'finished' });
  t.equal(conference.recorded, false);
  t.strictSame([...readdirSync(desk.folder), ...(await desk.states())], []);
  t.equal(await desk.recordings.remove(going!.id, 'ada'), undefined);
});

void t.test('the start mends what a crash cut off, and deletes what is too old or too much', async (t) => {
  const desk = await Desk.open(t, { maxAgeMs: 1000, maxBytes: 32_100 });
  const begin = async (n: number, startedAt: number, bytes?: number) => {
    const id = String(n).repeat(32);
    const file = `${id}.wav`;
    await desk.store.recordings.begin({
      id,
      conferenceId: 'c',
      conferenceName: '',
      startedBy: 'api',
      startedAt,
      file,
    });
    if (bytes !== undefined) writeFileSync(join(desk.folder, file), Buffer.alloc(bytes));
    return id;
  };
  const now = desk.clock.now();
  const ended = { endedAt: now, ms: 500, bytes: 16_044, state: 'finished' } as const;
  const old = await begin(1, now - 1001, 16_044);
  await desk.store.recordings.end(old, ended);
  const much = await begin(2, now - 900, 16_044);
  await desk.store.recordings.end(much, ended);
  const enough = await begin(3, now - 800, 16_044);
  await desk.store.recordings.end(enough, ended);
  const cut = await begin(4, now - 700, 16_045);
  const lost = await begin(5, now - 600);
  await desk.recordings.start();
  t.match(await desk.recordings.get(cut), {
    state: 'interrupted',
    ms: 500,
    bytes: 16_044,
    endedAt: now - 200,
  });
  t.match(await desk.recordings.get(enough), { state: 'finished' });
  for (const id of [old, much, lost]) {
    t.equal(await desk.recordings.get(id), undefined);
    t.notOk(existsSync(join(desk.folder, `${id}.wav`)));
  }
  desk.clock.advance(3_600_000);
  while ((await desk.states()).length > 0) await new Promise(setImmediate);
  t.pass('and looks again every hour');
  await desk.recordings.stop();
  t.equal(desk.clock.pending, 0);
});
