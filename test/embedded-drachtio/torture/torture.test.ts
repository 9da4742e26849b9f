// RFC 4475: each of its messages is sent over its own transport, byte for byte. The server does what it must,
// an ordinary call goes through after each of them, and at the end nothing is left behind.
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createRequire } from 'node:module';
import type { Test } from 'tap';
import t from 'tap';
import { wholeCall } from '../conformance/support/calls.js';
import { Inbox } from '../conformance/support/inbox.js';
import { startApp, startServer, startUdp } from '../conformance/support/live-server.js';
import { type Frame, type RawApp } from '../conformance/support/raw-app.js';
import { settled } from '../conformance/support/settled.js';
import {
  allHeaders,
  formatSip,
  header,
  parseSip,
  tagOf,
  type SipText,
} from '../conformance/support/sip-text.js';
import { expectations, type Outcome } from './expectations.js';
import { invalid } from './messages-invalid.js';
import { layers } from './messages-layers.js';
import { valid } from './messages-valid.js';

// The application reads what it is given with this very parser, which throws where it understands nothing.
interface Parsed {
  method: string;
  uri: string;
  body: string;
  get(name: string): string | undefined;
  getParsedHeader(name: string): unknown;
}
const SipMessage = createRequire(import.meta.url)('drachtio-srf/lib/sip-parser/message.js') as new (
  text: string,
) => Parsed;

// The messages share branches and Call-IDs, so each has a server to itself; several wait for their timers at once.
t.jobs = 4;
const timers = { t1: 10, t2: 80, t4: 100 };

const messages: Record<string, string> = { ...valid, ...invalid, ...layers };

/**
 * The sender of the messages. Without rport an answer goes to the port in Via, 5060 or 5050 (RFC 3261 section
 * 18.2.2), so it holds both, on a loopback address that no other process is likely to use.
 */
class Sender {
  readonly inbox = new Inbox<SipText>((message) => message.start);
  readonly #address: string;
  readonly #port: number;
  #sockets: UdpSocket[] = [];
  #tcp: Socket | undefined;

  /** `number` tells senders apart that are there at the same time. */
  constructor(port: number, number: number) {
    this.#port = port;
    this.#address = `127.${20 + (process.pid % 200)}.${(process.pid >> 8) % 250}.${1 + number}`;
  }

