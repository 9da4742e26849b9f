// Sounds of web servers as they are kept: asked for once, again when they are old, and thrown away when there are too many.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { FetchedSounds, SoundError, type FetchedSoundsOptions } from '../../src/sounds/index.js';
import { loopbackGuard, webServer } from './web-server.js';

function fetched(t: Test, more: Partial<FetchedSoundsOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'partyline-fetched-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const clock = { now: 1_700_000_000_000 };
  const failed: unknown[] = [];
  let transcoded = 0;
  const transcoder = {
    transcode: (_from: string, to: string) => {
      transcoded += 1;
      writeFileSync(to, Buffer.alloc(1000));
      return Promise.resolve({ hash: '', bytes: 1000, durationMs: 0, loudness: -22 });
    },
  };
  const options: FetchedSoundsOptions = {
    folder,
    guard: loopbackGuard,
    transcoder,
    failed: (_url, error) => failed.push(error),
    now: () => clock.now,
    ...more,
  };
  return { sounds: new FetchedSounds(options), options, folder, clock, failed, count: () => transcoded };
}

void t.test('fetched once, also by a box that was restarted; asked for again after a while', async (t) => {
  const { base, asked } = await webServer(t, ({ headers }, response) => {
    if (headers['if-none-match']) response.writeHead(304).end();
    else response.writeHead(200, { etag: '"1"' }).end('sound');
  });
  const { sounds, options, clock, count } = fetched(t);
  const [one, two] = await Promise.all([sounds.file(base, 5000), sounds.file(base, 5000)]);
  t.equal(one, two);
  t.equal(await new FetchedSounds(options).file(base, 5000), one);
  t.equal(asked.length, 1);
  clock.now += 300_001;
  t.equal(await sounds.file(base, 0), one, 'what is here is played at once');
  while (asked.length < 2) await new Promise((resolve) => setImmediate(resolve));
  const noted = () => readFileSync(one.replace(/au$/, 'json'), 'utf8').includes(String(clock.now));
  while (!noted()) await new Promise((resolve) => setImmediate(resolve));
  t.equal(count(), 1, 'not changed');
});

void t.test('nobody waits longer than told; what failed is not asked for again at once', async (t) => {
  let answer: () => void = () => undefined;
  const { base, asked } = await webServer(t, ({ url }, response) => {
    if (url === '/slow') answer = () => void response.end('sound');
    else response.writeHead(500).end();
  });
  const { sounds, clock, failed } = fetched(t);
  await t.rejects(sounds.file(`${base}/slow`, 1), /still being fetched/);
  while (asked.length < 1) await new Promise((resolve) => setImmediate(resolve));
  answer();
  t.match(await sounds.file(`${base}/slow`, 5000), /\.au$/, 'it came later');
  t.strictSame(failed, []);
  await t.rejects(sounds.file(`${base}/bad`, 5000), /answered 500/);
  await t.rejects(sounds.file(`${base}/bad`, 5000), /answered 500/);
  t.equal(asked.length, 2);
  clock.now += 60_001;
  await t.rejects(sounds.file(`${base}/bad`, 5000), SoundError);
  t.equal(asked.length, 3);
});

void t.test('the one that was looked at longest ago makes room', async (t) => {
  const { base } = await webServer(t, (_request, response) => response.end('sound'));
  const { sounds, folder, clock } = fetched(t, { mostKept: 2500 });
  for (const name of ['a', 'b', 'c']) {
    await sounds.file(`${base}/${name}`, 5000);
    clock.now += 1000;
  }
  t.equal(readdirSync(folder).filter((name) => name.endsWith('.au')).length, 2);
  t.equal(readdirSync(folder).length, 4, 'nothing else is left');
});
