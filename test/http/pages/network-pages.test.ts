import { rmSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { wifiOf } from '../../../src/appliance/index.js';
import { callOf } from '../../store/scratch.js';
import { FakeRoot } from './fake-root.js';
import { OpenPage } from './open-page.js';
import { Site, textOf } from './site.js';

const typed = {
  name: 'Hall',
  way: 'fixed',
  address: '10.0.0.5/24',
  gateway: '10.0.0.1',
  dns: '10.0.0.1, 9.9.9.9',
};
const settings = {
  name: 'hall',
  fixed: { address: '10.0.0.5', prefix: 24, gateway: '10.0.0.1', dns: ['10.0.0.1', '9.9.9.9'] },
};

void t.test('off the image the page says who sets the network', async (t) => {
  const { browser } = await Site.start(t);
  const page = await browser.get('/box/network');
  t.match(textOf(page.body), 'the operating system sets the network');
  t.notMatch(page.body, 'action="/box/network"');
  t.equal((await browser.post('/box/network', typed)).status, 404);
});

void t.test('new settings are tried, and kept by who comes by the new address', async (t) => {
  const root = new FakeRoot(t);
  const { site, browser } = await Site.start(t, root.appliance);
  t.match(
    textOf((await browser.get('/box/network')).body),
    /come from partyline\.txt .*on trial for 3 minutes/,
  );
  t.equal((await browser.post('/box/network', typed)).location, '/box/network');
  t.match(root.network, { settings: { name: 'lobby' }, trial: { settings } });

  const { id } = root.network.trial!;
  t.match(textOf((await browser.get('/conferences')).body), 'New network settings are on trial');
  t.notMatch(textOf((await site.browser().get('/login')).body), 'on trial');
  const before = await browser.get('/box/network');
  t.match(textOf(before.body), /Address of the cable 10\.0\.0\.5\/24 .*Taken back in 03:00 Open this page/);
  t.match(before.body, 'href="http://10.0.0.5:8000/box/network"');
  t.notMatch(before.body, 'action="/box/network/keep"');
  t.equal((await browser.post('/box/network/keep', { id })).status, 422, 'not from the old address');
  t.ok(root.network.trial);

  site.localAddress = '10.0.0.5';
  t.match((await browser.get('/box/network')).body, 'action="/box/network/keep"');
  await browser.post('/box/network/keep', { id: 'another' });
  t.ok(root.network.trial);
  const stranger = await site.browser().post('/box/network/keep', { id });
  t.equal(stranger.location, '/login');
  t.ok(root.network.trial);
  const { location } = await browser.post('/box/network/keep', { id });
  t.match(root.network, { settings, source: 'page', trial: undefined });
  t.notMatch(textOf((await browser.get('/conferences')).body), 'on trial');
  t.match(textOf((await browser.get(location)).body), /new settings are kept.*Any change of partyline\.txt/);

  const { changes } = await site.store.changes.list();
  t.match(changes, [
    { author: 'ada', what: 'network-kept' },
    {
      author: 'ada',
      what: 'box-changed',
      before: { network: { name: 'lobby', address: 'DHCP' } },
      after: {
        network: { name: 'hall', address: '10.0.0.5/24', gateway: '10.0.0.1', dns: ['10.0.0.1', '9.9.9.9'] },
      },
    },
  ]);
  t.match(textOf((await browser.get('/box/changes')).body), /Network settings kept.*DHCP 10\.0\.0\.5\/24/);
});

void t.test('without a word, or by one, the old settings are back', async (t) => {
  const root = new FakeRoot(t);
  const { site, browser } = await Site.start(t, root.appliance);
  await browser.post('/box/network', typed);
  root.wait(179);
  t.match(textOf((await browser.get('/box/network')).body), 'Taken back in 00:01');
  root.wait(1);
  t.match(textOf((await browser.get('/box/network')).body), 'because nobody kept the new ones in time');

  await browser.post('/box/network', typed);
  await browser.post('/box/network/return', { id: root.network.trial!.id });
  t.match(root.network, { settings: { name: 'lobby' }, last: { returned: 'asked' } });
  t.match((await site.store.changes.list()).changes[0], { author: 'ada', what: 'network-returned' });
  for (const [returned, sentence] of [
    ['stopped', 'was interrupted'],
    ['failed', 'could not be put in force'],
  ] as const) {
    root.says({ settings: { name: 'lobby' }, source: 'text', last: { id: 'x', settings, returned } });
    t.match(textOf((await browser.get('/box/network')).body), sentence);
  }
});

void t.test('what is typed wrong is told where it is, and nothing is asked', async (t) => {
  const root = new FakeRoot(t);
  const { browser } = await Site.start(t, root.appliance);
  const cases: [Record<string, string>, string, string][] = [
    [{ name: 'two words' }, 'name', 'letters, digits and hyphens'],
    [{ name: '' }, 'name', 'letters, digits and hyphens'],
    [{ address: '10.0.0.5' }, 'address', 'with its prefix is needed'],
    [{ address: '10.0.0.255/24' }, 'address', 'broadcast'],
    [{ gateway: '10.9.0.1' }, 'gateway', 'another address of the same network'],
    [{ dns: 'x' }, 'dns', 'Up to three IPv4'],
  ];
  for (const [wrong, field, sentence] of cases) {
    const page = await browser.post('/box/network', { ...typed, ...wrong });
    t.equal(page.status, 422, sentence);
    t.match(page.body, new RegExp(`id="f-${field}-error">[^<]*${sentence}`));
    t.match(page.body, 'value="fixed" selected', 'what was typed is still there');
  }
  t.notOk(root.network.trial);
  const same = await browser.post('/box/network', { name: 'lobby', way: 'dhcp', address: 'whatever' });
  t.match(textOf((await browser.get(same.location)).body), 'in force already');
});

void t.test('a Wi-Fi is set by its password, which nobody sees again', async (t) => {
  const root = new FakeRoot(t);
  const { site, browser } = await Site.start(t, root.appliance);
  const password = 'staple & <battery>';
  const form = { name: 'lobby', way: 'dhcp', wifi: 'key', 'wifi-name': 'Office', 'wifi-country': 'DE' };
  const { wifi } = wifiOf({ name: 'Office', password, country: 'DE' });
  const before = textOf((await browser.get('/box/network')).body);
  t.match(before, 'the cable is the way out');
  t.match(before, /Wi-Fi at this moment this box has none/);

  const wrong = await browser.post('/box/network', { ...form, 'wifi-password': `${password}ä` });
  t.equal(wrong.status, 422);
  t.match(wrong.body, /id="f-wifi-password-error">[^<]*8 to 63 characters/);
  t.notMatch(wrong.body, 'staple');
  t.match(wrong.body, 'value="Office"');

  writeFileSync(`${root.folder}/operstate`, 'dormant\n');
  await browser.post('/box/network', { ...form, 'wifi-password': password });
  t.match(root.network.trial, { settings: { name: 'lobby', wifi } });
  t.match(
    textOf((await browser.get('/box/network')).body),
    /Wi-Fi Office Wi-Fi at this moment not connected/,
  );
  writeFileSync(`${root.folder}/operstate`, 'up\n');
  site.localAddress = '192.168.1.7';
  const trial = await browser.get('/box/network');
  t.match(textOf(trial.body), /Wi-Fi at this moment connected/);
  await browser.post('/box/network/keep', { id: root.network.trial!.id });
  const kept = await browser.get('/box/network');
  t.match(kept.body, 'value="key" selected');
  t.match(textOf(kept.body), 'Empty = the present one stays');

  const key = String(wifi?.key);
  const { changes } = await site.store.changes.list();
  const shown = [wrong.body, trial.body, kept.body, JSON.stringify([changes, site.logged])];
  for (const text of shown) {
    t.notMatch(text, key);
    t.notMatch(text, 'staple');
  }
  t.match(changes[1], { after: { network: { wifi: { name: 'Office', password: '…', country: 'DE' } } } });

  const { location } = await browser.post('/box/network', { ...form, 'wifi-password': '' });
  t.match(location, 'done=same');
  await browser.post('/box/network', { ...form, name: 'hall', 'wifi-password': '' });
  t.match(root.network.trial, { settings: { name: 'hall', wifi } }, 'the key is the one that was there');
});

void t.test('calls that a new address would end are told', async (t) => {
  const root = new FakeRoot(t);
  const { site, browser } = await Site.start(t, root.appliance);
  t.notMatch(textOf((await browser.get('/box/network')).body), 'going on');
  site.store.calls.begin(callOf('one', { startedAt: site.clock.now() }));
  t.match(textOf((await browser.get('/box/network')).body), 'One call is going on; a new address ends it.');
});

void t.test('a trial is followed, and its end loads the page again', async (t) => {
  const root = new FakeRoot(t);
  const { site, browser } = await Site.start(t, root.appliance);
  await browser.post('/box/network', typed);
  await site.app.listen({ port: 0 });
  const { port } = site.app.server.address() as { port: number };
  const open = new OpenPage(port, '/box/network/live', browser);
  t.teardown(() => open.close());
  await open.count(1);
  t.match(open.last, 'Taken back in 03:00');
  await browser.post('/box/network/return', { id: root.network.trial!.id });
  await open.count(2);
  t.equal(open.events.at(-1)?.event, 'gone');
});

void t.test('a box whose root programs say nothing says so', async (t) => {
  const root = new FakeRoot(t);
  const { browser } = await Site.start(t, root.appliance);
  rmSync(`${root.folder}/answers`, { recursive: true });
  t.match(textOf((await browser.get('/box/network')).body), 'does not answer. Start the box again.');
  t.equal((await browser.post('/box/network', typed)).status, 503);
});