  async start(): Promise<void> {
    for (const port of [5060, 5050]) {
      const socket = createSocket('udp4');
      socket.on('message', (data) => this.inbox.put(parseSip(data.toString('latin1'))));
      socket.bind(port, this.#address);
      await once(socket, 'listening');
      this.#sockets.push(socket);
    }
  }

  /** Sends over the transport its topmost Via names; TLS goes over TCP, which is its lower half. */
  async send(text: string): Promise<void> {
    if (!/^via\s*:\s*SIP\s*\/\s*[\d.]+\s*\/\s*(TCP|TLS)/im.test(text.replace(/\r\n[ \t]+/g, ' '))) {
      this.#sockets[0]?.send(Buffer.from(text, 'latin1'), this.#port, '127.0.0.1');
      return;
    }
    this.#tcp?.destroy();
    const tcp = connect(this.#port, '127.0.0.1');
    this.#tcp = tcp;
    tcp.on('error', () => undefined);
    let buffer = '';
    tcp.on('data', (data) => {
      buffer += data.toString('latin1');
      for (let end = buffer.indexOf('\r\n\r\n'); end >= 0; end = buffer.indexOf('\r\n\r\n')) {
        const length = Number(/^content-length\s*:\s*(\d+)/im.exec(buffer.slice(0, end))?.[1] ?? 0);
        if (buffer.length < end + 4 + length) return;
        this.inbox.put(parseSip(buffer.slice(0, end + 4 + length)));
        buffer = buffer.slice(end + 4 + length);
      }
    });
    await once(tcp, 'connect');
    tcp.write(Buffer.from(text, 'latin1'));
  }

  async stop(): Promise<void> {
    this.#tcp?.destroy();
    await Promise.all(this.#sockets.map((socket) => new Promise<void>((done) => socket.close(() => done()))));
  }
}

/** Waits for the first sign of what became of a message; 'dropped' shows only in what does not come. */
async function outcomeOf(
  sender: Sender,
  app: RawApp,
  own: (frame: Frame) => boolean,
  answers: (message: SipText) => boolean,
  allowed: Outcome[],
) {
  const silent = allowed.includes('dropped');
  const until = Date.now() + (silent ? 100 : 3000);
  while (Date.now() < until) {
    const frame = app.inbox.takeNow(own);
    if (frame) return { outcome: 'app' as const, frame };
    const answer = sender.inbox.takeNow((message) => (message.status ?? 0) >= 200 && answers(message));
    if (answer) return { outcome: answer.status ?? 0, answer };
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return { outcome: 'dropped' as const };
}

/** The ACK to a refusal, made from the refusal, for a request that is itself hard to read. */
function ackOf(refusal: SipText): string {
  const via = header(refusal, 'via').replace(/;(received|rport)(=[^;,]*)?/g, '');
  return formatSip('ACK sip:user@example.com SIP/2.0', [
    ['Via', via],
    ['Max-Forwards', '70'],
    ['From', header(refusal, 'from')],
    ['To', header(refusal, 'to')],
    ['Call-ID', header(refusal, 'call-id')],
    ['CSeq', header(refusal, 'cseq').replace('INVITE', 'ACK')],
  ]);
}

/** White space as one space, none where a fold met a comma: how a value reads, not how it was typed. */
const plain = (value: string): string => value.replace(/\s+/g, ' ').replace(/,\s+(?=[a-z]+\/)/g, ', ');

void t.test('there is an expectation for every message', async (t) => {
  t.equal(Object.keys(messages).length, 49);
  t.same(Object.keys(messages).sort(), Object.keys(expectations).sort());
});

for (const [number, [name, text]] of Object.entries(messages).entries()) {
  void t.test(name, { buffered: true }, async (t) => {
    const server = await startServer(t, { timers });
    const app = await startApp(t, server);
    const ua = await startUdp(t, server);
    const sender = new Sender(server.sipPort, number);
    await sender.start();
    t.teardown(() => sender.stop());
    const expected = expectations[name];
    if (!expected) throw new Error(`no expectation for ${name}`);
    const seen = app.inbox.history.length;
    await sender.send(text);
    const request = parseSip(text);
    const callIds = allHeaders(request, 'call-id');
    const answers = (message: SipText): boolean =>
      callIds.length > 0
        ? callIds.includes(header(message, 'call-id'))
        : header(message, 'cseq') === header(request, 'cseq');
    const own = (frame: Frame): boolean => frame.kind === 'sip' && app.inbox.history.indexOf(frame) >= seen;
    const result = await outcomeOf(sender, app, own, answers, expected.outcomes);
    t.ok(expected.outcomes.includes(result.outcome), `${result.outcome}: ${expected.why}`);

    if (result.frame?.sip) {
      const { sip } = result.frame;
      const raw = Buffer.from(sip.raw, 'latin1').toString('utf8');
      const parsed = new SipMessage(raw);
      for (const part of ['to', 'from', 'via', 'cseq', 'contact']) {
        if (parsed.get(part)) t.ok(parsed.getParsedHeader(part), `drachtio-srf reads ${part}`);
      }
      for (const [part, value] of Object.entries(expected.reads ?? {})) {
        const read = part === 'method' || part === 'uri' || part === 'body' ? parsed[part] : parsed.get(part);
        t.equal(part === 'body' ? read : plain(read ?? ''), part === 'body' ? value : plain(value), part);
      }
      if (name === 'mpart01') t.ok(sip.raw.endsWith(valid.mpart01.slice(-553)), 'the body, byte for byte');
      await app.reply(app.answer(result.frame, sip.method === 'INVITE' ? 486 : 200));
      const final = sip.method === 'INVITE' ? 486 : 200;
      const answer = await sender.inbox.take(
        `${final} to ${name}`,
        (message) => message.status === final && answers(message),
      );
      checkAnswer(t, request, answer);
      if (sip.method === 'INVITE') await sender.send(ackOf(answer));
    } else if (result.answer) {
      const { answer } = result;
      t.ok(tagOf(answer, 'to'), 'a To tag');
      if (header(answer, 'cseq').endsWith('INVITE')) await sender.send(ackOf(answer));
    }

    await wholeCall(ua, app);
    const frames = app.inbox.history.slice(seen).filter((frame) => frame.kind === 'sip');
    const handed = frames.filter((frame) => !/^call-/.test(frame.sip ? header(frame.sip, 'call-id') : ''));
    t.equal(handed.length, result.outcome === 'app' ? 1 : 0, 'handed to the application once, or not at all');
    await settled(t, server);
  });
}

/** What RFC 3261 section 8.2.6.2 wants of an answer: all Vias in their order, From, Call-ID and CSeq as they were. */
function checkAnswer(t: Test, request: SipText, answer: SipText): void {
  const branches = (message: SipText): string[] =>
    allHeaders(message, 'via')
      .flatMap((line) => line.split(/,(?=\s*SIP)/))
      .map((via) => via.replace(/\s+/g, '').replace(/;(received|rport)(=[^;]*)?/g, ''));
  t.same(branches(answer), branches(request), 'every Via came back');
  for (const name of ['call-id', 'cseq']) {
    t.equal(header(answer, name).replace(/^0+/, ''), header(request, name).replace(/^0+/, ''), name);
  }
  t.equal(tagOf(answer, 'from'), tagOf(request, 'from'), 'From tag');
  t.ok(tagOf(answer, 'to'), 'To tag');
}
