// One sipp process that makes one call. The test and the scenario wait for each other at the scenario's gates, through
// the connection that sipp has for its third-party call control; so nothing depends on how long anything takes.
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Box } from '../box.js';
import { freePort } from '../box.js';
import { newAddress, type Teardown } from '../callers.js';
import { realRuntime } from '../tone-sounds.js';
import type { Scenario } from './sipp-scenario.js';

export interface SippOptions {
  readonly transport?: 'udp' | 'tcp';
  /** How long the whole call may take, s. */
  readonly timeoutS?: number;
}

/** Without root, sipp needs a copy of its own with the right to raw sockets (configs/setup/phones.sh). */
function program(): string {
  const own = join(realRuntime, 'bin', 'sipp');
  return existsSync(own) ? own : 'sipp';
}

export class Sipp {
  readonly callId: string;
  /** An address of its own: no port can be taken there, and wrong PINs are counted by address. */
  readonly address = newAddress();
  private readonly folder = mkdtempSync(join(tmpdir(), 'partyline-sipp-'));
  private readonly twin: Server = createServer((socket) => this.listen(socket));
  private readonly events = new EventEmitter();
  private readonly gates: string[] = [];
  private socket: Socket | undefined;
  private child: ChildProcess | undefined;
  private output = '';
  private readonly timeoutMs: number;

  private constructor(scenario: Scenario, timeoutS: number) {
    this.callId = scenario.callId;
    this.timeoutMs = timeoutS * 1000;
  }

  /** Begins the call; it is stopped and nothing of it is left when the test is over. */
  static async start(
    t: Teardown,
    box: Box,
    number: string,
    scenario: Scenario,
    { transport = 'udp', timeoutS = 30 }: SippOptions = {},
  ): Promise<Sipp> {
    const sipp = new Sipp(scenario, timeoutS);
    t.teardown(() => sipp.stop());
    await sipp.spawn(box, number, scenario, transport);
    return sipp;
  }

  /** Resolves when the scenario waits at this gate; rejects when it ends before. */
  async reached(gate: string): Promise<void> {
    const deadline = AbortSignal.timeout(this.timeoutMs);
    while (!this.gates.includes(gate)) {
      if (this.over) throw new Error(`sipp ended before ${gate}: ${this.describe()}`);
      await once(this.events, 'news', { signal: deadline }).catch(() => {
        throw new Error(`sipp did not come to ${gate}: ${this.describe()}`);
      });
    }
  }

  /** Opens the gate at which the scenario waits. */
  go(): void {
    this.socket?.write(`Call-ID: ${this.callId}\r\nStep: go\r\n\r\n\x1b`);
  }

  /** Waits for the gate and opens it at once. */
  async pass(gate: string): Promise<void> {
    await this.reached(gate);
    this.go();
  }

  /** Resolves when the scenario has come to its end as written; rejects when anything else happened. */
  async done(): Promise<void> {
    const deadline = AbortSignal.timeout(this.timeoutMs);
    while (!this.over) {
      await once(this.events, 'news', { signal: deadline }).catch(() => {
        throw new Error(`sipp did not end: ${this.describe()}`);
      });
    }
    if (this.child?.exitCode !== 0) throw new Error(`sipp failed: ${this.describe()}`);
  }

  /** The SIP messages so far, with the times, as sipp wrote them down. */
  get messages(): string {
    const file = join(this.folder, 'messages.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** The answers of the box with this status. */
  answers(status: number): string[] {
    return this.messages
      .split(/^-{40,}.*$/m)
      .filter((message) => /message received/.test(message) && message.includes(`\nSIP/2.0 ${status} `));
  }

  /** As if the power went: no BYE, no more sound. */
  async vanish(): Promise<void> {
    if (!this.child || this.over) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  private async stop(): Promise<void> {
    await this.vanish();
    this.socket?.destroy();
    if (this.twin.listening) this.twin.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get over(): boolean {
    return this.child === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async spawn(box: Box, number: string, scenario: Scenario, transport: 'udp' | 'tcp'): Promise<void> {
    const xml = join(this.folder, 'scenario.xml');
    writeFileSync(xml, scenario.toXml());
    this.twin.listen(0, '127.0.0.1');
    await once(this.twin, 'listening');
    const twin = this.twin.address() as { port: number };
    const { address } = this;
    const options: Record<string, string> = {
      '-sf': xml,
      '-s': number,
      '-m': '1',
      '-t': transport === 'tcp' ? 't1' : 'u1',
      '-i': address,
      '-p': String(await freePort()),
      '-mi': address,
      '-cid_str': this.callId,
      '-timeout': `${this.timeoutMs / 1000}s`,
      '-message_file': join(this.folder, 'messages.log'),
      '-error_file': join(this.folder, 'errors.log'),
      ...(scenario.hasGates && { '-3pcc': `127.0.0.1:${twin.port}` }),
    };
    const flags = ['-bind_local', '-rtp_echo', '-nostdin', '-timeout_error', '-trace_msg', '-trace_err'];
    const child = spawn(
      program(),
      [`127.0.0.1:${box.sipPort}`, ...Object.entries(options).flat(), ...flags],
      { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.child = child;
    const keep = (chunk: Buffer) => {
      this.output = (this.output + chunk.toString()).slice(-4000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('exit', () => this.events.emit('news'));
    await once(child, 'spawn');
  }

  private listen(socket: Socket): void {
    this.socket = socket;
    let text = '';
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk.toString();
      const told = text.split('\x1b');
      text = told.pop() ?? '';
      for (const one of told) this.gates.push(/^Step: (.*?)\r?$/m.exec(one)?.[1] ?? '');
      this.events.emit('news');
    });
  }

  private describe(): string {
    const errors = join(this.folder, 'errors.log');
    const said = existsSync(errors) ? readFileSync(errors, 'utf8') : this.output;
    return `gates ${this.gates.join(', ') || 'none'}; ${said.slice(-1500)}\n${this.messages.slice(-3000)}`;
  }
}
