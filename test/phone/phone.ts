// A desk phone for tests: SIP and RTP over real sockets, independent of the application. See README.md.
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';

import { CallFailed, type UserAgent } from './call-signalling.js';
import { type CodecName, codecs } from './codecs.js';
import { challengeTo, type Demand } from './demand.js';
import { Dialog } from './dialog.js';
import { answerChallenge, type Credentials } from './digest.js';
import { type CallOptions, PhoneCall } from './phone-call.js';
import { toneLoop } from './rtp-sender.js';
import { parseUri, responseTo, SipMessage, tagOf } from './sip-message.js';
import { newBranch, type ServerTransaction, Transactions } from './sip-transactions.js';
import { type Remote, SipTransport, type TransportKind } from './sip-transport.js';

export interface PhoneOptions {
  /** Address of SIP and RTP; default 127.0.0.1. */
  bind?: string;
  /** SIP port; default any. */
  port?: number;
  transport?: TransportKind;
  /** In order of preference; default PCMU alone. */
  codecs?: readonly CodecName[];
  /** Offer RFC 4733 events; default true. */
  telephoneEvent?: boolean;
  /** RTP/SAVP with an SDES key; default false. */
  srtp?: boolean;
  /** ms; default 20. */
  ptime?: number;
  user?: string;
  displayName?: string;
  /** What calls send from their beginning, Hz; null (default) is silence. */
  tone?: number | readonly number[] | null;
  /** Peak of the tone, 0 to 32767; default 3000. */
  toneLevel?: number;
  /** Answer incoming calls at once; otherwise they ring until the test does something. */
  autoAnswer?: boolean;
  /** Send a 180 to incoming calls; default true. */
  autoRing?: boolean;
  /** Used to answer challenges to INVITE and other requests; `register` sets it too. */
  credentials?: Credentials;
  /** Who calls this phone has to prove a password. */
  demand?: Demand;
  /** Where every request without a route goes, and the host of numbers called without one: sip:host:port. */
  proxy?: string;
  /** Time between RTCP reports, ms; 0 sends none. Default 4000. */
  rtcpMs?: number;
}

export interface TraceEntry {
  readonly at: number;
  readonly sent: boolean;
  readonly text: string;
}

const traceLength = 200;
let phones = 0;

export class Phone extends EventEmitter<{ call: [PhoneCall] }> implements UserAgent {
  readonly transactions: Transactions;
  readonly user: string;
  readonly calls = new Set<PhoneCall>();
  credentials: Credentials | undefined;
  /** Requests outside of any call, as they came. */
  readonly requests: SipMessage[] = [];
  /** The latest messages, for failures. */
  readonly trace: TraceEntry[] = [];
  private readonly transport: SipTransport;
  private readonly byDialog = new Map<string, PhoneCall>();
  private readonly ignored = new Set<string>();
  private readonly waitingForCall: ((call: PhoneCall) => void)[] = [];
  private readonly unclaimed: PhoneCall[] = [];
  private registration: { registrar: string; callId: string; sequence: number } | undefined;
  private deaf = false;

  constructor(private readonly options: PhoneOptions = {}) {
    super();
    this.user = options.user ?? `phone${++phones}`;
    this.credentials = options.credentials;
    this.transport = new SipTransport(
      options.transport ?? 'udp',
      options.bind ?? '127.0.0.1',
      options.port ?? 0,
    );
    this.transactions = new Transactions(this.transport);
  }

  async start(): Promise<this> {
    await this.transport.start();
    this.transactions.start();
    this.transactions.filter = (message) => {
      this.note(false, message);
      return !this.deaf && !this.ignored.has(message.callId);
    };
    const send = this.transport.send.bind(this.transport);
    this.transport.send = (message, to) => {
      if (this.deaf || (typeof message !== 'string' && this.ignored.has(message.callId))) return;
      this.note(true, message);
      send(message, to);
    };
    this.prepareTone();
    this.transactions.onRequest = (request, transaction) => this.received(request, transaction);
    this.transactions.onAck = (ack) => this.callOf(ack)?.receivedAck(ack);
    return this;
  }

  /** Encodes the tone before there is a call whose packets would be late for it. */
  private prepareTone(): void {
    const { codecs: names, tone, toneLevel } = this.options;
    const { ptime } = this.mediaOptions();
    for (const name of names ?? []) {
      if (!codecs[name].stateless) toneLoop(codecs[name], toneList(tone), toneLevel ?? 3_000, ptime);
    }
  }

