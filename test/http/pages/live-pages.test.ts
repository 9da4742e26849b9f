import type { AddressInfo } from 'node:net';
import t from 'tap';
import { OpenPage } from './open-page.js';
import { Site, textOf } from './site.js';

void t.test('shows who is in, with everything that is known of them', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference({ name: 'Board' });
  t.match(textOf((await browser.get(`/conferences/${id}`)).body), 'Nobody is in this conference.');
  const { conference, member } = await site.join(id, 'member', '<script>alert(1)</script>');
  await site.join(id, 'moderator', 'Ada');
  site.store.calls.begin({
    id: member.callId,
    sipCallId: 'x',
    direction: 'inbound',
    callerNumber: '201',
    callerName: '',
    callerAddress: '',
    calledNumber: '',
    startedAt: 1,
    codec: 'G722',
  });
  conference.setMuted(member.id, true);
  conference.setDeaf(member.id, true);
  conference.setPhoneHold(member.id, true);
  conference.setTalkLevel(member.id, 2);
  conference.lock(true);
  const { body } = await browser.get(`/conferences/${id}`);
  t.notMatch(body, '<script>alert');
  const text = textOf(body);
  t.match(text, '2 people are in locked');
  t.match(text, /<script>alert\(1\)<\/script> 201 Member since \d\d:\d\d · G722/);
  t.match(text, 'muted deaf on hold by phone');
  t.match(text, '+6 dB');
  t.match(text, /Ada 201 Moderator/);
});

void t.test('shows who talks, and how well the lines are', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference();
  const one = await site.join(id, 'member', 'Ada');
  const two = await site.join(id, 'member', 'Grace');
  two.conference.setMuted(two.member.id, true);
  const shown = async () => textOf((await browser.get(`/conferences/${id}`)).body);
  one.quality = { packets: 100, lost: 0 };
  t.match(await shown(), /Ada 201 Member since \d\d:\d\d can speak Mute/, 'nothing is known yet');
  one.conference.heard(one.member.id, true);
  two.conference.heard(two.member.id, true);
  one.quality = { packets: 290, lost: 10, heard: { jitterMs: 12.4, lossPercent: 0.25 } };
  site.clock.advance(4000);
  await shown();
  await site.running.get(id)?.lines.look();
  const { body } = await browser.get(`/conferences/${id}`);
  t.match(textOf(body), /Ada .* talking sends: 5 % lost receives: 0.3 % lost, jitter 12 ms Mute/);
  t.match(textOf(body), /Grace .* muted talks and is not heard Unmute/);
  t.match(body, /class="badge warn">sends: 5/, 'much is marked');
  t.match(body, /class="quiet">receives/, 'little is not');
});

void t.test('what can be done with one', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference({ name: 'Board' });
  const joined = await site.join(id);
  const { member } = joined;
  await site.join(id);
  const path = `/conferences/${id}/members/${member.id}`;
  const after = async (action: string) => {
    t.equal((await browser.post(path, { action })).location, `/conferences/${id}`, action);
    return member;
  };
  t.match(await after('mute'), { muted: true });
  t.match(await after('unmute'), { muted: false });
  t.match(await after('deaf'), { deaf: true });
  t.match(await after('undeaf'), { deaf: false });
  t.match(await after('moderator'), { role: 'moderator' });
  t.match(await after('member'), { role: 'member' });
  t.match(await after('talk-up'), { talkLevel: 1 });
  t.match(await after('listen-down'), { listenLevel: -1 });
  t.equal((await browser.post(path, { action: 'explode' })).status, 400);
  await after('kick');
  await new Promise(setImmediate);
  t.equal(joined.goodbye, 'kicked');
  const gone = await browser.post(path, { action: 'mute' });
  t.match(textOf((await browser.get(gone.location)).body), 'has just left');
});

void t.test('what can be done with all', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference({ name: 'Board' });
  const [one, two, moderator] = [await site.join(id), await site.join(id), await site.join(id, 'moderator')];
  const act = (action: string) => browser.post(`/conferences/${id}/do`, { action });
  await act('mute');
  t.same([one.muted, two.muted, moderator.muted], [true, true, false]);
  await act('unmute');
  t.same([one.muted, two.muted], [false, false]);
  await act('lock');
  t.equal(one.conference.locked, true);
  await act('unlock');
  t.equal(one.conference.locked, false);
  await act('record');
  t.equal(one.conference.recorded, true);
  t.match(textOf((await browser.get(`/conferences/${id}`)).body), /is being recorded .* Stop recording/);
  await act('unrecord');
  t.equal(one.conference.recorded, false);
  site.recorder.refusal = 'the disk is full';
  t.equal((await act('record')).status, 503, 'nobody believes that it is recorded');
  t.equal((await act('nothing')).status, 400);
  await act('end');
  t.equal(one.conference.ended, true);
  t.equal((await act('end')).location, `/conferences/${id}`);
  t.match(textOf((await browser.get((await act('record')).location)).body), 'Nobody is in this conference.');
});

