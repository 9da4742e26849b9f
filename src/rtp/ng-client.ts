// The only voice that speaks NG to rtpengine: rtpengine-client's UDP client with one send of our own, because the
// package lacks connect, create and create answer, has no retry, and tells errors apart only by their text.
import { randomUUID } from 'node:crypto';
import { Client } from 'rtpengine-client';
import type { Log } from '../log.js';
import type {
  AnswerArgs,
  BlockDtmfArgs,
  ConnectArgs,
  CreateAnswerArgs,
  CreateArgs,
  OfferArgs,
  PartyArgs,
  PlayArgs,
  PlayReply,
  PublishArgs,
  QueryArgs,
  QueryReply,
  SdpReply,
  UnsubscribeArgs,
} from './ng-commands.js';

/** Why a command failed; after anything but 'refused by rtpengine' it is unknown whether the command was carried out. */
export type NgFailure = 'rejected' | 'timeout' | 'unreachable' | 'closed' | 'garbage';

export class NgError extends Error {
  readonly command: string;
  readonly failure: NgFailure;
  /** rtpengine's own words, or ours. */
  readonly reason: string;

  constructor(command: string, failure: NgFailure, reason: string) {
    super(`rtpengine ${command}: ${reason}`);
    this.name = 'NgError';
    this.command = command;
    this.failure = failure;
    this.reason = reason;
  }

  /** The call is not there: deleted, or rtpengine was restarted. */
  get unknownCall(): boolean {
    return this.failure === 'rejected' && /unknown call-id/i.test(this.reason);
  }

  /** Nobody answered. */
  get lost(): boolean {
    return this.failure === 'timeout' || this.failure === 'unreachable';
  }
}

export interface NgClientOptions {
  readonly host: string;
  readonly port: number;
  readonly log: Log;
  /** Time for one try, ms; there are two. */
  readonly timeoutMs?: number;
  /**
   * Commands on the way at once; the others wait in line. Default 8: rtpengine carries out the commands of one room one
   * after the other, and a look at its health must not wait behind more of them (12 ms each with 40 talkers, measured).
   */
  readonly window?: number;
}

interface Pending {
  readonly command: string;
  readonly cookie: string;
  readonly message: Buffer;
  readonly timeoutMs: number;
  readonly startedAt: number;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: NgError) => void;
  triesLeft: number;
  timer: NodeJS.Timeout | undefined;
}

type Reply = Record<string, unknown>;

/** A UDP datagram carries no more; rtpengine sends no answer at all when its reply would be longer. */
const longestMessage = 65_507;

/** Commands that wait for their turn; 200 phones rebuilt at once are about 1,000. */
const longestQueue = 10_000;

/** The package's client, with the two hooks that its constructor binds to the socket led to us. */
class Wire extends Client {
  onDatagram: ((message: Buffer) => void) | undefined;
  onSocketError: ((error: Error) => void) | undefined;

  protected override _onMessage(message: Buffer): void {
    this.onDatagram?.(message);
  }

  protected override _onError(error: Error): void {
    this.onSocketError?.(error);
  }

  /** A connected socket takes packets from rtpengine alone, and learns at once when nobody listens there. */
  connect(port: number, host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const failed = (error: Error) => reject(error);
      const connect = () => {
        this.socket.once('error', failed);
        this.socket.connect(port, host, () => {
          this.socket.off('error', failed);
          resolve();
        });
      };
      this.once('listening', connect);
    });
  }

  send(message: Buffer, done: (error: Error | null) => void): void {
    this.socket.send(message, done);
  }
}

export class NgClient {
  private readonly options: NgClientOptions;
  private readonly log: Log;
  private readonly pending = new Map<string, Pending>();
  private readonly waiting: Pending[] = [];
  private wire: Wire | undefined;
  /** Called when rtpengine's port is found closed. */
  onUnreachable: (() => void) | undefined;

  constructor(options: NgClientOptions) {
    this.options = options;
    this.log = options.log;
  }

