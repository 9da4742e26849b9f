// Rows and files together; what the API shows of it is in http/kazoo/media-routes.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import t, { type Test } from 'tap';
import { MediaLibrary, mediaIdOf } from '../../src/calls/index.js';
import { silentLog } from '../../src/log.js';
import type { Transcoder } from '../../src/sounds/index.js';
import { scratchFolder, scratchStore } from '../store/scratch.js';

/** A transcoder whose result is what the test says. */
async function library(t: Test, hash = () => 'a'.repeat(64)) {
  const store = await scratchStore(t);
  const folder = scratchFolder(t);
  const transcoder: Pick<Transcoder, 'transcode'> = {
    transcode: (_from, to) => {
      writeFileSync(to, 'sound');
      return Promise.resolve({ hash: hash(), bytes: 5, durationMs: 1, loudness: -22 });
    },
  };
  const made = new MediaLibrary({ stored: store.media, folder, transcoder, log: silentLog, mostBytes: 100 });
  return { library: made, stored: store.media, folder };
}

void t.test('what a crash left half-done is removed at the start', async (t) => {
  const { library: made, folder } = await library(t);
  writeFileSync(join(folder, 'x.draft'), 'half');
  writeFileSync(join(folder, `${'b'.repeat(64)}.au`), 'whole');
  await made.start();
  t.strictSame(readdirSync(folder), [`${'b'.repeat(64)}.au`]);
});

void t.test('a body that breaks off, and one that is too large but can still be answered', async (t) => {
  const { library: made, stored, folder } = await library(t);
  const { id } = await stored.create({ name: 'a' });
  // As of a request: nobody has to listen for its error.
  const broken = new PassThrough().on('error', () => undefined);
  broken.write('part');
  const upload = made.upload(id, 'audio/mpeg', broken);
  broken.destroy(new Error('gone'));
  await t.rejects(upload, { code: 'VALIDATION', message: /cut off/ });
  const large = new PassThrough();
  large.write(Buffer.alloc(101));
  await t.rejects(made.upload(id, 'audio/mpeg', large), { code: 'TOO_LARGE' });
  t.notOk(large.destroyed);
  t.strictSame(readdirSync(folder), []);
});

void t.test('a row that is deleted while its sound comes leaves no file', async (t) => {
  const { library: made, stored, folder } = await library(t);
  const { id } = await stored.create({ name: 'a' });
  const body = new PassThrough();
  body.write('part');
  const upload = made.upload(id, 'audio/mpeg', body);
  while (readdirSync(folder).length === 0) await new Promise((resolve) => setImmediate(resolve));
  await made.remove(id);
  body.end();
  await t.rejects(upload, { code: 'NOT_FOUND' });
  t.strictSame(readdirSync(folder), []);
});

void t.test('a few at once, and no more', async (t) => {
  let count = 0;
  const { library: made, stored } = await library(t, () => String(++count).repeat(64));
  const { id } = await stored.create({ name: 'a' });
  const bodies = Array.from({ length: 4 }, () => new PassThrough());
  const uploads = bodies.map((body) => made.upload(id, 'audio/mpeg', body));
  await new Promise((resolve) => setImmediate(resolve));
  while (true) {
    const one = await made.upload(id, 'audio/mpeg', Readable.from([])).catch((error: unknown) => error);
    if (one instanceof Error) {
      t.match(one, { code: 'UNAVAILABLE' });
      break;
    }
  }
  for (const body of bodies) body.end();
  await Promise.all(uploads);
  t.match(await made.file(id), /\.au$/);
});

void t.test('an id in every form', (t) => {
  const id = '0123456789abcdef0123456789abcdef';
  for (const text of [id, `/media/${id}`, `media/${id}`, `/${id}/${id}`, `${id}/${id}`])
    t.equal(mediaIdOf(text), id);
  for (const text of ['', 'conf-welcome', `/x/${id}`, `${id}/`, id.toUpperCase(), `../${id}`])
    t.equal(mediaIdOf(text), undefined, text);
  t.end();
});
