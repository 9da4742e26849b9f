import t from 'tap';
import { Site, textOf } from './site.js';

void t.test('the list', async (t) => {
  await t.test('shows number, PINs and who is in, escaped', async (t) => {
    const { site, browser } = await Site.start(t);
    const id = await site.conference({
      name: '<b>Board & friends</b>',
      conference_numbers: ['4000'],
      member: { pins: ['123456'], join_muted: false },
      moderator: { pins: ['654321'] },
    });
    await site.join(id);
    await site.join(id);
    const { body } = await browser.get('/conferences');
    t.match(body, '&lt;b&gt;Board &amp; friends&lt;/b&gt;');
    t.notMatch(body, '<b>Board');
    t.match(textOf(body), /4000 123456 moderator 654321 2 people/);
    t.match(body, `data-live="/conferences/live?seen=`);
  });

  await t.test('is searched, and paged', async (t) => {
    const { site, browser } = await Site.start(t);
    for (let n = 0; n < 101; n++) {
      await site.conference({ name: `Room ${String(n).padStart(3, '0')}`, conference_numbers: [`7${n}`] });
    }
    const found = textOf((await browser.get('/conferences?search=room+042')).body);
    t.match(found, 'Room 042');
    t.notMatch(found, 'Room 041');
    t.match(textOf((await browser.get('/conferences?search=755')).body), 'Room 055');
    t.match(textOf((await browser.get('/conferences?search=nothing')).body), 'Nothing found.');
    const first = (await browser.get('/conferences?search=room')).body;
    t.notMatch(first, 'Room 100');
    const next = /href="(\/conferences\?search=room&amp;after=[^"]+)"/.exec(first)?.[1] ?? '';
    t.match(textOf((await browser.get(next.replaceAll('&amp;', '&'))).body), 'Room 100');
    t.equal((await browser.get('/conferences?after=nonsense')).status, 400);
  });
});

void t.test('creating', async (t) => {
  await t.test('offers a free number and two PINs', async (t) => {
    const { site, browser } = await Site.start(t);
    await site.conference({ conference_numbers: ['3000'] });
    await site.store.accessNumbers.add('3001');
    const { body } = await browser.get('/conferences/new');
    t.match(body, /name="conference_numbers"[^>]* value="3002"/);
    const pins = [...body.matchAll(/name="(?:member|moderator)\.pins"[^>]* value="(\d{6})"/g)].map(
      ([, pin]) => pin,
    );
    t.equal(new Set(pins).size, 2);
  });

  await t.test('stores what was typed, with who did it', async (t) => {
    const { site, browser } = await Site.start(t);
    const answer = await browser.post('/conferences', {
      name: 'Sales',
      conference_numbers: '5000, 5001',
      'member.pins': '111222',
      'moderator.pins': '',
      wait_for_moderator: 'true',
    });
    const id = /\/conferences\/([0-9a-f]{32})\?done=created/.exec(answer.location)?.[1] ?? '';
    const stored = await site.store.conferences.get(id);
    t.match(stored?.document, {
      name: 'Sales',
      conference_numbers: ['5000', '5001'],
      member: { pins: ['111222'], join_muted: false },
      wait_for_moderator: true,
    });
    const [change] = (await site.store.changes.list()).changes;
    t.match(change, { author: 'ada', what: 'conference-created', subject: id, name: 'Sales' });
    t.match(textOf((await browser.get(answer.location)).body), 'Created.');
  });

  await t.test('says each error at its field and keeps every entry', async (t) => {
    const { site, browser } = await Site.start(t);
    await site.conference({ conference_numbers: ['4000'] });
    const faulty = await browser.post('/conferences', {
      name: '',
      conference_numbers: '12a',
      'member.pins': '12345678901234567',
      'member.join_muted': 'true',
    });
    t.equal(faulty.status, 422);
    t.match(textOf(faulty.body), 'Not saved');
    t.match(faulty.body, /id="f-name-error">Fill this in\./);
    t.match(faulty.body, /id="f-conference-numbers-error">Digits only/);
    t.match(faulty.body, /id="f-member-pins-error">At most 16/);
    t.match(faulty.body, /name="conference_numbers"[^>]* value="12a"/);
    t.match(faulty.body, /name="member\.join_muted"[^>]* checked/);
    t.match(faulty.body, /name="name"[^>]* autofocus/);

    const taken = await browser.post('/conferences', { name: 'B', conference_numbers: '4000 4001' });
    t.equal(taken.status, 422);
    t.match(taken.body, /id="f-conference-numbers-error">Already in use: 4000\./);
    t.equal(await site.store.conferences.count(), 1);
  });
});

void t.test('a copy has everything but numbers and PINs of its own', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference({
    name: 'Board',
    conference_numbers: ['3000'],
    member: { numbers: ['4000'], pins: ['123456'] },
    max_participants: 7,
  });
  const { location } = await browser.post(`/conferences/${id}/copy`);
  const copy = await site.store.conferences.get(/[0-9a-f]{32}/.exec(location)?.[0] ?? '');
  t.match(copy?.document, { name: 'Board (copy)', max_participants: 7, conference_numbers: ['3001'] });
  t.same(copy?.document.member.numbers, []);
  t.equal(copy?.document.member.pins.length, 1);
  t.not(copy?.document.member.pins[0], '123456');
  t.same(copy?.document.moderator.pins, []);
});

void t.test('deleting can be undone', async (t) => {
  await t.test('with the numbers', async (t) => {
    const { site, browser } = await Site.start(t);
    const id = await site.conference({ name: 'Board', conference_numbers: ['4000'] });
    const { location } = await browser.post(`/conferences/${id}/delete`);
    t.equal(await site.store.conferences.findByNumber('4000'), undefined);
    t.match(textOf((await browser.get(location)).body), '“Board” was deleted. Undo');
    t.match((await browser.post(`/conferences/${id}/put-back`)).location, `/conferences/${id}`);
    t.equal((await site.store.conferences.findByNumber('4000'))?.conference.id, id);
    t.equal((await browser.post(`/conferences/${id}/put-back`)).status, 404);
  });

  await t.test('unless another has taken a number', async (t) => {
    const { site, browser } = await Site.start(t);
    const id = await site.conference({ name: 'Board', conference_numbers: ['4000'] });
    await browser.post(`/conferences/${id}/delete`);
    await site.conference({ conference_numbers: ['4000'] });
    const { location } = await browser.post(`/conferences/${id}/put-back`);
    t.match(textOf((await browser.get(location)).body), 'cannot be put back: 4000 is in use');
    t.equal(await site.store.conferences.get(id), undefined);
  });
});

void t.test('what does not exist is said so', async (t) => {
  const { browser } = await Site.start(t);
  for (const path of ['/conferences/nonsense', `/conferences/${'0'.repeat(32)}`, '/nowhere']) {
    const page = await browser.get(path);
    t.equal(page.status, 404, path);
    t.match(textOf(page.body), 'Not found');
  }
});
