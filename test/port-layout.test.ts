import t from 'tap';
import { portLayout } from '../src/port-layout.js';
import { rtpengineConfig } from '../src/rtpengine-config.js';

void t.test('phones get pairs, everything inside the rest, and nothing overlaps', async (t) => {
  for (const [first, last] of [
    [30_000, 39_999],
    [30_001, 30_100],
    [20_000, 20_063],
  ] as const) {
    const { slots, innerPorts } = portLayout({ first, last });
    t.ok(slots.length > 0);
    t.ok(slots.every(({ port }) => port % 2 === 0 && port >= first));
    const used = slots.at(-1)!.port + 1;
    t.equal(innerPorts.first, used + 1);
    t.equal(innerPorts.last, last);
    t.ok(innerPorts.last - innerPorts.first + 1 >= 6 * slots.length, 'each phone has its six ports inside');
  }
  t.equal(portLayout({ first: 30_000, last: 39_999 }).slots.length, 600, 'more are of no use');
});

void t.test('rtpengine is told every slot, and what measurement has shown to be needed', async (t) => {
  const layout = portLayout({ first: 30_000, last: 30_199 });
  const text = rtpengineConfig({
    address: '192.0.2.1',
    layout,
    ngPort: 2223,
    dtmfPort: 2224,
    threads: 2,
    debug: false,
  });
  t.match(text, /^\[rtpengine\]\n/);
  for (const line of ['audio-buffer-length = 200', 'audio-buffer-delay = 5', 'dtmf-no-suppress = true']) {
    t.ok(text.includes(`\n${line}\n`), line);
  }
  t.equal(text.match(/^\[slot-s\d+\]$/gm)?.length, layout.slots.length);
  t.match(text, /\[slot-inner\]\naddress = 127\.0\.0\.1\n/);
  t.match(text, /\[slot-s0\]\naddress = 192\.0\.2\.1\nport-min = 30000\nport-max = 30001\n/);
  t.match(text, /listen-ng = 127\.0\.0\.1:2223\n/, 'on loopback alone');
});