  async start(): Promise<void> {
    const { host, port } = this.options;
    const loopback = host === 'localhost' || host.startsWith('127.');
    const wire = new Wire(loopback ? { localAddress: '127.0.0.1' } : {});
    wire.onDatagram = (message) => this.receive(message);
    wire.onSocketError = (error) => this.socketFailed(error);
    await wire.connect(port, host);
    this.wire = wire;
  }

  stop(): void {
    const wire = this.wire;
    this.wire = undefined;
    this.failAll('closed', 'the box is stopping');
    wire?.close();
  }

  /** Everything on the way or in line fails now: rtpengine is known to be gone. */
  abandon(reason: string): void {
    this.failAll('unreachable', reason);
  }

  get inFlight(): number {
    return this.pending.size + this.waiting.length;
  }

  offer(args: OfferArgs): Promise<SdpReply> {
    return this.withSdp('offer', args);
  }

  answer(args: AnswerArgs): Promise<SdpReply> {
    return this.withSdp('answer', args);
  }

  publish(args: PublishArgs): Promise<SdpReply> {
    return this.withSdp('publish', args);
  }

  create(args: CreateArgs): Promise<SdpReply> {
    return this.withSdp('create', args);
  }

  async createAnswer(args: CreateAnswerArgs): Promise<void> {
    await this.request('create answer', args);
  }

  async connect(args: ConnectArgs): Promise<void> {
    await this.request('connect', args);
  }

  async unsubscribe(args: UnsubscribeArgs): Promise<void> {
    await this.request('unsubscribe', args);
  }

  /** The whole call; an unknown one is no error. With a from-tag rtpengine 26.0 would delete it all as well. */
  async deleteCall(callId: string): Promise<void> {
    try {
      await this.request('delete', { 'call-id': callId, flags: ['fast'], 'delete delay': 0 });
    } catch (error) {
      if (!(
        error instanceof NgError &&
        error.failure === 'rejected' &&
        /not found|unknown/i.test(error.reason)
      ))
        throw error;
    }
  }

  async blockDtmf(args: BlockDtmfArgs): Promise<void> {
    await this.request('block DTMF', args);
  }

  async playMedia(args: PlayArgs): Promise<PlayReply> {
    const reply = await this.request('play media', args);
    return typeof reply.duration === 'number' ? { duration: reply.duration } : {};
  }

  /** Also fine when nothing plays. */
  async stopMedia(args: PartyArgs): Promise<void> {
    try {
      await this.request('stop media', args);
    } catch (error) {
      if (!(error instanceof NgError && /not currently playing/i.test(error.reason))) throw error;
    }
  }

  async query(args: QueryArgs): Promise<QueryReply> {
    return (await this.request('query', args)) as QueryReply;
  }

  /** A query that does not wait in line. @param timeoutMs for each of two tries */
  async look(args: QueryArgs, timeoutMs: number): Promise<void> {
    await this.request('query', args, timeoutMs);
  }

  /** Call-ids, at most `limit` (a reply longer than a datagram would never come). */
  async list(limit: number): Promise<string[]> {
    const reply = await this.request('list', { limit: String(limit) });
    return Array.isArray(reply.calls) ? reply.calls.filter((id): id is string => typeof id === 'string') : [];
  }

  async ping(): Promise<void> {
    await this.request('ping', {});
  }

  private async withSdp(command: string, args: object): Promise<SdpReply> {
    const reply = await this.request(command, args);
    if (typeof reply.sdp !== 'string') throw new NgError(command, 'garbage', 'the reply has no SDP');
    return { sdp: reply.sdp };
  }

