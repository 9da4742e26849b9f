import t from 'tap';
import { conferenceSchema, type JsonSchema } from '../../../src/conference/schema.js';
import { allFields } from '../../../src/http/pages/conference-fields.js';
import { fillForm, readForm } from '../../../src/http/pages/conference-form.js';
import { documentOf } from '../../store/scratch.js';
import { sine, wave16 } from '../../sounds/signals.js';
import { Site, textOf, tokenOf, type Browser } from './site.js';

/** What a browser would post of the form as it is. */
async function formOf(browser: Browser, site: Site, id: string): Promise<Record<string, string>> {
  const stored = await site.store.conferences.get(id);
  const filled = fillForm(stored!.document, allFields);
  t.match((await browser.get(`/conferences/${id}/edit`)).body, `name="revision" value="${stored!.revision}"`);
  return { ...Object.fromEntries(filled), revision: String(stored!.revision) };
}

void t.test('every setting of the schema has a field', (t) => {
  const paths = new Set(allFields.map(({ path }) => path));
  const missing = (schema: JsonSchema, prefix: string): string[] =>
    Object.entries(schema.properties ?? {}).flatMap(([key, property]) =>
      property.properties
        ? missing(property, `${prefix}${key}.`)
        : paths.has(prefix + key)
          ? []
          : [prefix + key],
    );
  t.same(missing(conferenceSchema, ''), ['focus'], 'all but what the box alone writes');
  t.end();
});

void t.test('a document survives the way through the form', (t) => {
  const document = documentOf({
    name: 'Board',
    conference_numbers: ['1', '2'],
    member: { pins: ['9'], join_deaf: true, play_entry_prompt: false },
    play_entry_tone: 'tone_stream://%(300,0,523)',
    play_exit_tone: false,
    play_welcome: true,
    max_participants: 0,
    controls: { mine: [{ digits: '1', action: 'mute' }] },
    profile: { 'energy-level': 100, rate: 8000, odd: 'kept' },
    unknown: { kept: [1, 2] },
  });
  const read = readForm(fillForm(document, allFields), allFields, document);
  t.ok(read.ok);
  const { require_moderator, wait_for_moderator, review_name, record, ...same } = read.ok
    ? read.document
    : document;
  t.same(same, document);
  const flags = [require_moderator, wait_for_moderator, review_name, record];
  t.same(flags, [false, false, false, false], 'a box that is not ticked is a no');
  t.end();
});

