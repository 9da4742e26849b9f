// A whole box for a test: the supervisor with its SIP server, rtpengine and application as separate processes, on
// ports and in a folder of its own, exactly as `make run` starts it. Tests see it only from outside: by SIP, RTP and
// HTTP. With PARTYLINE_DRACHTIO set, the box uses that server and no test knows the difference.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'rtpengine-client';
import { validateConference } from '../../src/conference/index.js';
import { Store, type CallRecord } from '../../src/store/index.js';
import { asItShips } from '../as-it-ships.js';
import { takeRtpRange, type RtpRange } from './rtp-range.js';
import { realRuntime, toneRuntime } from './tone-sounds.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface BoxOptions {
  /** Settings beyond the test's own, PARTYLINE_… */
  readonly env?: Record<string, string>;
  /** Use this data folder and leave it there afterwards. */
  readonly data?: string;
  /** A SIP server of its own even where the tests are given one: for what happens to that server, or beside it. */
  readonly ownSipServer?: boolean;
  /** The prompts and the music that people hear; otherwise each sound is a tone of its own (tone-sounds.ts). */
  readonly realSounds?: boolean;
}

/** How long a box may take from spawn to a 200 on /health, ms; measured: about 1.5 s on two idle cores. */
const startTimeoutMs = 45_000;

export class Box {
  readonly sipPort: number;
  readonly httpPort: number;
  readonly data: string;
  private readonly env: Record<string, string>;
  private readonly keepData: boolean;
  private child: ChildProcess | undefined;
  private output = '';

  private readonly rtpRange: RtpRange;

  private constructor(sipPort: number, httpPort: number, rtpRange: RtpRange, options: BoxOptions) {
    this.rtpRange = rtpRange;
    this.sipPort = sipPort;
    this.httpPort = httpPort;
    this.keepData = options.data !== undefined;
    this.data = options.data ?? mkdtempSync(join(tmpdir(), 'partyline-box-'));
    this.env = {
      PARTYLINE_ADDRESS: '127.0.0.1',
      PARTYLINE_SIP_PORT: String(sipPort),
      PARTYLINE_HTTP_PORT: String(httpPort),
      PARTYLINE_RTP_PORTS: rtpRange.text,
      PARTYLINE_HTTPS_PORT: '0',
      PARTYLINE_DATA: this.data,
      PARTYLINE_RUNTIME: options.realSounds ? realRuntime : toneRuntime(),
      ...(options.ownSipServer && { PARTYLINE_DRACHTIO: '', PARTYLINE_DRACHTIO_SECRET: '' }),
      ...options.env,
    };
  }

  /** A box that takes calls. */
  static async start(options: BoxOptions = {}): Promise<Box> {
    const given = options.ownSipServer ? undefined : process.env.PARTYLINE_SIP_PORT;
    const sipPort = Number(options.env?.PARTYLINE_SIP_PORT ?? given ?? (await freePort()));
    const box = new Box(sipPort, await freePort(), await takeRtpRange(), options);
    await box.boot();
    return box;
  }

  /** SIP address of a number on this box. */
  uri(number: string): string {
    return `sip:${number}@${this.env.PARTYLINE_ADDRESS}:${this.sipPort}`;
  }

  get url(): string {
    return `http://127.0.0.1:${this.httpPort}`;
  }

  get supervisorPid(): number {
    return this.child!.pid!;
  }

  /** What the box said on its terminal, for failures. */
  get said(): string {
    return this.output;
  }