void t.test('a conference that was deleted can be seen and ended while people are in it', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference({ name: 'Board' });
  const { conference } = await site.join(id);
  await browser.post(`/conferences/${id}/delete`);
  t.match(textOf((await browser.get(`/conferences/${id}`)).body), 'was deleted meanwhile');
  await browser.post(`/conferences/${id}/do`, { action: 'end' });
  t.equal(conference.ended, true);
  t.equal((await browser.get(`/conferences/${id}`)).status, 404);
});

void t.test('an open page is sent what changes', async (t) => {
  const { site, browser } = await Site.start(t);
  await site.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = site.app.server.address() as AddressInfo;
  const id = await site.conference({ name: 'Board' });
  const page = new OpenPage(port, `/conferences/${id}/live`, browser);
  const list = new OpenPage(port, '/conferences/live', browser);
  t.teardown(() => {
    page.close();
    list.close();
  });
  await Promise.all([page.count(1), list.count(1)]);
  t.match(page.last, 'Nobody is in this conference.');
  t.match(list.last, /Board .* nobody/);

  const joined = await site.join(id);
  for (let more = 0; more < 29; more++) await site.join(id);
  await site.pass();
  await Promise.all([page.count(2), list.count(2)]);
  t.match(page.last, '30 people are in', 'thirty who join at once are one change');
  t.match(list.last, '30 people');

  joined.conference.setMuted(joined.member.id, true);
  await site.pass();
  await page.count(3);
  t.match(page.last, /Grace 201 Member since \d\d:\d\d muted/);
  t.equal(page.events.length, 3);

  const back = new OpenPage(port, `/conferences/${id}/live`, browser);
  await back.count(1);
  t.equal(back.last, page.last, 'who comes back gets the whole at once');
  const version = /seen=([\w-]+)/.exec((await browser.get(`/conferences/${id}`)).body)?.[1] ?? '';
  const same = new OpenPage(port, `/conferences/${id}/live?seen=${version}`, browser);
  t.teardown(() => same.close());
  back.close();

  joined.conference.setMuted(joined.member.id, false);
  await site.pass();
  await Promise.all([same.count(1), page.count(4)]);
  t.notMatch(
    same.last,
    /Grace 201 Member since \d\d:\d\d muted/,
    'what the page shows is not sent once more',
  );

  await browser.post('/logout');
  site.clock.advance(5000);
  await page.count(5);
  t.equal(page.events.at(-1)?.event, 'gone', 'who is logged out is sent nothing more');
});

void t.test(
  'a room of two hundred is shown in parts, live too, and who talks in another part is named',
  async (t) => {
    const { site, browser } = await Site.start(t);
    await site.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = site.app.server.address() as AddressInfo;
    const id = await site.conference({ name: 'Town hall' });
    const people = [];
    for (let n = 1; n <= 200; n++) people.push(await site.join(id, 'member', `Person ${n}.`));
    const path = `/conferences/${id}`;
    const shown = async (query = '') => (await browser.get(path + query)).body;
    const names = (body: string) => [...body.matchAll(/<strong>(Person \d+\.)</g)].map(([, name]) => name);
    const first = await shown();
    t.equal(names(first).length, 40);
    t.match(textOf(first), /200 people are in .* 1 of 5/);
    t.notMatch(first, 'Person 41.');
    t.match(names(await shown('?people=2'))[0], 'Person 41.');
    t.match(names(await shown('?people=99'))[0], 'Person 161.', 'the last one there is');
    t.match(names(await shown('?people=x'))[0], 'Person 1.');

    const { conference, member } = people[59]!;
    const page = new OpenPage(port, `${path}/live?people=5`, browser);
    t.teardown(() => page.close());
    await page.count(1);
    conference.heard(member.id, true);
    await site.pass();
    await page.count(2);
    t.match(page.last, /talking Person 60\. Person 161\./);
    t.notMatch(textOf(await shown('?people=2')), /talking Person 60\. Person/, 'it is seen there itself');

    const second = await shown('?people=2');
    t.match(second, `action="${path}/members/${member.id}?people=2"`);
    const { location } = await browser.post(`${path}/members/${member.id}?people=2`, { action: 'mute' });
    t.equal(location, `${path}?people=2`, 'a button leads back to the same part');
    t.match(second, `href="${path}?to=${member.id}&amp;people=2"`);
    t.match(await shown(`?to=${member.id}&people=2`), `<option value="${member.id}" selected>Person 60.`);
  },
);
