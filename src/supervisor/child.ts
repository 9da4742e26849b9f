// A process that is kept running: started again when it dies, at once the first time and more slowly when it keeps
// dying, and never left behind. The kernel kills it when the supervisor is killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string | undefined>;
  /** Gets what the child prints, a line at a time. */
  readonly onLine: (line: string) => void;
  /** How long a child may take to end after SIGTERM before it is killed, ms. */
  readonly stopMs?: number;
}

export interface ChildEvents {
  started: [pid: number];
  died: [{ code: number | null; signal: NodeJS.Signals | null; restartMs: number }];
}

/** A child that lives less than this did not start properly, ms. */
const shortLifeMs = 2000;
const longestDelayMs = 10_000;
/** What only the one it is meant for may know; a child that needs it is given it. */
const keptFromChildren = { PARTYLINE_ADMIN_PASSWORD: undefined };
/** util-linux, part of every Debian: has the kernel kill a child whose parent dies. */
const setpriv = '/usr/bin/setpriv';

export class Child extends EventEmitter<ChildEvents> {
  private readonly options: ChildOptions;
  private process: ChildProcess | undefined;
  private timer: NodeJS.Timeout | undefined;
  private wanted = false;
  private failures = 0;
  private isProved = false;

  constructor(options: ChildOptions) {
    super();
    this.options = options;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** How often in a row it died right after its start. */
  get failuresInARow(): number {
    return this.failures;
  }

  /** It does its work: when it dies now, it is started again at once, however short its life was. */
  proved(): void {
    this.isProved = true;
  }

  start(): void {
    this.wanted = true;
    if (!this.process) this.launch();
  }

  /** kill -9; it is started again. */
  kill(): void {
    this.process?.kill('SIGKILL');
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    this.wanted = false;
    clearTimeout(this.timer);
    const { process: running } = this;
    if (!running) return;
    const gone = new Promise<void>((resolve) => running.once('exit', () => resolve()));
    running.kill('SIGTERM');
    const timer = setTimeout(() => running.kill('SIGKILL'), this.options.stopMs ?? 5000);
    await gone;
    clearTimeout(timer);
  }

  private launch(): void {
    const { command, args, env } = this.options;
    const guarded = existsSync(setpriv);
    const child = spawn(
      guarded ? setpriv : command,
      guarded ? ['--pdeathsig', 'KILL', '--', command, ...args] : args,
      {
        env: { ...process.env, ...keptFromChildren, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      },
    );
    this.process = child;
    this.isProved = false;
    const startedAt = performance.now();
    let over = false;
    const ended = (code: number | null, signal: NodeJS.Signals | null) => {
      if (over) return;
      over = true;
      this.process = undefined;
      const lived = performance.now() - startedAt;
      this.failures = lived < shortLifeMs && !this.isProved ? this.failures + 1 : 0;
      if (!this.wanted) return;
      const restartMs = this.failures < 2 ? 0 : Math.min(100 * 2 ** this.failures, longestDelayMs);
      this.emit('died', { code, signal, restartMs });
      this.timer = setTimeout(() => {
        if (this.wanted) this.launch();
      }, restartMs);
    };
    child.on('exit', ended);
    child.on('error', (error) => {
      this.options.onLine(`${this.options.name} cannot be started: ${error.message}`);
      ended(null, null);
    });
    readLines(child, this.options.onLine);
    if (child.pid !== undefined) this.emit('started', child.pid);
  }
}

/** Longer lines are cut: what a child prints must not fill our memory. */
const longestLine = 16_384;

function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(-longestLine);
      for (const line of lines) onLine(line.slice(0, longestLine));
    });
    stream?.on('end', () => {
      if (rest) onLine(rest);
      rest = '';
    });
  }
}
