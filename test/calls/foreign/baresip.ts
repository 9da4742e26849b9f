// One baresip process without screen and sound card: it sends a WAV file and records what it hears, and is driven
// through its TCP control port, which answers every command and tells every event.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { amplitude, windowed } from '../../phone/goertzel.js';
import { readWav } from '../../phone/wav.js';
import { freePort } from '../box.js';
import { newAddress, type Teardown } from '../callers.js';
import { longTone, wavOf } from './sounds.js';

export interface BaresipOptions {
  /** Default PCMU. */
  readonly codec?: keyof typeof formats;
  /** The tone it sends, Hz; default 1000. */
  readonly tone?: number;
  /**
   * Sends back what it hears instead of a tone: after a hold baresip goes on to hear, but not to record, because it
   * sets up its filters only once.
   */
  readonly echo?: boolean;
  /** SRTP with keys in the SDP (RFC 4568), and nothing else. */
  readonly srtp?: boolean;
}

/** How baresip calls each codec, and what it asks of the files it sends in it. */
const formats = {
  PCMU: { name: 'PCMU/8000/1', rate: 8_000, channels: 1 },
  PCMA: { name: 'PCMA/8000/1', rate: 8_000, channels: 1 },
  G722: { name: 'G722/16000/1', rate: 16_000, channels: 1 },
  opus: { name: 'opus/48000/2', rate: 48_000, channels: 2 },
} as const;

/** Longer than any test; the file is not repeated. */
const toneSeconds = 60;
const patienceMs = 10_000;

interface Event {
  readonly type: string;
  readonly id?: string;
  readonly param?: string;
}

export class Baresip {
  readonly address = newAddress();
  private readonly folder = mkdtempSync(join(tmpdir(), 'partyline-baresip-'));
  private readonly options: Required<BaresipOptions>;
  private readonly news = new EventEmitter();
  private readonly seen: Event[] = [];
  private readonly answered = new Map<string, boolean>();
  private child: ChildProcess | undefined;
  private socket: Socket | undefined;
  private output = '';
  private commands = 0;

  private constructor(options: BaresipOptions) {
    this.options = { codec: 'PCMU', tone: 1000, echo: false, srtp: false, ...options };
  }

  /** It is stopped and nothing of it is left when the test is over. */
  static async start(t: Teardown, options: BaresipOptions = {}): Promise<Baresip> {
    const phone = new Baresip(options);
    t.teardown(() => phone.stop());
    await phone.boot();
    return phone;
  }

  /** Dials; resolves with the Call-ID when the call is answered. @throws when it is refused */
  async dial(uri: string): Promise<string> {
    await this.command('dial', uri);
    const event = await this.event('CALL_ESTABLISHED', 'CALL_CLOSED');
    if (event.type === 'CALL_CLOSED') throw new Error(event.param ?? 'closed');
    return event.id ?? '';
  }

  /** Keys by RFC 4733. */
  async press(digits: string): Promise<void> {
    for (const digit of digits) await this.command('sndcode', digit);
  }

  /** Joins the ends of the bridge of an echo anew: a hold opens the one and leaves the other with the old bridge. */
  async rejoinBridge(): Promise<void> {
    await this.command('auplay', 'aubridge,again');
    await this.command('ausrc', 'aubridge,again');
  }

  /** One command of its menu. @throws when baresip refuses it */
  async command(command: string, params = ''): Promise<void> {
    const token = String(++this.commands);
    const text = JSON.stringify({ command, params, token });
    this.socket?.write(`${Buffer.byteLength(text)}:${text},`);
    const ok = await this.until(() => this.answered.get(token), `an answer to ${command}`);
    if (!ok) throw new Error(`baresip refused ${command} ${params}: ${this.describe()}`);
  }

  /** Resolves with the first event of these types, be it in the past or to come. */
  event(...types: string[]): Promise<Event> {
    return this.until(() => this.seen.find(({ type }) => types.includes(type)), types.join(' or '));
  }

  /** Resolves with the reason when the call is over. */
  async closed(): Promise<string> {
    return (await this.event('CALL_CLOSED')).param ?? '';
  }

  /** Resolves when what baresip said has a line that fits. */
  async said(pattern: RegExp): Promise<void> {
    await this.until(() => pattern.test(this.output) || undefined, String(pattern));
  }

