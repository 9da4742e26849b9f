// Plays a capture against a live server: it is the telephone and the application, sends what they sent and
// wants back what the captured server gave back, in the same order on each connection. The capture's pauses
// are not waited for; what only time brings (retransmissions) is counted apart.
import { type EmbeddedDrachtio } from '../../../../src/embedded-drachtio/index.js';
import { Bindings, compareFrame, compareSip, madeByServer } from './compare.js';
import { applyDifferences, type Difference } from './differences.js';
import { RawApp } from './raw-app.js';
import { branchOf, cseqOf, header, parseSip, tagOf, type SipText } from './sip-text.js';
import { type Trace, type TraceEvent } from './trace-reader.js';
import { fresh, TcpAgent, UdpAgent, type UserAgent } from './user-agent.js';

export interface PlayOptions {
  secret: string;
  /** Verbs routed before the capture begins; undefined where the capture holds the first words itself. */
  routed?: string[] | undefined;
  /** Where the captured server and UA were, if not on 5060 and 5070. */
  captured?: { server: number; udp: number } | undefined;
  differences?: Difference[] | undefined;
}

/** Plays one capture and returns what was wrong, one line each; empty when the server conforms. */
export async function playTrace(
  server: EmbeddedDrachtio,
  trace: Trace,
  options: PlayOptions,
): Promise<string[]> {
  const udp = await new UdpAgent(server.sipPort).start();
  const tcp = new TcpAgent(server.sipPort);
  const tcpPort = trace.events
    .map((event) => /Via: SIP\/2\.0\/TCP 127\.0\.0\.1:(\d+)/.exec(event.text)?.[1])
    .find((port) => port !== undefined);
  if (tcpPort) await tcp.start();
  const app = options.routed
    ? await RawApp.ready(server.adminPort, options.secret, options.routed)
    : await RawApp.connect(server.adminPort);
  const where = { server: 5060, udp: 5070, ...options.captured, ...(tcpPort ? { tcp: tcpPort } : {}) };
  const ports = { server: server.sipPort, udp: udp.port, tcp: tcp.port };
  const player = new Player(udp, tcp, app, new Bindings(where, ports));
  try {
    await player.play(applyDifferences(trace, options.differences ?? []));
    return player.wrong;
  } finally {
    await Promise.all([app.stop(), tcp.stop(), udp.stop()]);
  }
}

class Player {
  readonly wrong: string[] = [];
  readonly #udp: UdpAgent;
  readonly #tcp: TcpAgent;
  readonly #app: RawApp;
  readonly #bindings: Bindings;
  /** Lengths of all messages the telephone has sent: the sizes a `network` frame may name. */
  readonly #sizes = new Set<number>();
  /** Captured message of the server, by its text, and the bytes it was this time. */
  readonly #matched = new Map<string, string>();
  readonly #repeatsWanted = new Map<string, number>();
  #closed = false;

  constructor(udp: UdpAgent, tcp: TcpAgent, app: RawApp, bindings: Bindings) {
    this.#udp = udp;
    this.#tcp = tcp;
    this.#app = app;
    this.#bindings = bindings;
  }

  async play(events: TraceEvent[]): Promise<void> {
    for (const event of events) {
      const before = this.wrong.length;
      try {
        await this.#step(event);
      } catch (error) {
        this.wrong.push(`line ${event.line} (${event.text.split('\r\n')[0]}): ${String(error)}`);
        return;
      }
      if (this.wrong.length > before) return;
    }
    if (!this.#closed) await this.#nothingElse();
  }

  #step(event: TraceEvent): Promise<void> | void {
    if (event.direction === 'closed') {
      this.#closed = true;
      return this.#app.closed;
    }
    if (event.direction === 'in') return this.#give(event);
    return event.channel === 'admin' ? this.#wantFrame(event) : this.#wantSip(event);
  }

