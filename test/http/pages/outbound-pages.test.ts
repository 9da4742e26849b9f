import t from 'tap';
import { Site, textOf } from './site.js';

const peer = {
  uri: 'sip:PBX.example:5070;transport=tcp',
  user: 'box',
  password: ' s3cret<',
  callerNumber: '+49301234',
  callerName: 'Office',
};

void t.test('the peer is set, changed and forgotten; its password is never shown', async (t) => {
  const { site, browser } = await Site.start(t);
  const shown = async () => (await browser.get('/box/outbound')).body;
  t.match(textOf(await shown()), 'No peer is set.');
  t.equal((await browser.post('/box/outbound', peer)).location, '/box/outbound?done=saved');
  const stored = {
    host: 'pbx.example',
    port: 5070,
    transport: 'tcp',
    user: 'box',
    password: ' s3cret<',
    callerNumber: '+49301234',
    callerName: 'Office',
  };
  t.same(await site.store.outboundPeer.get(), stored);
  const body = await shown();
  t.match(body, 'value="sip:pbx.example:5070;transport=tcp"');
  t.notMatch(body, 's3cret');
  t.match(textOf(body), 'There is one.');

  await browser.post('/box/outbound', { ...peer, password: '', callerName: '' });
  const { callerName: _, ...unnamed } = stored;
  t.same(await site.store.outboundPeer.get(), unnamed, 'the password stays, what was emptied goes');
  const other = await browser.post('/box/outbound', { ...peer, password: '', user: 'other' });
  t.equal(other.status, 422, 'another user has another password');
  t.match(textOf(other.body), 'A user needs a password');

  t.equal((await browser.post('/box/outbound/clear')).location, '/box/outbound?done=cleared');
  t.equal(await site.store.outboundPeer.get(), undefined);
  const changes = textOf((await browser.get('/box/changes')).body);
  t.match(changes, /Outbound peer.*sip:pbx\.example:5070;transport=tcp/);
  t.notMatch(changes, 's3cret');
});

void t.test('what is wrong stands at the field, and nothing is lost', async (t) => {
  const { site, browser } = await Site.start(t);
  const cases: [Record<string, string>, string][] = [
    [{ uri: 'http://pbx' }, 'An address like sip:host'],
    [{ uri: '' }, 'An address like sip:host'],
    [{ uri: 'sip:192.0.2.1' }, 'This is the box itself.'],
    [{ uri: 'sip:192.0.2.1:5060;transport=tcp' }, 'This is the box itself.'],
    [{ user: 'a"b' }, 'without quotation marks'],
    [{ callerNumber: '1 2' }, 'Digits, with a plus'],
    [{ callerName: 'a\u0007' }, 'At most 128 characters.'],
  ];
  for (const [wrong, sentence] of cases) {
    const { status, body } = await browser.post('/box/outbound', { ...peer, ...wrong });
    t.equal(status, 422);
    t.match(textOf(body), sentence);
    t.match(body, /aria-invalid="true"/);
    if (!('callerNumber' in wrong)) t.match(body, 'value="+49301234"');
    t.notMatch(body, 's3cret');
  }
  t.equal(await site.store.outboundPeer.get(), undefined);
});
