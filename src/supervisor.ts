// What `make run` starts: the SIP server, rtpengine and the application, each a process of its own that is started
// again when it dies. Ctrl-C or SIGTERM stops them in reverse order and leaves nothing behind; if the supervisor itself
// is killed, the kernel takes the others with it. People read the terminal, machines the log files.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf, SettingsError } from './errors.js';
import { portLayout } from './port-layout.js';
import { loadSettings, type Settings } from './settings.js';
import { Child } from './supervisor/child.js';
import { LogFile } from './supervisor/log-file.js';
import { RtpengineGuard } from './supervisor/rtpengine-guard.js';
import { runPorts, type RunPorts } from './supervisor/run-ports.js';

interface Part {
  stop(): Promise<void>;
}

/** A part that dies so often in a row before the box was ever ready will not come up. */
const mostFailures = 3;

/** Node's own choice, 16 MB, costs 12 MB and wins nothing at 200 calls a second (measured). */
const smallNursery = '--max-semi-space-size=1';

class Supervisor {
  private readonly settings: Settings;
  private readonly parts: Part[] = [];
  private readonly logs: LogFile[] = [];
  private stopping: Promise<void> | undefined;
  private wasReady = false;
  private exitCode = 0;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** Resolves when the parts are running; the application says itself when it takes calls. */
  async start(): Promise<void> {
    const { settings } = this;
    mkdirSync(settings.data, { recursive: true, mode: 0o700 });
    const ports = await runPorts(settings.data);
    if (!settings.rtpengine) await this.startRtpengine(ports);
    const secret = settings.drachtioSecret ?? secretOf(settings.data);
    if (!settings.drachtio) await this.startSipServer(ports, secret);
    if (this.stopping) return;
    this.startApplication(ports, secret);
  }

  /** Stops what was started, the last first. Safe to call at any moment, also while starting. */
  stop(): Promise<void> {
    this.stopping ??= (async () => {
      for (let part = this.parts.pop(); part; part = this.parts.pop()) await part.stop();
      for (const log of this.logs) log.flush();
      process.exit(this.exitCode);
    })();
    return this.stopping;
  }

  /** Says why and stops. */
  giveUp(sentence: string): void {
    if (this.stopping) return;
    console.error(sentence);
    this.exitCode = 1;
    void this.stop();
  }

  private async startRtpengine(ports: RunPorts): Promise<void> {
    const { settings } = this;
    const program = join(settings.runtime, 'bin', 'rtpengine');
    if (!existsSync(program)) {
      throw new Error(
        `There is no rtpengine in ${settings.runtime}: run "make setup", or set PARTYLINE_RTPENGINE.`,
      );
    }
    const log = this.log('rtpengine.log');
    const guard = new RtpengineGuard({
      program,
      configFile: join(settings.data, 'run', 'rtpengine.conf'),
      address: settings.address,
      layout: portLayout(settings.rtpPorts),
      ngPort: ports.ng,
      dtmfPort: ports.dtmf,
      threads: Math.max(2, cpus().length),
      debug: settings.log === 'debug',
      onLine: (line) => log.line(line),
    });
    guard.on('died', ({ code, signal }) =>
      this.note(`rtpengine died (${signal ?? code}); it is started again.`),
    );
    guard.on('hung', () => this.note('rtpengine does not answer; it is killed and started again.'));
    this.parts.push(guard);
    await guard.start();
  }

  private async startSipServer(ports: RunPorts, secret: string): Promise<void> {
    const { settings } = this;
    const log = this.log('sip-server.log');
    let lastLine = '';
    const child = new Child({
      name: 'the SIP server',
      command: process.execPath,
      args: [smallNursery, here('embedded-drachtio/main.js')],
      env: {
        PARTYLINE_ADDRESS: settings.address,
        PARTYLINE_SIP_PORT: String(settings.sipPort),
        PARTYLINE_DRACHTIO_PORT: String(ports.drachtio),
        PARTYLINE_DRACHTIO_SECRET: secret,
        PARTYLINE_LOG: settings.log,
        PARTYLINE_GRACE_SECONDS: String(settings.graceSeconds),
      },
      onLine: (line) => {
        log.line(line);
        if (!line.startsWith('{')) lastLine = line;
      },
    });
    const listening = waitForPort(ports.drachtio);
    child.on('died', ({ code, signal }) => {
      if (!this.wasReady && (code === 1 || child.failuresInARow >= mostFailures)) {
        this.giveUp(lastLine || 'The SIP server does not start; its own words are in the log.');
      } else {
        this.note(`The SIP server died (${signal ?? code}); it is started again.`);
      }
    });
    this.parts.push(child);
    child.start();
    if (!(await listening) && !this.stopping) throw new Error('The SIP server does not start.');
  }

  private startApplication(ports: RunPorts, secret: string): void {
    const { settings } = this;
    const log = this.log('partyline.log');
    const own = (port: number) => `127.0.0.1:${port}`;
    const named = (value?: { host: string; port: number }) => value && `${value.host}:${value.port}`;
    const child = new Child({
      name: 'the application',
      command: process.execPath,
      args: [smallNursery, here('main.js')],
      env: {
        PARTYLINE_ADDRESS: settings.address,
        PARTYLINE_DRACHTIO: named(settings.drachtio) ?? own(ports.drachtio),
        PARTYLINE_DRACHTIO_SECRET: secret,
        PARTYLINE_RTPENGINE: named(settings.rtpengine) ?? own(ports.ng),
        PARTYLINE_DTMF_PORT: String(settings.dtmfPort ?? ports.dtmf),
        PARTYLINE_ADMIN_PASSWORD: settings.adminPassword,
      },
      onLine: (line) => {
        if (line.startsWith('{')) {
          log.line(line);
          return;
        }
        if (line.startsWith('Ready')) this.wasReady = true;
        console.log(line);
      },
      // Everybody is hung up on first.
      stopMs: 10_000,
    });
    child.on('died', ({ code, signal }) => {
      if (!this.wasReady && (code === 1 || child.failuresInARow >= mostFailures)) {
        this.giveUp('The application does not start; see above.');
      } else {
        this.note(`The application died (${signal ?? code}); it is started again.`);
      }
    });
    this.parts.push(child);
    child.start();
  }

  private log(name: string): LogFile {
    const log = new LogFile(join(this.settings.data, 'log', name));
    this.logs.push(log);
    return log;
  }

  private note(sentence: string): void {
    if (!this.stopping) console.error(sentence);
  }
}

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** The secret between the application and our SIP server: made once per box, readable by its owner alone. */
function secretOf(data: string): string {
  const file = join(data, 'run', 'drachtio-secret');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const secret = randomBytes(24).toString('base64url');
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}

/** True as soon as somebody listens on the loopback port; false after 10 s. */
async function waitForPort(port: number): Promise<boolean> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}

try {
  const supervisor = new Supervisor(loadSettings());
  process.on('SIGINT', () => void supervisor.stop());
  process.on('SIGTERM', () => void supervisor.stop());
  process.on('SIGHUP', () => void supervisor.stop());
  await supervisor.start().catch((error: unknown) => supervisor.giveUp(messageOf(error)));
} catch (error) {
  console.error(error instanceof SettingsError ? error.message : `The box cannot start: ${messageOf(error)}`);
  process.exitCode = 1;
}
