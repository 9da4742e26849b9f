// How quick Kazoo's API is with many conferences, what it costs to hear who is talking, and whether people in a conference
// notice a client that asks two hundred times a second.
import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { Store } from '../../src/store/index.js';
import type { Box } from '../calls/box.js';
import { adminPassword, KazooClient } from '../calls/kazoo-client.js';
import { EventClient } from '../http/kazoo/event-client.js';
import { documentOf } from '../store/scratch.js';
import { type Bench, type Figure, type Part, type PartResult, pause, processesOf } from './bench.js';
import { gather, type Party } from './party.js';
import { type Cost, startMeter } from './processes.js';
import { percentile, rounded, summarise } from './statistics.js';

const conferences = 1000;
const samples = 200;
const partySize = 20;
const partyTalkers = 3;
const tapSeconds = 10;
const ratePerSecond = 200;
const loadSeconds = 60;

export const api: Part = {
  name: 'api',
  title: 'the Kazoo API',
  async run(bench: Bench): Promise<PartResult> {
    const box = await bench.box({ env: { PARTYLINE_ADMIN_PASSWORD: adminPassword } });
    const ids = await fill(box);
    const client = new Client(box, await KazooClient.login(box));
    bench.defer(() => Promise.resolve(client.stop()));
    const quick = await measureCalls(bench, client, ids);
    const party = await gather(bench, box, { number: '7400', size: partySize, talkers: partyTalkers });
    const taps = await measureTaps(bench, box, client, party);
    const load = await measureLoad(bench, box, client, party, ids);
    await party.farm.stop();
    return { figures: [...quick.figures, ...taps.figures, ...load.figures], details: { quick, taps, load } };
  },
};

/** As many stored conferences as a large company has; their ids. */
async function fill(box: Box): Promise<string[]> {
  const store = new Store({ file: join(box.data, 'partyline.db'), tool: true });
  await store.start();
  const ids: string[] = [];
  for (let n = 0; n < conferences; n++) {
    const document = documentOf({
      name: `Conference ${createHash('md5').update(String(n)).digest('hex')}`,
      conference_numbers: [String(20_000 + n)],
      member: { pins: [String(1000 + n)] },
    });
    ids.push((await store.conferences.create(document)).id);
  }
  await store.stop();
  return ids;
}

/** A client that keeps its connections, as programs do. */
class Client {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 32 });
  private readonly base: string;
  readonly kazoo: KazooClient;

  constructor(box: Box, kazoo: KazooClient) {
    this.base = `${box.url}/v2/accounts/${kazoo.account}`;
    this.kazoo = kazoo;
  }

  /** How long it took, ms. @throws when it was refused */
  time(method: string, path: string, data?: unknown): Promise<number> {
    const begun = performance.now();
    return new Promise((resolve, reject) => {
      const sent = request(`${this.base}${path}`, {
        method,
        agent: this.agent,
        headers: { 'x-auth-token': this.kazoo.token },
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        response.resume();
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode = 0 } = response;
          if (statusCode < 300) resolve(performance.now() - begun);
          else reject(new Error(`${method} ${path}: ${statusCode}`));
        });
      });
      sent.end(data === undefined ? undefined : JSON.stringify({ data }));
    });
  }

  stop(): void {
    this.agent.destroy();
  }
}

async function measureCalls(bench: Bench, client: Client, ids: readonly string[]) {
  const series = async (call: (n: number) => Promise<number>): Promise<number[]> => {
    for (let n = 0; n < 20; n++) await call(n);
    const times: number[] = [];
    for (let n = 0; n < samples; n++) times.push(await call(n));
    return times;
  };
  const measured = {
    'a page of the list': await series(() => client.time('GET', '/conferences')),
    'one of 1,000 read': await series((n) => client.time('GET', `/conferences/${ids[n * 3]}`)),
    patch: await series((n) =>
      client.time('PATCH', `/conferences/${ids[n * 2]}`, {
        max_participants: 10 + (n % 7),
        ui_metadata: { n },
      }),
    ),
    'all 1,000 listed at once': await series(() => client.time('GET', '/conferences?paginate=false')),
  };
  const targets: Record<string, number> = { 'a page of the list': 20, patch: 10 };
  const figures = Object.entries(measured).flatMap(([what, times]): Figure[] => [
    { what: `${what}, p50`, value: percentile(times, 0.5), unit: 'ms' },
    {
      what: `${what}, p95`,
      value: percentile(times, 0.95),
      unit: 'ms',
      ...(targets[what] !== undefined && { target: { atMost: targets[what] } }),
    },
  ]);
  for (const [what, times] of Object.entries(measured)) {
    bench.progress(
      `${what}: p50 ${rounded(percentile(times, 0.5))}, p95 ${rounded(percentile(times, 0.95))} ms`,
    );
  }
  return {
    figures,
    ...Object.fromEntries(Object.entries(measured).map(([what, times]) => [what, summarise(times)])),
  };
}

/** What rtpengine and the application use, cores. */
async function costOf(box: Box, { farm }: Party, seconds: number): Promise<Cost> {
  const stopMeter = startMeter({ ...processesOf(box), phones: farm.pid });
  await pause(seconds * 1000);
  return stopMeter();
}

