// A whole box for a test: the supervisor with its SIP server, rtpengine and application as separate processes, on
// ports and in a folder of its own, exactly as `make run` starts it. Tests see it only from outside: by SIP, RTP and
// HTTP. With PARTYLINE_DRACHTIO set, the box uses that server and no test knows the difference.
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface BoxOptions {
  /** Settings beyond the test's own, PARTYLINE_… */
  readonly env?: Record<string, string>;
  /** Use this data folder and leave it there afterwards. */
  readonly data?: string;
}

/** How long a box may take from spawn to a 200 on /health, ms; measured: about 1.5 s on two idle cores. */
const startTimeoutMs = 45_000;

/** RTP ranges are handed out in turn, so that two boxes of one test process never overlap. */
let nextRtpRange = 0;

export class Box {
  readonly sipPort: number;
  readonly httpPort: number;
  readonly data: string;
  private readonly env: Record<string, string>;
  private readonly keepData: boolean;
  private child: ChildProcess | undefined;
  private output = '';

  private constructor(sipPort: number, httpPort: number, options: BoxOptions) {
    this.sipPort = sipPort;
    this.httpPort = httpPort;
    this.keepData = options.data !== undefined;
    this.data = options.data ?? mkdtempSync(join(tmpdir(), 'partyline-box-'));
    const first = 20_000 + ((process.pid + nextRtpRange++) % 6) * 2_000;
    this.env = {
      PARTYLINE_ADDRESS: '127.0.0.1',
      PARTYLINE_SIP_PORT: String(sipPort),
      PARTYLINE_HTTP_PORT: String(httpPort),
      PARTYLINE_RTP_PORTS: `${first}-${first + 1_999}`,
      PARTYLINE_DATA: this.data,
      PARTYLINE_RUNTIME: join(root, '.runtime'),
      ...options.env,
    };
  }

  /** A box that takes calls. */
  static async start(options: BoxOptions = {}): Promise<Box> {
    const sipPort = Number(
      options.env?.PARTYLINE_SIP_PORT ?? process.env.PARTYLINE_SIP_PORT ?? (await freePort()),
    );
    const box = new Box(sipPort, await freePort(), options);
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

  async stop(): Promise<void> {
    const child = this.child;
    if (child && child.exitCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    }
    this.child = undefined;
    if (!this.keepData) rmSync(this.data, { recursive: true, force: true });
  }

  async boot(): Promise<void> {
    const child = spawn(process.execPath, [join(root, 'dist/src/supervisor.js')], {
      cwd: root,
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const keep = (chunk: Buffer) => {
      this.output = (this.output + chunk.toString()).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const deadline = Date.now() + startTimeoutMs;
    while (!(await this.healthy())) {
      if (child.exitCode !== null) throw new Error(`The box stopped while starting:\n${this.output}`);
      if (Date.now() > deadline) {
        await this.stop();
        throw new Error(`The box did not become healthy in ${startTimeoutMs} ms:\n${this.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
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