  /** Resolves when a tone is heard for 300 ms with an amplitude from `min` to `max`; what was before does not count. */
  async hears(hz: number, { min = 2600, max = 3400 }: { min?: number; max?: number } = {}): Promise<void> {
    const before = this.heard();
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const { file, samples, rate } = this.heard();
      const window = Math.round(rate * 0.3);
      const fresh = samples.length - (file === before.file ? before.samples.length : 0);
      const level = amplitude(windowed(samples.subarray(-window)), hz, rate);
      if (fresh >= window && level >= min && level <= max) return;
      if (Date.now() > deadline)
        throw new Error(`baresip heard ${hz} Hz with ${Math.round(level)}: ${this.describe()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** The recording of what was heard, as far as it is written; the newest, should there be more than one. */
  private heard(): { file: string; samples: Int16Array; rate: number } {
    const folder = join(this.folder, 'heard');
    const recordings = readdirSync(folder).filter((name) => name.endsWith('-dec.wav'));
    const file = recordings.sort().at(-1) ?? '';
    const wav = file === '' ? Buffer.alloc(0) : readFileSync(join(folder, file));
    if (wav.length < 44) return { file, samples: new Int16Array(0), rate: 8000 };
    // Its length is put into the header only when the file is closed.
    wav.writeUInt32LE(wav.length - 44, 40);
    return { file, ...readWav(wav) };
  }

  private async boot(): Promise<void> {
    const { codec, echo, srtp, tone } = this.options;
    const format = formats[codec];
    const source = join(this.folder, 'tone.wav');
    writeFileSync(source, wavOf(longTone(tone, format.rate, toneSeconds), format));
    mkdirSync(join(this.folder, 'heard'));
    const controlPort = await freePort();
    const modules = ['g711', 'g722', 'opus', 'aufile', 'aubridge', 'sndfile', 'srtp'];
    writeFileSync(
      join(this.folder, 'config'),
      [
        `net_interface ${this.address}`,
        `sip_listen ${this.address}:0`,
        'rtp_ports 40000-49998',
        echo ? 'audio_source aubridge,ear' : `audio_source aufile,${source}`,
        // A player without a sound card: what is played is lost, or comes back at the other end of the bridge.
        'audio_player aubridge,ear',
        'audio_alert aubridge,nobody',
        `snd_path ${join(this.folder, 'heard')}`,
        // With its default of 5-10, the baresip of Debian 12 drops every packet after a change of SSRC in about half of
        // all calls, and such a change comes when a phone moves from the reception into a conference.
        'jitter_buffer_delay 0',
        `module_path ${modulePath()}`,
        ...modules.map((name) => `module ${name}.so`),
        'module_app account.so',
        'module_app menu.so',
        'module_app ctrl_tcp.so',
        `ctrl_tcp_listen 127.0.0.1:${controlPort}`,
        '',
      ].join('\n'),
    );
    const encryption = srtp ? ';mediaenc=srtp-mand' : '';
    writeFileSync(
      join(this.folder, 'accounts'),
      `<sip:baresip@${this.address}>;regint=0;audio_codecs=${format.name}${encryption}\n`,
    );
    writeFileSync(join(this.folder, 'contacts'), '');
    const child = spawn('baresip', ['-4', '-v', '-s', '-f', this.folder], {
      cwd: this.folder,
      env: { ...process.env, HOME: this.folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const keep = (chunk: Buffer) => {
      this.output = (this.output + chunk.toString()).slice(-100_000);
      this.news.emit('news');
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('exit', () => this.news.emit('news'));
    await this.said(/baresip is ready/);
    const socket = connect(controlPort, '127.0.0.1');
    this.socket = socket;
    await once(socket, 'connect');
    socket.on('error', () => socket.destroy());
    let pending: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      pending = this.take(Buffer.concat([pending, chunk]));
      this.news.emit('news');
    });
  }

  /** Reads netstrings of JSON; what is not complete is returned. */
  private take(bytes: Buffer): Buffer {
    for (;;) {
      const colon = bytes.indexOf(':');
      const length = Number(bytes.toString('latin1', 0, Math.max(0, colon)));
      if (colon < 0 || bytes.length < colon + length + 2) return bytes;
      const message = JSON.parse(bytes.toString('utf8', colon + 1, colon + 1 + length)) as Event & {
        token?: string;
        ok?: boolean;
      };
      if (message.token === undefined) this.seen.push(message);
      else this.answered.set(message.token, message.ok === true);
      bytes = bytes.subarray(colon + length + 2);
    }
  }

  private async until<T>(look: () => T | undefined, what: string): Promise<T> {
    const patience = AbortSignal.timeout(patienceMs);
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (this.over) throw new Error(`baresip ended before ${what}: ${this.describe()}`);
      await once(this.news, 'news', { signal: patience }).catch(() => {
        throw new Error(`baresip: no ${what}: ${this.describe()}`);
      });
    }
  }

  private get over(): boolean {
    return this.child === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async stop(): Promise<void> {
    const { child } = this;
    if (child && !this.over) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    this.socket?.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private describe(): string {
    return `${this.seen.map(({ type }) => type).join(' ')}\n${this.output.slice(-3000)}`;
  }
}

let modules: string | undefined;

/** Where the package keeps its modules; the folder differs between releases of Debian. */
function modulePath(): string {
  modules ??= dirname(
    execFileSync('dpkg', ['-L', 'baresip-core'], { encoding: 'utf8' })
      .split('\n')
      .find((line) => line.endsWith('/g711.so')) ?? '',
  );
  return modules;
}
