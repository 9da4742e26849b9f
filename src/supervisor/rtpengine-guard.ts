// Keeps an rtpengine running that answers: writes its configuration, starts it, asks it for a sign of life, kills it
// when it gives none (a hung rtpengine takes no other signal) and starts it again on the same ports. What was in it is
// put back by the application, which notices by itself.
import { createSocket, type Socket } from 'node:dgram';
import { EventEmitter } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { rtpengineConfig, type RtpengineConfig } from '../rtpengine-config.js';
import { Child } from './child.js';

export interface RtpengineGuardOptions extends RtpengineConfig {
  /** The program, of version 26.0 or newer. */
  readonly program: string;
  /** Where its configuration is written. */
  readonly configFile: string;
  readonly onLine: (line: string) => void;
  /** Between two pings, ms. Default 350. */
  readonly pingMs?: number;
  /** Without an answer for so long it hangs, ms. Default 1000. */
  readonly answerMs?: number;
  /** Its first answer may take so long, ms. Default 5000; it opens some hundred interfaces first. */
  readonly startMs?: number;
}

export interface RtpengineGuardEvents {
  /** It answered its first ping since it was started. */
  ready: [];
  died: [{ code: number | null; signal: NodeJS.Signals | null; restartMs: number }];
  hung: [];
}

/** One ping in NG's form: a cookie, a blank, and a bencoded dictionary. */
const pingBody = ' d7:command4:pinge';
/** A timer later than this says that the process did not get to run, ms. */
const lateMs = 50;

export class RtpengineGuard extends EventEmitter<RtpengineGuardEvents> {
  private readonly options: RtpengineGuardOptions;
  private readonly child: Child;
  private socket: Socket | undefined;
  private timer: NodeJS.Timeout | undefined;
  private cookie = 0;
  private answeredAt = 0;
  /** When the next ping should go. */
  private dueAt = Infinity;
  private readonly startMs: number;
  private patienceMs: number;
  private ready = false;

  constructor(options: RtpengineGuardOptions) {
    super();
    this.options = options;
    this.startMs = options.startMs ?? 5000;
    this.patienceMs = this.startMs;
    this.child = new Child({
      name: 'rtpengine',
      command: options.program,
      args: [`--config-file=${options.configFile}`],
      onLine: options.onLine,
      stopMs: 1000,
    });
    this.child.on('died', (how) => {
      this.expectStart();
      this.emit('died', how);
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Resolves when it answers. @throws Error with a sentence when it does not within twice its time to start */
  async start(): Promise<void> {
    const { configFile } = this.options;
    mkdirSync(dirname(configFile), { recursive: true, mode: 0o700 });
    writeFileSync(configFile, rtpengineConfig(this.options), { mode: 0o600 });
    await this.openSocket();
    this.expectStart();
    this.child.start();
    this.ping();
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error('rtpengine does not start; its own words are in the log.')),
        2 * this.startMs,
      );
      this.once('ready', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.socket?.close();
    this.socket = undefined;
    await this.child.stop();
  }

  private async openSocket(): Promise<void> {
    const socket = createSocket('udp4');
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (message, sender) => {
      if (sender.port !== this.options.ngPort || message.length > 1024) return;
      if (!message.toString('latin1').includes('4:pong')) return;
      this.answeredAt = performance.now();
      this.patienceMs = this.options.answerMs ?? 1000;
      if (this.ready) return;
      this.ready = true;
      this.child.proved();
      this.emit('ready');
    });
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  }

  private expectStart(): void {
    this.ready = false;
    this.answeredAt = performance.now();
    this.patienceMs = this.startMs;
  }

  private ping(): void {
    const { socket } = this;
    if (!socket) return;
    // While this process itself did not run, on a busy machine or a suspended one, answers could not be read either.
    const late = performance.now() - this.dueAt;
    if (late > lateMs) this.answeredAt += late;
    if (this.child.pid !== undefined && performance.now() - this.answeredAt > this.patienceMs) {
      this.emit('hung');
      this.expectStart();
      this.child.kill();
    }
    this.cookie += 1;
    socket.send(`${this.cookie}${pingBody}`, this.options.ngPort, '127.0.0.1', () => undefined);
    // While it starts there is somebody waiting.
    const ms = this.ready ? (this.options.pingMs ?? 350) : 20;
    this.dueAt = performance.now() + ms;
    this.timer = setTimeout(() => this.ping(), ms);
  }
}
