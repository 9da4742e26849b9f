import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { mp3Fixture, sine, wave16 } from '../../sounds/signals.js';
import { Site, textOf } from './site.js';

const wav = (seconds = 0.2) => wave16(sine(440, seconds, 8000), 8000);

void t.test('a sound is uploaded, listened to, and deleted', async (t) => {
  const { site, browser } = await Site.start(t);
  const shown = async () => textOf((await browser.get('/box/sounds')).body);
  t.match(await shown(), 'There is none yet.');
  const added = await browser.upload('/box/sounds', { name: ' Door <bell> ' }, { file: wav() });
  t.match(textOf((await browser.get(added.location)).body), 'The sound is there.');
  t.match(
    await shown(),
    /Door <bell> 00:00 · 0 MB Id for the settings of a conference: [0-9a-f]{32} Download/,
  );
  const [sound] = (await site.store.media.list()).media;
  const path = `/box/sounds/${sound!.id}`;
  t.match(await browser.get(`${path}/sound`), {
    status: 200,
    headers: { 'content-type': 'audio/x-wav', 'content-length': String(44 + 2 * 3200) },
    body: /^RIFF/,
  });
  t.match((await browser.get(`${path}/sound?download`)).headers['content-disposition'], /^attachment/);

  const id = await site.conference({ name: 'Board', profile: { 'moh-sound': sound!.id } });
  const inUse = await browser.post(`${path}/delete`);
  t.equal(inUse.status, 409);
  t.match(textOf(inUse.body), 'because Board plays it');
  await browser.post(`/conferences/${id}/delete`);
  const gone = await browser.post(`${path}/delete`);
  t.match(textOf((await browser.get(gone.location)).body), 'The sound is deleted.');
  t.equal((await browser.get(`${path}/sound`)).status, 404);
  t.equal((await browser.post(`${path}/delete`)).status, 404);
  t.match(textOf((await browser.get('/box/changes')).body), /Sound deleted : Door .* Sound added : Door/);
});

void t.test('an MP3 file without a name is called as its file', async (t) => {
  const { site, browser } = await Site.start(t);
  await browser.upload('/box/sounds', { name: '' }, { file: readFileSync(mp3Fixture) });
  t.match((await site.store.media.list()).media, [
    { document: { name: 'a file' }, sound: { contentType: 'application/octet-stream' } },
  ]);
});

void t.test('what is no sound, or too much of one, leaves nothing behind', async (t) => {
  const { site, browser } = await Site.start(t);
  const cases: [Record<string, string | Buffer>, number, string | RegExp][] = [
    [{}, 422, 'Choose a file.'],
    [{ file: 'GIF89a' }, 422, 'no WAV or MP3 file'],
    [{ file: wav(6) }, 422, 'no WAV or MP3 file'],
    [{ file: Buffer.alloc(400_001) }, 413, 'A file may have 0 MB'],
  ];
  for (const [files, status, sentence] of cases) {
    const refused = await browser.upload('/box/sounds', { name: 'x' }, files);
    t.equal(refused.status, status);
    t.match(textOf(refused.body), sentence);
  }
  t.same((await site.store.media.list()).media, []);
  t.same(readdirSync(join(site.folder, 'media')), []);
});

void t.test('says in which languages the box speaks', async (t) => {
  const { site, browser } = await Site.start(t);
  t.match(textOf((await browser.get('/box/sounds')).body), 'no sentences to speak');
  site.speaks('en', ['conf-alone', 'conf-muted']);
  site.speaks('de', ['conf-alone']);
  t.match(
    textOf((await browser.get('/box/sounds')).body),
    'English en 2 nothing German de 1 1 missing conf-muted',
  );
  const german = textOf((await browser.get('/box/sounds', { 'accept-language': 'de' })).body);
  t.match(german, 'Deutsch de 1 1 fehlen conf-muted');
});
