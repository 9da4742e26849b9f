// Volumes and gates as phones hear them: through rtpengine and a real worker.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import t from 'tap';
import type { MemberId, MixPlan } from '../../src/conference/types.js';
import type { Levels } from '../../src/rtp/gain-messages.js';
import { GainRelayProcess } from '../../src/rtp/gain-relay.js';
import { silentLog } from '../../src/log.js';
import { gainWorkerPid } from '../calls/gain-worker.js';
import { addAll, Box, listen, mesh, toneOf, until } from './box.js';

const relay = new GainRelayProcess({ log: silentLog });
const box = await Box.open(t, {}, { relay });
t.teardown(() => relay.stop());

const amplitude = 1500;
const neutral: Levels = { talkGain: 0, listenGain: 0, gate: 0 };

// Every inner codec, and a neutral phone that measures.
const callers = await Promise.all(
  (['PCMU', 'PCMA', 'G722', 'opus', 'PCMU'] as const).map((codec, n) =>
    box.dial({ tone: toneOf(n), amplitude, codec }),
  ),
);
const phones = callers.map(({ phone }) => phone);
const room = box.engine.createRoom('gain');
addAll(room, callers);

function bending(levels: Partial<Levels>, ids: readonly MemberId[] = [1, 2, 3, 4]): MixPlan {
  return { ...mesh(5), bends: ids.map((id) => ({ id, ...neutral, ...levels })) };
}

/** How much louder than sent the tone of one phone is at another, dB. */
function decibels(listener: number, talker: number, ms = 300): number {
  return 20 * Math.log10((phones[listener - 1]?.level(toneOf(talker - 1), ms) ?? 0) / amplitude);
}

/** All of [listener, talker, dB] are heard within half a dB. */
async function comeToHear(wanted: readonly (readonly [number, number, number])[]): Promise<string[]> {
  const wrong = (): string[] =>
    wanted.flatMap(([listener, talker, db]) => {
      const is = decibels(listener, talker);
      return Math.abs(is - db) < 0.5
        ? []
        : [`${listener} hears ${talker} with ${is.toFixed(1)}, not ${db} dB`];
    });
  const end = performance.now() + 4000;
  while (wrong().length > 0 && performance.now() < end) await listen(40);
  return wrong();
}

function workerPid(): number {
  return gainWorkerPid(process.pid);
}

void t.test('nobody bent, no worker', async (t) => {
  await room.apply(mesh(5));
  t.strictSame(await comeToHear([1, 2, 3, 4].map((talker) => [5, talker, 0] as const)), []);
  t.equal(relay.generation, 0);
  t.throws(workerPid);
});

void t.test('nine levels, both ways, to within half a dB, for every codec', async (t) => {
  for (let level = -4; level <= 4; level++) {
    const gain = 3 * level;
    await room.apply(bending({ talkGain: gain, listenGain: -gain }));
    const talk = [1, 2, 3, 4].map((talker) => [5, talker, gain] as const);
    const hear = [1, 2, 3, 4].map((listener) => [listener, 5, -gain] as const);
    t.strictSame(await comeToHear([...talk, ...hear]), [], `${gain} dB`);
  }
});

void t.test('on the way in and out of the relay no phone loses a packet', async (t) => {
  for (const phone of phones) phone.clear();
  await room.apply(mesh(5));
  await listen(200);
  await room.apply(bending({ talkGain: 3 }));
  await listen(200);
  for (const [n, phone] of phones.entries()) {
    t.equal(phone.missing(), 0, `phone ${n + 1} misses nothing`);
    t.equal(phone.ssrcs.length, 1, 'and hears one stream');
    t.ok(phone.longestGap() < 60, `longest gap ${Math.round(phone.longestGap())} ms`);
  }
});

void t.test('again and again in and out: nobody is ever left beside it', async (t) => {
  for (let turn = 0; turn < 4; turn++) {
    await room.apply(bending({ talkGain: -12, listenGain: -12 }));
    const talk = [1, 2, 3, 4].map((talker) => [5, talker, -12] as const);
    const hear = [1, 2, 3, 4].map((listener) => [listener, 5, -12] as const);
    t.strictSame(await comeToHear([...talk, ...hear]), [], `turn ${turn}`);
    await room.apply(mesh(5));
    await listen(60);
  }
});

void t.test('a gate lets through what is above it', async (t) => {
  // Mean absolute sample of a sine: 2/π of its peak, here 955.
  await room.apply(bending({ gate: 1000 }, [1, 2]));
  await until('1 and 2 are silent', () => decibels(5, 1) < -40 && decibels(5, 2) < -40);
  t.strictSame(await comeToHear([[5, 3, 0] as const, [1, 5, 0] as const]), []);
  await room.apply(bending({ gate: 800 }, [1, 2]));
  t.strictSame(await comeToHear([1, 2].map((talker) => [5, talker, 0] as const)), []);
});

for (const [what, signal] of [
  ['is killed', 'SIGKILL'],
  ['hangs', 'SIGSTOP'],
] as const) {
  void t.test(`a worker that ${what}: neutral within a second, then bent again`, async (t) => {
    await room.apply(bending({ talkGain: -12 }, [1, 2, 3]));
    t.strictSame(await comeToHear([1, 2, 3].map((talker) => [5, talker, -12] as const)), []);
    const { generation } = relay;
    const at = performance.now();
    process.kill(workerPid(), signal);
    await until('neutral', () => [1, 2, 3].every((talker) => decibels(5, talker, 60) > -1.5), 3000);
    t.ok(performance.now() - at < 1000 + 60, `neutral after ${Math.round(performance.now() - at)} ms`);
    await until('another worker', () => relay.generation === generation + 1);
    await listen(300);
    t.strictSame(await comeToHear([1, 2, 3].map((talker) => [5, talker, -12] as const)), []);
  });
}

void t.test('rtpengine is restarted: who was bent is bent', async (t) => {
  await room.apply(bending({ talkGain: 6, listenGain: -6 }, [1, 3]));
  const wanted = [
    [5, 1, 6],
    [5, 3, 6],
    [1, 5, -6],
    [5, 2, 0],
  ] as const;
  t.strictSame(await comeToHear(wanted), []);
  const rebuilt = new Promise((resolve) => box.engine.once('rebuilt', resolve));
  await box.server.restart();
  await rebuilt;
  for (const phone of phones) phone.clear();
  t.strictSame(await comeToHear(wanted), []);
});

void t.test('who hangs up leaves nothing in the worker', async (t) => {
  const udpPorts = (): number => {
    const pid = workerPid();
    const sockets = new Set(
      readFileSync(`/proc/${pid}/net/udp`, 'utf8')
        .split('\n')
        .flatMap((line) => line.trim().split(/\s+/)[9] ?? []),
    );
    return readdirSync(`/proc/${pid}/fd`).filter((fd) => {
      try {
        const inode = /^socket:\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
        return inode !== undefined && sockets.has(inode);
      } catch {
        return false;
      }
    }).length;
  };
  t.equal(udpPorts(), 4, 'two members, two ports each');
  await room.close();
  await until('all are closed', () => udpPorts() === 0);
  t.pass();
});