async function measureTaps(bench: Bench, box: Box, client: Client, party: Party) {
  const rounds: { without: Cost; with: Cost }[] = [];
  // In turn, so that what else the machine does meets both alike.
  for (let round = 0; round < 3; round++) {
    const without = await costOf(box, party, tapSeconds);
    const events = await EventClient.open(box.url.replace('http', 'ws'));
    bench.defer(() => Promise.resolve(events.socket.terminate()));
    await events.subscribe(client.kazoo.token, client.kazoo.account, `conference.event.${party.id}.*`);
    await talkersHeard(events);
    rounds.push({ without, with: await costOf(box, party, tapSeconds) });
    events.socket.terminate();
    // They are listened to for a while longer than anybody asks (src/calls/talk-watch.ts).
    if (round < 2) await pause(32_000);
  }
  const perMember = (name: string): number => {
    const differences = rounds.map(
      (round) =>
        (round.with.cpu[name] ?? NaN) / round.with.seconds -
        (round.without.cpu[name] ?? NaN) / round.without.seconds,
    );
    return (percentile(differences, 0.5) / partySize) * 100;
  };
  const [rtpengine, application] = [perMember('rtpengine'), perMember('application')];
  bench.progress(
    `hearing who talks costs ${rounded(rtpengine + application)} % of a core per member, ` +
      `${rounded(application)} % of it in the application`,
  );
  const unit = '% of a core';
  return {
    rounds,
    figures: [
      { what: 'hearing who talks, per member, rtpengine', value: rtpengine, unit },
      { what: 'hearing who talks, per member, application', value: application, unit },
    ] satisfies Figure[],
  };
}

/** Resolves when all who talk have been heard to. */
async function talkersHeard(events: EventClient): Promise<void> {
  const talking = () => events.events.filter(({ data }) => data.event === 'start-talking').length;
  await events.next(() => talking() >= partyTalkers, 10_000);
}

async function measureLoad(bench: Bench, box: Box, client: Client, party: Party, ids: readonly string[]) {
  const before = await gapsOf(party, () => pause(loadSeconds * 1000));
  const calls: ((n: number) => Promise<number>)[] = [
    () => client.time('GET', `/conferences/${party.id}/participants`),
    (n) => client.time('GET', `/conferences/${ids[n % ids.length]}`),
    () => client.time('GET', `/conferences/${party.id}`),
    () => client.time('GET', '/conferences'),
    (n) => client.time('PATCH', `/conferences/${ids[n % ids.length]}`, { max_participants: 5 + (n % 9) }),
  ];
  const times: number[] = [];
  const failures: string[] = [];
  const stopMeter = startMeter({ ...processesOf(box), phones: party.farm.pid });
  const during = await gapsOf(party, async () => {
    const begun = performance.now();
    const running: Promise<void>[] = [];
    for (let n = 0; n < ratePerSecond * loadSeconds; n++) {
      const due = begun + (n * 1000) / ratePerSecond;
      const early = due - performance.now();
      if (early > 1) await pause(early);
      const one = calls[n % calls.length]!(n).then(
        (ms) => void times.push(ms),
        (error: unknown) => void failures.push(String(error)),
      );
      running.push(one);
    }
    await Promise.all(running);
  });
  const cost = stopMeter();
  bench.progress(
    `${times.length} calls in ${loadSeconds} s: p50 ${rounded(percentile(times, 0.5))}, ` +
      `p95 ${rounded(percentile(times, 0.95))} ms, ${failures.length} failed; longest gap ${rounded(during.longestMs)} ms, ` +
      `${rounded(before.longestMs)} ms without them; others used ${rounded(cost.others)} cores`,
  );
  const note = `${rounded(before.longestMs)} ms without the calls; others used ${rounded(cost.others)} cores`;
  const what = `${ratePerSecond} calls a second for ${loadSeconds} s`;
  return {
    before,
    during,
    cost,
    failures: failures.slice(0, 10),
    times: summarise(times),
    figures: [
      { what: `${what}, p50`, value: percentile(times, 0.5), unit: 'ms' },
      { what: `${what}, p95`, value: percentile(times, 0.95), unit: 'ms' },
      { what: `${what}, failed`, value: failures.length, unit: '', target: { atMost: 0 } },
      {
        what: `${what}, longest gap of ${partySize} phones`,
        value: during.longestMs,
        unit: 'ms',
        // As much as packets jitter without them.
        target: { atMost: Math.max(40, before.longestMs * 1.25) },
        note,
      },
      {
        what: `${what}, packets lost to phones`,
        value: during.missing,
        unit: '',
        target: { atMost: before.missing },
      },
      {
        what: `${what}, CPU of the application`,
        value: ((cost.cpu.application ?? NaN) / cost.seconds) * 100,
        unit: '%',
      },
    ] satisfies Figure[],
  };
}

interface Gaps {
  readonly longestMs: number;
  readonly missing: number;
  readonly phonesLateMs: number;
}

async function gapsOf({ farm }: Party, work: () => Promise<unknown>): Promise<Gaps> {
  await farm.ask('resetStats');
  await work();
  const { worstLatenessMs } = await farm.ask('health');
  const reports = [];
  // One phone at a time: for a report of all, the phones would stand still for 0.2 s and then send everything at once.
  for (let n = 0; n < partySize; n++) {
    reports.push(...(await farm.ask('report', { only: [n] })));
    await pause(50);
  }
  return {
    longestMs: Math.max(...reports.map(({ stats }) => stats.longestGapMs)),
    missing: reports.reduce((sum, { stats }) => sum + stats.missing, 0),
    phonesLateMs: worstLatenessMs,
  };
}
