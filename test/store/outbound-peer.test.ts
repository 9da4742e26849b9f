// The outbound peer among the settings.
import t from 'tap';
import { parsePeerUri } from '../../src/store/index.js';
import { scratchStore } from './scratch.js';

void t.test('set, read, cleared', async (t) => {
  const { outboundPeer } = await scratchStore(t);
  t.equal(await outboundPeer.get(), undefined);
  const peer = { ...parsePeerUri('sip:PBX.example:5070;transport=tcp'), user: 'box', password: 'p w' };
  await outboundPeer.set(peer);
  t.same(await outboundPeer.get(), {
    host: 'pbx.example',
    port: 5070,
    transport: 'tcp',
    user: 'box',
    password: 'p w',
  });
  t.equal(await outboundPeer.clear(), true);
  t.equal(await outboundPeer.clear(), false);
  t.equal(await outboundPeer.get(), undefined);
});

void t.test('the address', (t) => {
  t.same(parsePeerUri('192.0.2.1'), { host: '192.0.2.1', transport: 'udp' });
  for (const bad of [
    '',
    'sip:',
    'sips:a',
    'a:0',
    'a:70000',
    'a;transport=tls',
    'user@a',
    'a b',
    'a/b',
    '[::1]',
  ])
    t.throws(() => parsePeerUri(bad), /uri: /, bad);
  t.end();
});

void t.test('what is refused names its field and nothing that is secret', async (t) => {
  const { outboundPeer } = await scratchStore(t);
  const place = parsePeerUri('a');
  for (const [peer, field] of [
    [{ ...place, user: 'a"b', password: 'x' }, /user: /],
    [{ ...place, user: 'a' }, /password: /],
    [{ ...place, password: 'hush' }, /password: /],
    [{ ...place, user: 'a', password: 'hush\r\n' }, /password: /],
    [{ ...place, callerNumber: '1 2' }, /caller number: /],
    [{ ...place, callerName: 'a\r\nX: y' }, /caller name: /],
  ] as const) {
    const error: unknown = await outboundPeer.set(peer).catch((thrown: unknown) => thrown);
    t.match(error, { code: 'VALIDATION', message: field });
    t.notMatch(String(error), 'hush');
  }
  t.equal(await outboundPeer.get(), undefined);
});
