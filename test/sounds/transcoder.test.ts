// The thread: what it leaves on disk, and that it ends.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { auHeaderLength, Transcoder } from '../../src/sounds/index.js';
import { mp3Fixture, sine, wave16 } from './signals.js';

const folder = mkdtempSync(join(tmpdir(), 'partyline-transcoder-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

function given(name: string, file: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, file);
  return path;
}

void t.test('writes an .au file and tells of it', async (t) => {
  const transcoder = new Transcoder();
  const to = join(folder, 'made.au');
  const made = await transcoder.transcode(mp3Fixture, to);
  const file = readFileSync(to);
  t.match(made, { bytes: file.length, hash: /^[0-9a-f]{64}$/ });
  t.ok(Math.abs(made.durationMs - 2000) < 80);
  t.equal(file.readUInt32BE(16), 16_000);
  t.ok(Math.abs(file.length - auHeaderLength - 32 * made.durationMs) <= 32);
  t.same(await transcoder.transcode(mp3Fixture, to), made, 'the same again');
  t.equal(getPriority(), 0, 'only the thread stands back');
});

void t.test('what is refused leaves nothing behind', async (t) => {
  const to = join(folder, 'never.au');
  const transcoder = new Transcoder({ longestMs: 500 });
  await t.rejects(transcoder.transcode(given('text', Buffer.from('hello')), to), { name: 'SoundError' });
  await t.rejects(transcoder.transcode(given('long.wav', wave16(sine(500, 1, 8000), 8000)), to), /longer/);
  await t.rejects(transcoder.transcode(join(folder, 'nothing'), to), { code: 'ENOENT' });
  t.notOk(readdirSync(folder).includes('never.au'));
});

void t.test('one that takes too long is ended, and the next has its turn', async (t) => {
  const to = join(folder, 'slow.au');
  const slow = given('slow.wav', wave16(sine(500, 300, 8000), 8000));
  await t.rejects(new Transcoder({ timeoutMs: 1 }).transcode(slow, to), /too long/);
  const transcoder = new Transcoder();
  const turns = Array.from({ length: 8 }, (_, n) =>
    transcoder.transcode(mp3Fixture, join(folder, `${n}.au`)),
  );
  await t.rejects(transcoder.transcode(mp3Fixture, to), /too many/);
  await transcoder.stop();
  const ends = await Promise.allSettled(turns);
  t.ok(
    ends.every(({ status }) => status === 'rejected'),
    'a stop gives up what waits',
  );
});
