import type { AddressInfo } from 'node:net';
import t from 'tap';
import { DialRefused } from '../../../src/calls/index.js';
import { OpenPage } from './open-page.js';
import { Site, textOf } from './site.js';

void t.test('somebody is called, and how far the call has come is seen at once', async (t) => {
  const { site, browser } = await Site.start(t);
  await site.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = site.app.server.address() as AddressInfo;
  const id = await site.conference();
  const page = new OpenPage(port, `/conferences/${id}/live`, browser);
  t.teardown(() => page.close());
  await page.count(1);
  const dial = (fields: Record<string, string>) => browser.post(`/conferences/${id}/dial`, fields);

  t.equal((await dial({ target: ' 4711 ', moderator: 'true', deaf: 'true' })).location, `/conferences/${id}`);
  const [call] = site.dialled;
  t.match(call, {
    target: '4711',
    options: {
      conferenceId: id,
      role: 'moderator',
      flags: { mute: false, deaf: true, ghost: false },
    },
  });
  await page.count(2);
  t.match(page.last, '4711 calling Hang up Nobody is in');
  call!.rings();
  await page.count(3);
  t.match(page.last, '4711 rings Hang up');
  await browser.post(`/conferences/${id}/dial/${call!.id}/cancel`);
  t.same(site.calledOff, ['4711']);
  await page.count(4);
  t.notMatch(page.last, '4711');

  await dial({ target: 'sip:anna@192.0.2.30' });
  site.dialled[1]!.ends('busy');
  const shown = async () => textOf((await browser.get(`/conferences/${id}`)).body);
  t.match(await shown(), 'sip:anna@192.0.2.30 busy Nobody is in', 'nothing to hang up any more');
  site.clock.advance(30_000);
  t.notMatch(await shown(), 'anna@192.0.2.30 busy');

  await dial({ target: '12' });
  site.dialled[2]!.answers();
  t.notMatch(await shown(), '12 answered', 'who has answered is seen as a member');
  site.dialled[2]!.ends('hangup');
  t.notMatch(await shown(), '12 hung up');
});

void t.test('the last twenty are shown', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference();
  for (let count = 0; count < 21; count++) {
    await browser.post(`/conferences/${id}/dial`, { target: String(1000 + count) });
  }
  const text = textOf((await browser.get(`/conferences/${id}`)).body);
  t.notMatch(text, '1000 calling');
  t.match(text, /1001 calling .* 1020 calling/);
});

void t.test('why somebody cannot be called stands at the field', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference();
  site.dial = () => Promise.reject(new DialRefused('no-peer', 'x'));
  const refused = await browser.post(`/conferences/${id}/dial`, { target: '4711', mute: 'true' });
  t.equal(refused.status, 422);
  t.match(textOf(refused.body), 'No outbound peer is set');
  t.match(refused.body, 'value="4711"');
  t.match(refused.body, /name="mute" type="checkbox" value="true" checked/, 'nothing is lost');
  site.dial = () => Promise.reject(new Error('broken'));
  t.equal((await browser.post(`/conferences/${id}/dial`, { target: '4711' })).status, 500);
});
