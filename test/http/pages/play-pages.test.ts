import { Readable } from 'node:stream';
import t from 'tap';
import { played } from '../../call-rules/silent-room.js';
import { sine, wave16 } from '../../sounds/signals.js';
import { Site, textOf } from './site.js';

async function soundOf(site: Site, name: string): Promise<string> {
  const { id } = await site.store.media.create({ name });
  await site.library.upload(id, 'audio/x-wav', Readable.from([wave16(sine(440, 0.2, 8000), 8000)]));
  return id;
}

void t.test('a sound of the box, or of a web server, is played to all', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference();
  t.match(textOf((await browser.get(`/conferences/${id}`)).body), 'no sounds of your own yet');
  const sound = await soundOf(site, 'Door <bell>');
  await site.store.media.create({ name: 'Without a sound' });
  const page = textOf((await browser.get(`/conferences/${id}`)).body);
  t.match(page, 'Door <bell>');
  t.notMatch(page, 'Without a sound');

  const play = (fields: Record<string, string>) => browser.post(`/conferences/${id}/play`, fields);
  const nobody = await play({ sound });
  t.match(textOf((await browser.get(nobody.location)).body), 'Nobody is in this conference.');
  await site.join(id);
  const before = played.length;
  const done = await play({ sound });
  t.match(textOf((await browser.get(done.location)).body), 'It is played as soon as');
  const url = 'https://media.example/a.wav?token=secret';
  await play({ sound, url });
  const heard = () => played.slice(before).filter(({ target }) => target === 'all');
  while (heard().length < 2) await new Promise(setImmediate);
  t.same(
    heard().map(({ files }) => files),
    [[await site.library.file(sound)], [url]],
    'an address goes before the choice',
  );
  t.notMatch(JSON.stringify(site.logged), 'secret');
  t.equal((await play({ action: 'stop' })).location, `/conferences/${id}`);
});

void t.test('what cannot be played is told where it was typed in', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference();
  await site.join(id);
  const play = (fields: Record<string, string>) => browser.post(`/conferences/${id}/play`, fields);
  const cases: [Record<string, string>, string][] = [
    [{}, 'Choose a sound, or fill in an address.'],
    [{ url: 'file:///etc/passwd' }, 'no address that begins with'],
    [{ url: 'tone_stream://%(100,0,400)' }, 'no address that begins with'],
    [{ sound: '../../etc/passwd' }, 'Choose a sound, or fill in an address.'],
  ];
  for (const [fields, sentence] of cases) {
    const { status, body } = await play(fields);
    t.equal(status, 422);
    t.match(textOf(body), sentence);
    if (fields.url) t.match(body, `value="${fields.url}"`, 'nothing is lost');
  }
  await soundOf(site, 'Bell');
  const gone = await play({ sound: '0'.repeat(32) });
  t.equal(gone.status, 422);
  t.match(textOf(gone.body), 'There is no such sound.');
  t.equal((await play({ action: 'explode' })).status, 400);
  t.equal((await browser.post(`/conferences/${'0'.repeat(32)}/play`)).status, 404);
});

void t.test('for one person alone, and stopped for them alone', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference();
  const { member } = await site.join(id);
  const sound = await soundOf(site, 'Bell');
  const play = (fields: Record<string, string>) => browser.post(`/conferences/${id}/play`, fields);
  const to = String(member.id);
  const before = played.length;
  t.equal((await play({ sound, to })).location, `/conferences/${id}?done=played`);
  while (played.length === before) await new Promise(setImmediate);
  t.not(played.at(-1)?.target, 'all');
  t.equal((await play({ action: 'stop', to })).location, `/conferences/${id}`);
  t.equal((await play({ sound, to: '99' })).location, `/conferences/${id}?done=left`);
  t.equal((await play({ sound, to: '-1' })).status, 400);
});
