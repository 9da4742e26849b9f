// Two hundred phones come and go while one stays: no call, no leg and no port of them is left behind, and no memory
// beyond a bound.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { now } from '../phone/rtp-clock.js';
import { PhoneFarm } from '../phone/phone-farm.js';
import { Box } from './box.js';
import { dial, hears, newNumber } from './callers.js';

const box = await Box.start({ ownSipServer: true });
t.teardown(() => box.stop());

const rounds = 20;
const atOnce = 10;
/**
 * How much a process may have grown after 200 joins and leaves, MB. Node's heap breathes by some 20 MB. rtpengine grows
 * by 57 MB in the first 200, by 100 MB in 1,000 and then no more (measured): it holds two rooms with 50 departed legs
 * each at most, and its allocator gives nothing back. Without the replacement of rooms it would be 45 MB per 100.
 */
const bounds = { rtpengine: 85, 'sip-server': 40, application: 50 } as const;
const parts = ['rtpengine', 'sip-server', 'application'] as const;

function memoryMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

async function settles(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = now() + 5000;
  while (!(await holds())) {
    if (now() > end) throw new Error(`${what}: not within 5 s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

void t.test('200 joins and leaves', async (t) => {
  const number = newNumber();
  await box.conference({ conference_numbers: [number], play_welcome: false });
  const host = await dial(t, box, number, { tone: 500 });
  await hears(host, 'music');
  const farm = await PhoneFarm.start(Array.from({ length: atOnce }, () => ({ tone: 900 })));
  t.teardown(() => farm.stop());
  const comeAndGo = async () => {
    const results = await farm.ask('call', { targets: box.uri(number) });
    t.ok(
      results.every(({ ok }) => ok),
      'all were answered',
    );
    await farm.ask('waitForTone', { hz: 500, options: { min: 2000, ms: 200, timeoutMs: 15_000 } });
    await farm.ask('hangup');
  };
  // The first round fills caches and pools.
  await comeAndGo();
  const alone = async () => (await box.mediaCalls()).length === 2;
  await settles('one ingress and one room', alone);
  const before = parts.map((part) => memoryMb(box.pid(part)));
  const ports = box.openRtpPorts().length;
  for (let round = 0; round < rounds; round++) await comeAndGo();
  await settles('one ingress and one room', alone);
  const grown = parts.map((part, n) => Math.round((memoryMb(box.pid(part)) - before[n]!) * 10) / 10);
  t.comment(`grown by ${parts.map((part, n) => `${part} ${grown[n]} MB`).join(', ')}`);
  parts.forEach((part, n) => t.ok(grown[n]! < bounds[part], `${part} grew by ${grown[n]} MB`));
  // rtpengine closes the ports of who has left a moment later.
  await settles('as many ports as before', () => box.openRtpPorts().length === ports);
  t.equal(box.openRtpPorts().length, ports, 'no port is left open');
  await hears(host, 'music');
  await host.hangup();
  await settles('nothing', async () => (await box.mediaCalls()).length === 0);
  await box.ended(host.callId);
  const records = await box.records();
  t.equal(records.filter(({ endReason }) => endReason === 'hangup').length, 1 + (rounds + 1) * atOnce);
});
