// How quick and how heavy the pages of the web page are on a box that is full: as many conferences as a large company has,
// as many call records as are kept. Each page is also asked for as the first one after a start, when nothing is compiled,
// prepared or kept yet.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Store } from '../../src/store/index.js';
import type { Box } from '../calls/box.js';
import { adminPassword } from '../calls/kazoo-client.js';
import { WebVisitor } from '../calls/web-visitor.js';
import { allPages, weightOf } from '../http/pages/all-pages.js';
import { callOf, documentOf } from '../store/scratch.js';
import { type Bench, type Figure, type Part, type PartResult, processesOf } from './bench.js';
import { startMeter } from './processes.js';
import { percentile, rounded, summarise } from './statistics.js';

const conferences = 1000;
/** What is kept at most (src/store/call-records.ts). */
const calls = 100_000;
const recordings = 2000;
const sounds = 500;
const warmUps = 20;
const samples = 200;
const mostMs = 50;
const mostKilobytes = 150;
/** What was disturbed may be repeated: whatever else the machine does must not decide. */
const mostTries = 3;

export const pages: Part = {
  name: 'pages',
  title: 'the web page',
  async run(bench: Bench): Promise<PartResult> {
    const data = mkdtempSync(join(tmpdir(), 'partyline-pages-'));
    bench.defer(() => Promise.resolve(rmSync(data, { recursive: true, force: true })));
    const id = await fill(data);
    bench.progress(`${conferences} conferences and ${calls} call records are written`);
    const box = await bench.box({ data, env: { PARTYLINE_ADMIN_PASSWORD: adminPassword } });
    const visitor = new WebVisitor(box);
    await visitor.get('/login');
    await visitor.post('/login', { name: 'admin', password: adminPassword });
    const client = new PageClient(box, visitor.headers());
    bench.defer(() => Promise.resolve(client.stop()));
    const measured = [];
    for (const [name, path] of pagesOf(id)) {
      const kilobytes = (await weightOf(path, (one) => client.get(one))) / 1000;
      const undisturbed = await best(async () => {
        const stopMeter = startMeter(processesOf(box));
        const times = await client.series(path);
        return { slowest: Math.max(...times), times, others: stopMeter().others };
      });
      measured.push({ name, path, kilobytes, ...undisturbed });
    }
    const figures: Figure[] = [];
    const details: Record<string, unknown> = {};
    for (const { name, path, kilobytes, times, others, tries } of measured) {
      const cold = await best(async () => ({ slowest: await firstAfterStart(box, client, path) }));
      const first = cold.slowest;
      const summary = summarise(times);
      const slowest = Math.max(first, summary.max);
      bench.progress(
        `${name}: p50 ${rounded(summary.p50)}, p95 ${rounded(summary.p95)}, slowest ${rounded(summary.max)}, ` +
          `first after a start ${rounded(first)} ms; ${rounded(kilobytes)} kB; others used ${rounded(others)} cores`,
      );
      details[name] = { ...summary, first, kilobytes, others, tries, triesFirst: cold.tries };
      figures.push(
        { what: `${name}, p95`, value: percentile(times, 0.95), unit: 'ms', target: { atMost: mostMs } },
        {
          what: `${name}, slowest`,
          value: slowest,
          unit: 'ms',
          target: { atMost: mostMs },
          note:
            slowest === first
              ? `the first after a start, try ${cold.tries}`
              : `try ${tries}, others used ${rounded(others)} cores`,
        },
        { what: `${name}, weight`, value: kilobytes, unit: 'kB', target: { atMost: mostKilobytes } },
      );
    }
    return { figures, details };
  },
};

/** The best of some tries; the first one when it is good enough. */
async function best<T extends { readonly slowest: number }>(
  measure: () => Promise<T>,
): Promise<T & { readonly tries: number }> {
  let found = { ...(await measure()), tries: 1 };
  for (let tries = 2; found.slowest > mostMs && tries <= mostTries; tries++) {
    const again = await measure();
    if (again.slowest < found.slowest) found = { ...again, tries };
  }
  return found;
}