  /**
   * @param urgentMs its own time-out, and no waiting in line
   * @throws NgError
   */
  private request(command: string, args: object, urgentMs?: number): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (!this.wire) return reject(new NgError(command, 'closed', 'not started'));
      if (this.waiting.length >= longestQueue)
        return reject(new NgError(command, 'closed', 'too many commands'));
      const cookie = randomUUID();
      const message = Client.encodeMessage(cookie, { ...args, command });
      if (message.length > longestMessage)
        return reject(new NgError(command, 'closed', 'longer than a datagram'));
      if (this.log.debugging) this.log.debug('ng command', { cookie, command, ...readable(args) });
      const entry: Pending = {
        command,
        cookie,
        message,
        timeoutMs: urgentMs ?? this.options.timeoutMs ?? 1000,
        startedAt: performance.now(),
        resolve,
        reject,
        triesLeft: 2,
        timer: undefined,
      };
      if (urgentMs === undefined) {
        this.waiting.push(entry);
        this.pump();
      } else {
        this.send(entry);
      }
    });
  }

  private pump(): void {
    const window = this.options.window ?? 8;
    while (this.pending.size < window) {
      const next = this.waiting.shift();
      if (!next) return;
      this.send(next);
    }
  }

  private send(entry: Pending): void {
    this.pending.set(entry.cookie, entry);
    this.transmit(entry);
  }

  /** The second try carries the same cookie: rtpengine answers it from memory if the command was carried out already. */
  private transmit(entry: Pending): void {
    entry.triesLeft -= 1;
    entry.timer = setTimeout(() => {
      if (entry.triesLeft > 0) this.transmit(entry);
      else
        this.settle(
          entry.cookie,
          new NgError(entry.command, 'timeout', `no answer in ${2 * entry.timeoutMs} ms`),
        );
    }, entry.timeoutMs);
    this.wire?.send(entry.message, (error) => {
      if (error) this.socketFailed(error);
    });
  }

  private receive(message: Buffer): void {
    let decoded: { id: string; data: unknown };
    try {
      decoded = Client.decodeMessage(message);
    } catch (error) {
      this.log.warn('ng reply not understood', { bytes: message.length, error: String(error) });
      return;
    }
    // The answer to a first try may come after that to the second.
    const entry = this.pending.get(decoded.id);
    if (!entry) return;
    const reply = decoded.data;
    if (typeof reply !== 'object' || reply === null || Array.isArray(reply)) {
      return this.settle(decoded.id, new NgError(entry.command, 'garbage', 'the reply is not a dictionary'));
    }
    const fields = reply as Reply;
    if (this.log.debugging) {
      const ms = Math.round((performance.now() - entry.startedAt) * 10) / 10;
      this.log.debug('ng reply', { cookie: entry.cookie, command: entry.command, ms, ...readable(fields) });
    }
    if (fields.result === 'error') {
      const reason = typeof fields['error-reason'] === 'string' ? fields['error-reason'] : 'no reason given';
      return this.settle(decoded.id, new NgError(entry.command, 'rejected', reason));
    }
    this.settle(decoded.id, fields);
  }

  private settle(cookie: string, outcome: Reply | NgError): void {
    const entry = this.pending.get(cookie);
    if (!entry) return;
    this.pending.delete(cookie);
    clearTimeout(entry.timer);
    if (outcome instanceof NgError) entry.reject(outcome);
    else entry.resolve(outcome);
    this.pump();
  }

  /** ICMP said that nobody listens on the port: whatever was on the way died with the process. */
  private socketFailed(error: Error): void {
    if (!this.wire) return;
    this.log.debug('ng socket error', { error: error.message });
    this.failAll('unreachable', error.message);
    this.onUnreachable?.();
  }

  private failAll(failure: NgFailure, reason: string): void {
    const entries = [...this.pending.values(), ...this.waiting];
    this.pending.clear();
    this.waiting.length = 0;
    for (const entry of entries) {
      clearTimeout(entry.timer);
      entry.reject(new NgError(entry.command, failure, reason));
    }
  }
}

/** For the log: SRTP keys are secrets. */
function readable(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.replace(/inline:\S+/g, 'inline:[hidden]') : value,
    ]),
  );
}
