import t from 'tap';
import { played } from '../../call-rules/silent-room.js';
import { Site, textOf } from './site.js';

void t.test('a sentence is said in the language that was chosen', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference({ language: 'de-de' });
  const say = (fields: Record<string, string>) =>
    browser.post(`/conferences/${id}/say`, { language: 'en', ...fields });
  const shown = await browser.get(`/conferences/${id}`);
  t.match(shown.body, '<option value="de" selected>German</option>', 'that of the conference at first');
  const nobody = await say({ sentence: 'Hello' });
  t.match(textOf((await browser.get(nobody.location)).body), 'Nobody is in this conference.');
  await site.join(id);
  const done = await say({ sentence: ' Dinner\r\n is <ready> ', language: 'de' });
  t.match(textOf((await browser.get(done.location)).body), 'It is played as soon as');
  t.same(site.said, ['de: Dinner is <ready>']);
});

void t.test('what cannot be said is told at the field, and not lost', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference();
  await site.join(id);
  const say = (sentence: string, language = 'en') =>
    browser.post(`/conferences/${id}/say`, { sentence, language });
  t.match(textOf((await say(' ')).body), 'Fill this in.');
  const long = await say('a'.repeat(1001));
  t.equal(long.status, 422);
  t.match(textOf(long.body), 'At most 1000 characters fit.');
  t.equal((await say('Hello', 'xx')).status, 400);
  site.speechFails = true;
  const failed = await say('Hello <there>');
  t.match(textOf(failed.body), 'could not be spoken');
  t.match(failed.body, 'Hello &lt;there&gt;</textarea>');
  t.same(site.said, []);
});

void t.test('for one person alone, who is chosen where they stand', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference();
  const { member } = await site.join(id, 'member', 'Grace <3');
  const path = `/conferences/${id}`;
  const { body } = await browser.get(path);
  t.match(body, `href="${path}?to=${member.id}" aria-label="Announce …: Grace &lt;3"`);
  const chosen = await browser.get(`${path}?to=${member.id}`);
  t.equal(chosen.body.split(`<option value="${member.id}" selected>Grace &lt;3, 201</option>`).length, 3);
  const to = String(member.id);
  const say = (fields: Record<string, string>) =>
    browser.post(`${path}/say`, { sentence: 'Psst', language: 'en', ...fields });
  const before = played.length;
  t.equal((await say({ to })).location, `${path}?done=played`);
  while (played.length === before) await new Promise(setImmediate);
  t.not(played.at(-1)?.target, 'all');
  const wrong = await say({ to, sentence: '' });
  t.match(wrong.body, `<option value="${to}" selected>`, 'whom it was for is not lost');
  t.equal((await say({ to: '99' })).location, `${path}?done=left`);
  t.equal((await say({ to: 'x' })).status, 400);
});