  /** The lines of the box's log so far, parsed. */
  log(): Record<string, unknown>[] {
    return readFileSync(join(this.data, 'log', 'partyline.log'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Creates a conference as an admin would, with the box running; the keys given over the schema's defaults. */
  async conference(document: Record<string, unknown>): Promise<string> {
    const validated = validateConference({ member: { join_muted: false }, ...document });
    if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
    return this.withStore(async (store) => (await store.conferences.create(validated.document)).id);
  }

  /** The call records so far, the newest first. */
  records(): Promise<readonly CallRecord[]> {
    return this.withStore(async (store) => (await store.calls.list({ limit: 500 })).calls);
  }

  /** Resolves with the record of the call with this SIP Call-ID once it has ended; records are written in groups. */
  async ended(sipCallId: string, timeoutMs = 5000): Promise<CallRecord> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const record = (await this.records()).find((one) => one.sipCallId === sipCallId);
      if (record?.endedAt !== undefined) return record;
      if (Date.now() > deadline)
        throw new Error(`no ended record of ${sipCallId}: ${JSON.stringify(record)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Resolves with the first line of the box's log that fits. */
  async logged(
    fits: (line: Record<string, unknown>) => boolean,
    timeoutMs = 5000,
  ): Promise<Record<string, unknown>> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const line = this.log().find(fits);
      if (line) return line;
      if (Date.now() > deadline) throw new Error(`not logged in ${timeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Process id of a part of the box. */
  pid(part: 'rtpengine' | 'sip-server' | 'application'): number {
    const pattern = {
      rtpengine: /rtpengine/,
      'sip-server': /embedded-drachtio/,
      application: /src\/main\.js/,
    }[part];
    for (const entry of readdirSync('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      try {
        const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${entry}/status`, 'utf8'))?.[1];
        const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8');
        if (Number(parent) === this.supervisorPid && pattern.test(command)) return Number(entry);
      } catch {
        // It ended while we looked.
      }
    }
    throw new Error(`the box has no process ${part}`);
  }

  /** The calls rtpengine has, but for the one by which the box knows that it lives. */
  async mediaCalls(): Promise<string[]> {
    const { ng } = JSON.parse(readFileSync(join(this.data, 'run', 'ports.json'), 'utf8')) as { ng: number };
    const reply = await ask(ng, { command: 'list', limit: '1000' });
    return ((reply.calls ?? []) as string[]).filter((id) => !id.endsWith('-canary'));
  }

  /** As mediaCalls, when calls have ended: what is left when they had 5 s to be taken away. */
  async mediaCallsLeft(): Promise<string[]> {
    const deadline = Date.now() + 5000;
    let left = await this.mediaCalls();
    while (left.length > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      left = await this.mediaCalls();
    }
    return left;
  }

  /** UDP ports of the RTP range that are open. */
  openRtpPorts(): number[] {
    const [first = 0, last = 0] = (this.env.PARTYLINE_RTP_PORTS ?? '').split('-').map(Number);
    return readFileSync('/proc/net/udp', 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => parseInt(line.trim().split(/\s+/)[1]?.split(':')[1] ?? '0', 16))
      .filter((port) => port >= first && port <= last);
  }

  private async withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
    const store = new Store({ file: join(this.data, 'partyline.db'), tool: true });
    await store.start();
    try {
      return await work(store);
    } finally {
      await store.stop();
    }
  }

  /** Ctrl-C; resolves with the exit code. */
  async interrupt(): Promise<number | null> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return null;
    const gone = once(child, 'exit') as Promise<[number | null]>;
    child.kill('SIGINT');
    return (await gone)[0];
  }

  async stop(): Promise<void> {
    await this.interrupt();
    this.rtpRange.release();
    if (!this.keepData) rmSync(this.data, { recursive: true, force: true });
  }

  async boot(): Promise<void> {
    const child = spawn(...asItShips(process.execPath, [join(root, 'dist/src/supervisor.js')]), {
      cwd: root,
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    // A test that fails outside of its tests must not leave a box behind.
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    this.output = '';
    const keep = (chunk: Buffer) => {
      this.output = (this.output + chunk.toString()).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const deadline = Date.now() + startTimeoutMs;
    // The last line of the greeting comes a moment after the health.
    while (!(this.output.includes('\nWeb: ') && (await this.healthy()))) {
      if (child.exitCode !== null) throw new Error(`The box stopped while starting:\n${this.output}`);
      if (Date.now() > deadline) {
        await this.stop();
        throw new Error(`The box did not become healthy in ${startTimeoutMs} ms:\n${this.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Resolves when it is well, after a part of it died. */
  async well(timeoutMs = 10_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await this.healthy())) {
      if (Date.now() > deadline) throw new Error(`not well in ${timeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  private async healthy(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/health`)).status === 200;
    } catch {
      return false;
    }
  }
}

/** One NG command. @throws when no answer comes in 2 s */
async function ask(port: number, command: Record<string, unknown>): Promise<Record<string, unknown>> {
  const socket = createSocket('udp4');
  try {
    const answer = once(socket, 'message', { signal: AbortSignal.timeout(2000) }) as Promise<[Buffer]>;
    socket.send(Client.encodeMessage(randomUUID(), command), port, '127.0.0.1');
    return Client.decodeMessage((await answer)[0]).data as Record<string, unknown>;
  } finally {
    socket.close();
  }
}

/** A port that is free for both UDP and TCP on loopback. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const socket = createSocket('udp4');
    const bound = new Promise<boolean>((resolve) => {
      socket.once('error', () => resolve(false));
      socket.bind(port, '127.0.0.1', () => resolve(true));
    });
    const free = await bound;
    if (free) socket.close();
    server.close();
    if (free) return port;
  }
}