void t.test('editing', async (t) => {
  await t.test('stores every kind of field', async (t) => {
    const { site, browser } = await Site.start(t);
    const id = await site.conference({ name: 'Board', unknown: 1 });
    const answer = await browser.post(`/conferences/${id}/edit`, {
      ...(await formOf(browser, site, id)),
      name: 'Directors',
      'member.numbers': '41 42',
      max_participants: '12',
      play_welcome: 'false',
      play_entry_tone: 'own',
      'play_entry_tone~own': 'tone_stream://%(1,1,440)',
      controls: '{"x": [{"digits": "1", "action": "mute"}]}',
      'profile.rate': '16000',
    });
    t.match(answer.location, '?done=saved');
    t.match((await site.store.conferences.get(id))?.document, {
      name: 'Directors',
      member: { numbers: ['41', '42'] },
      max_participants: 12,
      play_welcome: false,
      play_entry_tone: 'tone_stream://%(1,1,440)',
      controls: { x: [{ digits: '1', action: 'mute' }] },
      profile: { rate: 16000 },
      unknown: 1,
    });
    const [change] = (await site.store.changes.list()).changes;
    t.match(change, { author: 'ada', what: 'conference-changed', before: { name: 'Board' } });
  });

  await t.test('says each error at its field, unfolds its section and keeps what was typed', async (t) => {
    const { site, browser } = await Site.start(t);
    const id = await site.conference({ name: 'Board' });
    const page = await browser.post(`/conferences/${id}/edit`, {
      ...(await formOf(browser, site, id)),
      max_participants: 'many',
      pin_timeout: '700000',
      'profile.max-members': '1',
      controls: '{oops',
      owner_id: 'short',
      language: '<i>',
    });
    t.equal(page.status, 422);
    t.match(page.body, /id="f-max-participants-error">A whole number is needed/);
    t.match(page.body, /id="f-pin-timeout-error">At most 600000/);
    t.match(page.body, /id="f-profile-max-members-error">At least 2/);
    t.match(page.body, /id="f-controls-error">This is not valid JSON/);
    t.match(page.body, /id="f-owner-id-error">At least 32 characters/);
    t.match(page.body, /value="many"/);
    t.match(page.body, '{oops');
    t.match(page.body, 'value="&lt;i&gt;"');
    t.match(page.body, /<details class="section" open><summary><h2>Limits/);
    t.equal((await site.store.conferences.get(id))?.revision, 1);
  });

  await t.test('a number that leads elsewhere is named at its field', async (t) => {
    const { site, browser } = await Site.start(t);
    await site.conference({ conference_numbers: ['4000'] });
    const id = await site.conference({ name: 'Board' });
    const form = { ...(await formOf(browser, site, id)), 'moderator.numbers': '4000' };
    const page = await browser.post(`/conferences/${id}/edit`, form);
    t.equal(page.status, 422);
    t.match(page.body, /id="f-moderator-numbers-error">Already in use: 4000/);
  });

  await t.test('who saves second overwrites nobody unasked, and loses nothing', async (t) => {
    const { site, browser } = await Site.start(t);
    const id = await site.conference({ name: 'Board' });
    const form = await formOf(browser, site, id);
    await site.store.admins.setPassword('grace', 'hopper hopper', { create: 'missing' });
    const other = site.browser();
    await other.logIn('grace', 'hopper hopper');
    await other.post(`/conferences/${id}/edit`, { ...form, name: 'By Grace' });

    const page = await browser.post(`/conferences/${id}/edit`, { ...form, name: 'By Ada' });
    t.equal(page.status, 409);
    t.match(textOf(page.body), 'grace changed this conference at');
    t.match(page.body, 'value="By Ada"');
    t.match(textOf(page.body), 'Save mine over it');
    t.equal((await site.store.conferences.get(id))?.document.name, 'By Grace');

    const revision = /name="revision" value="(\d+)"/.exec(page.body)?.[1] ?? '';
    const again = await browser.post(`/conferences/${id}/edit`, { ...form, name: 'By Ada', revision });
    t.match(again.location, '?done=saved');
    t.equal((await site.store.conferences.get(id))?.document.name, 'By Ada');
  });

  await t.test('a running conference follows', async (t) => {
    const { site, browser } = await Site.start(t);
    const id = await site.conference({ name: 'Board' });
    const { conference } = await site.join(id);
    await browser.post(`/conferences/${id}/edit`, { ...(await formOf(browser, site, id)), name: 'Later' });
    t.equal(conference.document.name, 'Later');
  });
});

void t.test('offers the sounds and languages of the box', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference({ name: 'Board' });
  const added = await browser.upload(
    '/box/sounds',
    { name: 'Waltz' },
    { file: wave16(sine(440, 0.2, 8000), 8000) },
  );
  t.equal(added.status, 303);
  site.speaks('de', []);
  const { body } = await browser.get(`/conferences/${id}/edit`);
  const sound = (await site.store.media.list()).media[0]!.id;
  t.match(body, `<option value="${sound}">Waltz</option>`);
  t.match(body, '<option value="de">German</option>');
  t.match(body, /name="profile\.moh-sound"[^>]* list="offered-sounds"/);
  const csrf = tokenOf(body);
  const fields = { name: 'Board', 'profile.moh-sound': sound, language: 'de', revision: '1' };
  await browser.postAs(csrf, `/conferences/${id}/edit`, fields);
  t.match((await site.store.conferences.get(id))?.document, {
    language: 'de',
    profile: { 'moh-sound': sound },
  });
});
