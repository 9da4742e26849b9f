// A real rtpengine for the tests of src/rtp: with the product's configuration on ports of its own, killed and started
// again on demand. The product's guard is left out, so that the tests say when it dies and when it is back.
import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from 'rtpengine-client';
import { portLayout, type PortLayout } from '../../src/port-layout.js';
import { rtpengineConfig } from '../../src/rtpengine-config.js';

export interface TestRtpengineOptions {
  readonly debug?: boolean;
}

export class TestRtpengine {
  readonly address = '127.0.0.1';
  readonly ngPort: number;
  readonly dtmfPort: number;
  readonly layout: PortLayout;
  private readonly folder: string;
  private readonly config: string;
  private child: ChildProcess | undefined;

  private constructor(base: number, options: TestRtpengineOptions) {
    this.ngPort = base;
    this.dtmfPort = base + 1;
    this.layout = portLayout({ first: base + 10, last: base + 3010 });
    this.folder = mkdtempSync(join(tmpdir(), 'partyline-rtpengine-'));
    this.config = join(this.folder, 'rtpengine.conf');
    const config = rtpengineConfig({
      address: this.address,
      layout: this.layout,
      ngPort: this.ngPort,
      dtmfPort: this.dtmfPort,
      threads: 2,
      debug: options.debug ?? false,
    });
    writeFileSync(this.config, config);
  }

  /** Resolves when it answers a ping. */
  static async start(options: TestRtpengineOptions = {}): Promise<TestRtpengine> {
    const server = new TestRtpengine(await freeBase(), options);
    server.launch();
    await server.answers();
    return server;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** Resident memory, KiB. */
  get rssKb(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
  }

  /** User and system time so far, s. */
  get cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** kill -9; resolves when the process is gone. */
  kill(): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((done) => {
      child.once('exit', () => done());
      child.kill('SIGKILL');
    });
  }

  /** Starts it again on the same ports. */
  async restart(): Promise<void> {
    await this.kill();
    this.launch();
    await this.answers();
  }

  /** Makes it hang, or go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.child?.kill(name);
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  launch(): void {
    const child = spawn(rtpengineCommand(), [`--config-file=${this.config}`], {
      stdio: ['ignore', 'ignore', process.env.RTPENGINE_LOG ? 'inherit' : 'ignore'],
    });
    this.child = child;
  }

  private async answers(): Promise<void> {
    const socket = createSocket('udp4');
    try {
      for (let tries = 0; tries < 500; tries++) {
        const answered = await new Promise<boolean>((done) => {
          socket.removeAllListeners('message');
          const timer = setTimeout(() => done(false), 10);
          socket.once('message', () => {
            clearTimeout(timer);
            done(true);
          });
          const cookie = '00000000-0000-4000-8000-000000000000'.slice(0, 31) + String(10000 + tries);
          socket.send(Client.encodeMessage(cookie, { command: 'ping' }), this.ngPort, '127.0.0.1');
        });
        if (answered) return;
        if (this.child?.exitCode !== null)
          throw new Error('rtpengine ended at once; set RTPENGINE_LOG=1 to see why');
      }
      throw new Error('rtpengine did not answer within 5 s');
    } finally {
      socket.close();
    }
  }
}

/** The private one that the set-up unpacked; otherwise the host's. */
function rtpengineCommand(): string {
  const own = join(resolve(process.env.PARTYLINE_RUNTIME ?? '.runtime'), 'bin/rtpengine');
  const found = [own, '/usr/bin/rtpengine'].find((path) => existsSync(path));
  if (!found)
    throw new Error('These tests need rtpengine 26.0 or newer: run the set-up first, it unpacks one.');
  return found;
}

/** A range of 4,000 ports below the ephemeral ones that nobody seems to use. */
async function freeBase(): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const base = 10_000 + 100 * Math.floor(Math.random() * 190);
    const free = await Promise.all(
      [base, base + 1, base + 10, base + 200, base + 1000, base + 3000].map(
        (port) =>
          new Promise<boolean>((done) => {
            const socket = createSocket('udp4');
            socket.once('error', () => done(false));
            socket.bind(port, '127.0.0.1', () => socket.close(() => done(true)));
          }),
      ),
    );
    if (free.every(Boolean)) return base;
  }
  throw new Error('no free port range for rtpengine');
}