function pagesOf(id: string): readonly (readonly [string, string])[] {
  return [
    ...allPages(id),
    ['conferences, searched', '/conferences?search=ff'],
    ['calls of a caller', '/calls?caller=nobody'],
    ['calls of a conference', `/calls?conference=${id}`],
    ['recordings of a conference', `/recordings?conference=${id}`],
  ];
}

/** @returns the id of the conference with the most calls */
async function fill(data: string): Promise<string> {
  const store = new Store({ file: join(data, 'partyline.db'), tool: true });
  await store.start();
  const made: string[] = [];
  await store.transaction(async () => {
    for (let n = 0; n < conferences; n++) {
      const document = documentOf({
        name: `Conference ${createHash('md5').update(String(n)).digest('hex')}`,
        conference_numbers: [String(20_000 + n)],
        member: { pins: [String(1000 + n)] },
        moderator: { pins: [String(100_000 + n)] },
      });
      made.push((await store.conferences.create(document, { author: 'admin' })).id);
    }
    for (let n = 0; n < sounds; n++) {
      const { id } = await store.media.create({ name: `Sound ${n}` });
      await store.media.setSound(id, {
        file: String(n).padStart(64, '0'),
        bytes: 100_000,
        ms: 3000,
        contentType: 'audio/wav',
      });
    }
  });
  const now = Date.now();
  for (let n = 0; n < calls; n++) {
    const startedAt = now - (calls - n) * 60_000;
    const conferenceId = made[(n * n) % made.length]!;
    store.calls.begin(
      callOf(`call-${n}`, {
        startedAt,
        answeredAt: startedAt,
        joinedAt: startedAt + 5000,
        endedAt: startedAt + 600_000,
        endReason: 'hangup',
        conferenceId,
        conferenceName: 'Conference',
        codec: 'PCMA',
        role: 'member',
      }),
    );
    if (n % 500 === 0) await store.calls.flush();
  }
  await store.calls.flush();
  for (let n = 0; n < recordings; n++) {
    const id = createHash('md5').update(`recording ${n}`).digest('hex');
    const startedAt = now - (recordings - n) * 600_000;
    const conferenceId = made[(n * n) % made.length]!;
    await store.transaction(async () => {
      await store.recordings.begin({
        id,
        conferenceId,
        conferenceName: 'C',
        startedBy: 'api',
        startedAt,
        file: id,
      });
      const end = { endedAt: startedAt + 300_000, ms: 300_000, bytes: 1000, state: 'finished' as const };
      await store.recordings.end(id, end);
    });
  }
  await store.stop();
  return made[0]!;
}

/** The page is the first that is asked for; the log-in is of before. */
async function firstAfterStart(box: Box, client: PageClient, path: string): Promise<number> {
  await box.interrupt();
  await box.boot();
  return (await client.get(path)).ms;
}

/** A browser that keeps its connections and is logged in. */
class PageClient {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly url: string;
  private readonly headers: Record<string, string>;

  constructor({ url }: Box, headers: Record<string, string>) {
    this.url = url;
    this.headers = headers;
  }

  async series(path: string): Promise<number[]> {
    for (let n = 0; n < warmUps; n++) await this.get(path);
    const times: number[] = [];
    for (let n = 0; n < samples; n++) times.push((await this.get(path)).ms);
    return times;
  }

  /** @throws when it is not shown */
  get(path: string): Promise<{ ms: number; body: string }> {
    const begun = performance.now();
    return new Promise((resolve, reject) => {
      const sent = request(`${this.url}${path}`, { agent: this.agent, headers: this.headers });
      sent.on('error', reject);
      sent.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const ms = performance.now() - begun;
          const { statusCode } = response;
          if (statusCode === 200) resolve({ ms, body: Buffer.concat(chunks).toString() });
          else reject(new Error(`${path}: ${statusCode}`));
        });
      });
      sent.end();
    });
  }

  stop(): void {
    this.agent.destroy();
  }
}