  #give(event: TraceEvent): void {
    if (event.channel === 'admin') {
      this.#app.frame(this.#rewriteFrame(event.text));
      return;
    }
    const agent = this.#agent(event);
    if (!event.text.trim()) {
      agent.send(event.text);
      return;
    }
    const captured = parseSip(event.text);
    const own = madeByServer(captured);
    for (const id of [
      header(captured, 'call-id'),
      tagOf(captured, 'from'),
      tagOf(captured, 'to'),
      branchOf(captured),
    ]) {
      this.#bindings.keep(id);
    }
    let text = this.#bindings.rewrite(event.text);
    if (own) text = this.#shiftCseq(text, header(captured, 'call-id'));
    this.#sizes.add(text.length);
    agent.send(text);
  }

  /** A frame of the application: ids of transaction and dialog are the live ones, the rest as captured. */
  #rewriteFrame(frame: string): string {
    const end = frame.indexOf('\r\n');
    const meta = (end < 0 ? frame : frame.slice(0, end)).split('|');
    const tokens = meta.map((token, index) => (index > 1 ? this.#bindings.id(token) : token));
    if (end < 0) return tokens.join('|');
    const last = tokens.length - 1;
    tokens[last] = this.#bindings.withPorts(tokens[last] ?? '');
    const sip = this.#bindings.rewrite(frame.slice(end));
    // Numbers this large are the server's: the digest retry continues from them, RAck repeats them.
    const shifted = sip.replace(
      /^((?:CSeq|rack):(?: \d+)?) (\d{6,})/gim,
      (_, name: string, number: string) => {
        return `${name} ${Number(number) + this.#bindings.lastOffset}`;
      },
    );
    return `${tokens.join('|')}${shifted}`;
  }

  #shiftCseq(text: string, callId: string): string {
    const offset = this.#bindings.offset(callId);
    return text.replace(
      /^(CSeq:) (\d+)/m,
      (_, name: string, number: string) => `${name} ${Number(number) + offset}`,
    );
  }

  async #wantFrame(event: TraceEvent): Promise<void> {
    const frame = await this.#app.inbox.take(`the frame of line ${event.line}`);
    this.#note(event, compareFrame(event.text, frame.raw, this.#bindings, this.#sizes));
  }

  async #wantSip(event: TraceEvent): Promise<void> {
    const agent = this.#agent(event);
    if (!event.text.trim()) {
      const until = Date.now() + 2000;
      while (this.#tcp.pongs === 0 && Date.now() < until)
        await new Promise((resolve) => setTimeout(resolve, 5));
      if (this.#tcp.pongs === 0) this.wrong.push(`line ${event.line}: the keep-alive was not answered`);
      return;
    }
    const again = this.#matched.get(event.text);
    if (again !== undefined) return this.#wantRepeat(event, agent, again);
    const live = await agent.inbox.take(
      `the message of line ${event.line}`,
      (message) => !this.#isRepeat(agent, message),
    );
    this.#matched.set(event.text, live.raw);
    this.#note(event, compareSip(parseSip(event.text), live, this.#bindings));
  }

  /** The capture shows this message once more: so must the live server. */
  async #wantRepeat(event: TraceEvent, agent: UserAgent, raw: string): Promise<void> {
    const wanted = (this.#repeatsWanted.get(raw) ?? 1) + 1;
    this.#repeatsWanted.set(raw, wanted);
    await agent.inbox.reach(`line ${event.line}, said again`, wanted, (message) => message.raw === raw);
  }

  /** True for the second and later copies of one and the same message. */
  #isRepeat(agent: UserAgent, message: SipText): boolean {
    return agent.inbox.history.find((other) => other.raw === message.raw) !== message;
  }

  #agent(event: TraceEvent): UserAgent {
    return event.channel === 'tcp' ? this.#tcp : this.#udp;
  }

  #note(event: TraceEvent, differences: string[]): void {
    const start = event.text.split('\r\n').slice(0, 2).join(' / ');
    for (const difference of differences) this.wrong.push(`line ${event.line} (${start}): ${difference}`);
  }

  /** Both sides are asked one thing more; whatever the server had still to say comes before the answer. */
  async #nothingElse(): Promise<void> {
    const leg = this.#udp.leg();
    leg.toTag = fresh('none');
    leg.send('BYE');
    await this.#udp.response('BYE', 481);
    const pong = await this.#app.ask('ping');
    if (pong.join('|') !== 'OK|pong') this.wrong.push(`after the end, ping: ${pong.join('|')}`);
    for (const frame of this.#app.inbox.left) this.wrong.push(`an extra frame: ${frame.raw}`);
    for (const agent of [this.#udp, this.#tcp]) {
      const extra = agent.inbox.left.filter((message) => !this.#isRepeat(agent, message));
      for (const message of extra) {
        this.wrong.push(`an extra message: ${message.start} / ${cseqOf(message).number} / ${message.raw}`);
      }
    }
  }
}