  /** Ends all calls and closes everything. */
  async stop(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => (timer = setTimeout(resolve, 1_500)));
    for (const call of [...this.calls]) if (this.deaf || call.vanished) call.bury();
    const goodbyes = [...this.calls].map((call) => call.hangup());
    await Promise.race([Promise.allSettled(goodbyes), patience]);
    clearTimeout(timer);
    for (const call of [...this.calls]) call.bury();
    this.transactions.stop();
    await this.transport.stop();
  }

  /** Pulls the network cable: nothing is sent, read or answered any more, by any call. */
  vanish(): void {
    this.deaf = true;
    for (const call of this.calls) call.vanish();
  }

  get port(): number {
    return this.transport.port;
  }

  /** Where others reach this phone directly. */
  get uri(): string {
    const transport = this.transport.kind === 'tcp' ? ';transport=tcp' : '';
    return `sip:${this.user}@${this.transport.address}:${this.port}${transport}`;
  }

  get contact(): string {
    return `<${this.uri}>`;
  }

  /** Requests that had to be sent again because no answer came in time. */
  get retransmissions(): number {
    return this.transactions.retransmissions;
  }

  /** Calls a SIP URI, or a number at the proxy. The call goes out at once. */
  call(target: string | ({ target: string } & CallOptions), more: CallOptions = {}): PhoneCall {
    const options = typeof target === 'string' ? more : { ...target, ...more };
    const uri = this.resolve(typeof target === 'string' ? target : target.target);
    const { displayName } = this.options;
    const host = this.options.proxy ? hostOf(this.options.proxy) : `${this.transport.address}:${this.port}`;
    const name = displayName === undefined ? '' : `"${displayName.replace(/["\\]/g, '\\$&')}" `;
    const dialog = new Dialog(newId(), `${name}<sip:${this.user}@${host}>`, newId(), `<${uri}>`, uri);
    dialog.proxy = this.proxy;
    const call = this.adopt(new PhoneCall(this, dialog, this.mediaOptions(), options));
    call.begin().catch((error: unknown) => call.fail(error));
    return call;
  }

  private resolve(target: string): string {
    if (/^sips?:/.test(target)) return target;
    if (this.options.proxy === undefined) throw new Error(`a number needs a proxy: ${target}`);
    return `sip:${target}@${hostOf(this.options.proxy)}`;
  }

  private get proxy(): Remote | undefined {
    if (this.options.proxy === undefined) return undefined;
    const { host, port } = parseUri(this.options.proxy);
    return { host, port };
  }

  private adopt(call: PhoneCall): PhoneCall {
    const { tone, toneLevel } = this.options;
    void call.setTone(toneList(tone), toneLevel ?? 3_000);
    this.calls.add(call);
    this.byDialog.set(`${call.dialog.callId} ${call.dialog.localTag}`, call);
    return call;
  }

  private mediaOptions(): ConstructorParameters<typeof PhoneCall>[2] {
    const { codecs, telephoneEvent, srtp, ptime, rtcpMs } = this.options;
    return {
      address: this.transport.address,
      user: this.user,
      codecs: codecs ?? ['PCMU'],
      telephoneEvent: telephoneEvent ?? true,
      srtp: srtp ?? false,
      ptime: ptime ?? 20,
      rtcpMs: rtcpMs ?? 4_000,
    };
  }

  /** The next incoming call (or one that came already and nobody asked for). */
  nextCall(timeoutMs = 5_000): Promise<PhoneCall> {
    const waiting = this.unclaimed.shift();
    if (waiting) return Promise.resolve(waiting);
    return new Promise((resolve, reject) => {
      const take = (call: PhoneCall): void => {
        clearTimeout(timer);
        resolve(call);
      };
      const timer = setTimeout(() => {
        this.waitingForCall.splice(this.waitingForCall.indexOf(take), 1);
        reject(new Error(`no call came within ${timeoutMs} ms`));
      }, timeoutMs);
      this.waitingForCall.push(take);
    });
  }

  // ---- registration and requests outside of calls ----

  /** Registers this phone at sip:host:port. Throws CallFailed when refused. `expires` 0 unregisters. */
  async register(
    registrar: string,
    { user, password, expires = 300 }: Credentials & { expires?: number },
  ): Promise<SipMessage> {
    this.credentials = { user, password };
    const known = this.registration?.registrar === registrar ? this.registration : undefined;
    this.registration = known ?? { registrar, callId: newId(), sequence: 0 };
    const host = hostOf(registrar);
    const response = await this.ask('REGISTER', `sip:${host}`, {
      aor: `<sip:${user}@${host}>`,
      callId: this.registration.callId,
      sequence: () => ++this.registration!.sequence,
      headers: { Expires: String(expires) },
    });
    if (response.status >= 300) throw new CallFailed(response.status, response.reason, response);
    return response;
  }

  async unregister(): Promise<void> {
    if (!this.registration || !this.credentials) return;
    await this.register(this.registration.registrar, { ...this.credentials, expires: 0 });
  }

  /** Sends a request outside of any call and gives its final answer; challenges are answered. */
  ask(
    method: string,
    uri: string,
    more: {
      aor?: string;
      callId?: string;
      sequence?: () => number;
      headers?: Record<string, string>;
      body?: string;
      type?: string;
    } = {},
  ): Promise<SipMessage> {
    const { callId = newId(), headers = {}, body, type = 'text/plain' } = more;
    let last = 0;
    const sequence = more.sequence ?? ((): number => ++last);
    const { host, port } = this.proxy ?? parseUri(uri);
    const fromTag = newId();
    return new Promise((resolve) => {
      const send = (answer?: { name: string; value: string }): void => {
        const request = SipMessage.request(method, uri);
        request.add('From', `${more.aor ?? `<sip:${this.user}@${hostOf(uri)}>`};tag=${fromTag}`);
        request.add('To', more.aor ?? `<${uri}>`).add('Call-ID', callId);
        request.add('CSeq', `${sequence()} ${method}`).add('Max-Forwards', '70');
        for (const [name, value] of Object.entries(headers)) request.add(name, value);
        if (answer) request.add(answer.name, answer.value);
        if (body !== undefined) request.withBody(type, body);
        this.stamp(request);
        this.transactions.request(
          request,
          { host, port },
          (response) => {
            if (response.status < 200) return;
            const challenged =
              (response.status === 401 || response.status === 407) && !answer && this.credentials;
            const header = challenged && answerChallenge(response, method, uri, challenged);
            if (header) send(header);
            else resolve(response);
          },
          () => resolve(SipMessage.response(408, 'Request Timeout')),
        );
      };
      send();
    });
  }

  // ---- for calls ----

  stamp(request: SipMessage): void {
    const kind = this.transport.kind.toUpperCase();
    request.prepend(
      'Via',
      `SIP/2.0/${kind} ${this.transport.address}:${this.port};branch=${newBranch()};rport`,
    );
    if (!request.get('contact') && request.method !== 'BYE') request.add('Contact', this.contact);
    if (!request.get('user-agent')) request.add('User-Agent', 'test phone');
    if (request.method === 'INVITE' && !request.get('allow')) {
      request.add('Allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, MESSAGE, NOTIFY');
    }
  }

  forget(call: { readonly dialog: Dialog }): void {
    this.calls.delete(call as PhoneCall);
    this.byDialog.delete(`${call.dialog.callId} ${call.dialog.localTag}`);
  }

  ignore(callId: string): void {
    this.ignored.add(callId);
  }

  // ---- what comes in ----

  private callOf(request: SipMessage): PhoneCall | undefined {
    return this.byDialog.get(`${request.callId} ${tagOf(request.get('to')) ?? ''}`);
  }

  private received(request: SipMessage, transaction: ServerTransaction): void {
    const answer = (status: number, reason: string): void => {
      transaction.respond(responseTo(request, status, reason, newId()));
    };
    if (tagOf(request.get('to')) !== undefined) {
      const call = this.callOf(request);
      if (call) call.received(request, transaction);
      else answer(481, 'Call/Transaction Does Not Exist');
    } else if (request.method === 'INVITE') {
      this.incomingCall(request, transaction);
    } else {
      this.requests.push(request);
      const known = ['OPTIONS', 'MESSAGE', 'NOTIFY', 'INFO'].includes(request.method);
      answer(known ? 200 : 405, known ? 'OK' : 'Method Not Allowed');
    }
  }

  private incomingCall(invite: SipMessage, transaction: ServerTransaction): void {
    const { demand } = this.options;
    const challenge = demand && challengeTo(invite, demand, newId());
    if (challenge) return transaction.respond(challenge);
    transaction.respond(responseTo(invite, 100, 'Trying'));
    const dialog = Dialog.fromInvite(invite, newId());
    const call = this.adopt(new PhoneCall(this, dialog, this.mediaOptions(), {}, transaction));
    if (this.options.autoRing ?? true) call.ring();
    if (this.options.autoAnswer) call.answer().catch(() => undefined);
    const waiting = this.waitingForCall.shift();
    if (waiting) waiting(call);
    else this.unclaimed.push(call);
    this.emit('call', call);
  }

  private note(sent: boolean, message: SipMessage | string): void {
    if (this.trace.length >= traceLength) this.trace.shift();
    this.trace.push({ at: Date.now(), sent, text: String(message) });
  }

  /** The SIP messages of the latest time, readable. */
  describeTrace(): string {
    return this.trace
      .map(({ at, sent, text }) => `${new Date(at).toISOString()} ${sent ? 'sent' : 'received'}\n${text}`)
      .join('\n');
  }
}

/** Whole Hz of what a tone option says; none for silence. */
function toneList(tone: number | readonly number[] | null | undefined): number[] {
  return (typeof tone === 'number' ? [tone] : [...(tone ?? [])]).map(Math.round);
}

/** host:port of a sip URI. */
function hostOf(uri: string): string {
  const { host, port } = parseUri(uri);
  return `${host}:${port}`;
}

function newId(): string {
  return randomBytes(8).toString('hex');
}
