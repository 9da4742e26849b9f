import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import t from 'tap';
import { DtmfListener, parseDtmfDatagram, type DtmfEvent } from '../../src/dtmf/index.js';

/** As rtpengine 26 sends it. */
const real = {
  callid: 'inA',
  source_tag: 'P',
  source_label: '',
  tags: ['P', 'Q'],
  type: 'DTMF',
  timestamp: 1795391105,
  source_ip: '127.0.0.1',
  event: 5,
  duration: 200,
  volume: 10,
};

const parse = (value: unknown) => parseDtmfDatagram(Buffer.from(JSON.stringify(value)));

void t.test('a datagram of rtpengine', (t) => {
  t.strictSame(parse(real), { callId: 'inA', sourceTag: 'P', digit: '5', durationMs: 200 });
  t.equal(parse({ ...real, event: 10 })?.digit, '*');
  t.equal(parse({ ...real, event: 11 })?.digit, '#');
  t.equal(parse({ ...real, event: 15 })?.digit, 'D');
  t.equal(parse({ ...real, duration: undefined })?.durationMs, 0);
  t.equal(parse({ ...real, duration: 1e9 })?.durationMs, 60_000);
  t.equal(parse({ ...real, duration: -3 })?.durationMs, 0);
  t.end();
});

void t.test('anything else is nothing', (t) => {
  const wrong: unknown[] = [
    null,
    5,
    'text',
    [],
    {},
    { ...real, type: 'other' },
    { ...real, event: 16 },
    { ...real, event: -1 },
    { ...real, event: 1.5 },
    { ...real, event: '5' },
    { ...real, callid: '' },
    { ...real, callid: 7 },
    { ...real, callid: 'x'.repeat(300) },
    { ...real, source_tag: undefined },
    { ...real, filler: 'x'.repeat(5000) },
  ];
  for (const value of wrong) t.equal(parse(value), undefined, JSON.stringify(value)?.slice(0, 60));
  t.equal(parseDtmfDatagram(Buffer.from('{"callid":')), undefined);
  t.equal(parseDtmfDatagram(Buffer.alloc(0)), undefined);
  t.equal(parseDtmfDatagram(Buffer.from('['.repeat(4000))), undefined, 'deeply nested');
  t.end();
});

void t.test('random bytes never throw', (t) => {
  const text = JSON.stringify(real);
  for (let round = 0; round < 2000; round++) {
    const bytes = Buffer.from(text);
    for (let flips = 0; flips <= round % 5; flips++) {
      bytes[(round * 31 + flips * 7) % bytes.length] = (round * 17 + flips * 101) % 256;
    }
    parseDtmfDatagram(bytes);
  }
  t.pass('2000 datagrams');
  t.end();
});

void t.test('over the wire', async (t) => {
  const listener = new DtmfListener();
  const { port, address } = await listener.start();
  t.equal(address, '127.0.0.1');
  const phone = createSocket('udp4');
  t.teardown(async () => {
    phone.close();
    await listener.stop();
  });
  const dropped = once(listener, 'dropped');
  phone.send('no JSON', port, '127.0.0.1');
  t.strictSame(await dropped, [{ reason: 'form', from: '127.0.0.1' }]);
  const heard = once(listener, 'digit');
  phone.send(JSON.stringify({ ...real, event: 0 }), port, '127.0.0.1');
  const [event] = (await heard) as [DtmfEvent];
  t.strictSame(event, { callId: 'inA', sourceTag: 'P', digit: '0', durationMs: 200 });
});

void t.test('nobody but the media server may press keys', async (t) => {
  const listener = new DtmfListener({ from: '127.0.0.9' });
  const { port } = await listener.start();
  const stranger = createSocket('udp4');
  t.teardown(async () => {
    stranger.close();
    await listener.stop();
  });
  let digits = 0;
  listener.on('digit', () => digits++);
  const dropped = once(listener, 'dropped');
  stranger.send(JSON.stringify(real), port, '127.0.0.1');
  t.strictSame(await dropped, [{ reason: 'sender', from: '127.0.0.1' }]);
  t.equal(digits, 0);
});

void t.test('a taken port is an error, and stop frees it', async (t) => {
  const first = new DtmfListener();
  const { port } = await first.start();
  const second = new DtmfListener({ port });
  await t.rejects(second.start(), { code: 'EADDRINUSE' });
  await second.stop();
  await first.stop();
  await second.start();
  await second.stop();
  await second.stop();
});
