// Calls at a given rate, as many phones at once would make them: INVITE, ACK to the 200, a moment, BYE. An open load:
// calls begin when they are due, however long the earlier ones take. Lost messages are repeated as RFC 3261 says, and
// every repetition, ours and the box's, is counted, for a box that keeps up needs none.
import { createSocket, type Socket } from 'node:dgram';
import {
  ackOf,
  byeOf,
  headerOf,
  inviteOf,
  okTo,
  readMessage,
  type LoadDialog,
  type LoadMessage,
  type LoadSource,
  type LoadTarget,
} from './load-messages.js';

export interface LoadOptions {
  readonly target: LoadTarget;
  /** Calls per second. */
  readonly rate: number;
  readonly seconds: number;
  /** From the 200 to the BYE, ms. */
  readonly holdMs: number;
}

export interface LoadResult {
  readonly started: number;
  /** Answered and hung up in order. */
  readonly completed: number;
  /** By what went wrong. */
  readonly failed: Record<string, number>;
  /** Requests that we had to repeat. */
  readonly repeatedInvites: number;
  readonly repeatedByes: number;
  /** 200s that came again although we had sent the ACK at once. */
  readonly repeatedAnswers: number;
  /** From each INVITE to its 200, ms. */
  readonly setupMs: number[];
  /** How much later than due each INVITE left, ms: how good the generator is. */
  readonly latenessMs: number[];
}

/** RFC 3261 §17.1.1.1, ms. */
const t1 = 500;
const t2 = 4000;
/** A call that is not answered, or whose BYE is not, after so long has failed; shorter than the 32 s of a phone. */
const giveUpMs = 10_000;
/** Between two looks at what is due, ms. */
const tickMs = 4;

interface LoadCall {
  dialog: LoadDialog;
  state: 'calling' | 'proceeding' | 'talking' | 'leaving';
  sentAt: number;
  /** What is repeated when no answer comes. */
  request: Buffer;
  requestAt: number;
  repeatAt: number;
  repeatMs: number;
  ack: Buffer | undefined;
  byeAt: number;
}

export class LoadRun {
  private readonly options: LoadOptions;
  private readonly socket: Socket;
  private readonly source: LoadSource;
  private readonly calls = new Map<string, LoadCall>();
  private readonly prefix = `${Date.now().toString(36)}${process.pid.toString(36)}`;
  private started = 0;
  private completed = 0;
  private failed: Record<string, number> = {};
  private repeatedInvites = 0;
  private repeatedByes = 0;
  private repeatedAnswers = 0;
  private readonly setupMs: number[] = [];
  private readonly latenessMs: number[] = [];

  private constructor(options: LoadOptions, socket: Socket, mediaPort: number) {
    this.options = options;
    this.socket = socket;
    this.source = { host: options.target.host, port: socket.address().port, mediaPort };
  }

  /** Resolves when every call is over. @param mediaPort where the box may send RTP */
  static async run(options: LoadOptions, mediaPort: number): Promise<LoadResult> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1024 * 1024 });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, options.target.host, resolve);
    });
    socket.removeAllListeners('error');
    socket.on('error', () => undefined);
    const run = new LoadRun(options, socket, mediaPort);
    socket.on('message', (data) => {
      const message = readMessage(data);
      if (message) run.receive(message);
    });
    try {
      return await run.untilOver();
    } finally {
      socket.close();
    }
  }

  private untilOver(): Promise<LoadResult> {
    const { rate, seconds } = this.options;
    const total = Math.round(rate * seconds);
    const begun = performance.now();
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const now = performance.now();
        while (this.started < total) {
          const due = begun + (this.started * 1000) / rate;
          if (due > now) break;
          this.latenessMs.push(now - due);
          this.begin(now);
        }
        for (const [id, call] of this.calls) this.attend(id, call, now);
        if (this.started < total || this.calls.size > 0) return;
        clearInterval(timer);
        const { started, completed, failed, repeatedInvites, repeatedByes, repeatedAnswers } = this;
        const { setupMs, latenessMs } = this;
        resolve({
          started,
          completed,
          failed,
          repeatedInvites,
          repeatedByes,
          repeatedAnswers,
          setupMs,
          latenessMs,
        });
      }, tickMs);
    });
  }

  private begin(now: number): void {
    const { target } = this.options;
    const id = `${this.prefix}-${++this.started}`;
    const address = `${target.host}:${target.port}`;
    const dialog: LoadDialog = {
      callId: id,
      from: `<sip:load${this.started}@${target.host}>;tag=${id}`,
      to: `<sip:${target.number}@${address}>`,
      remoteUri: `sip:${target.number}@${address}`,
    };
    const request = inviteOf(this.source, dialog, `z9hG4bK-${id}-i`);
    this.calls.set(id, {
      dialog,
      state: 'calling',
      sentAt: now,
      request,
      requestAt: now,
      repeatAt: now + t1,
      repeatMs: t1,
      ack: undefined,
      byeAt: Infinity,
    });
    this.send(request);
  }

  /** Does what is due for a call. */
  private attend(id: string, call: LoadCall, now: number): void {
    if (call.state === 'talking') {
      if (now >= call.byeAt) this.hangUp(id, call, now);
      return;
    }
    if (now - call.requestAt > giveUpMs) {
      this.fail(id, call.state === 'leaving' ? 'BYE not answered' : 'INVITE not answered');
    } else if (now >= call.repeatAt) {
      if (call.state === 'leaving') this.repeatedByes++;
      else this.repeatedInvites++;
      call.repeatMs = call.state === 'leaving' ? Math.min(2 * call.repeatMs, t2) : 2 * call.repeatMs;
      call.repeatAt = now + call.repeatMs;
      this.send(call.request);
    }
  }

  private hangUp(id: string, call: LoadCall, now: number): void {
    call.state = 'leaving';
    call.request = byeOf(this.source, call.dialog, `z9hG4bK-${id}-b`);
    call.requestAt = now;
    call.repeatMs = t1;
    call.repeatAt = now + t1;
    this.send(call.request);
  }

  private receive(message: LoadMessage): void {
    const { callId, status, method } = message;
    const call = this.calls.get(callId);
    if (status === undefined) {
      if (method === 'BYE') {
        this.send(okTo(message.text));
        if (call) this.fail(callId, 'hung up by the box');
      }
      return;
    }
    if (!call) return;
    if (method === 'BYE') {
      if (status < 200) return;
      if (status >= 300) {
        this.fail(callId, `BYE: ${status}`);
        return;
      }
      this.calls.delete(callId);
      this.completed++;
    } else if (method === 'INVITE') {
      this.onInviteResponse(call, message, status);
    }
  }

  private onInviteResponse(call: LoadCall, { text, callId }: LoadMessage, status: number): void {
    if (status < 200) {
      if (call.state === 'calling') {
        call.state = 'proceeding';
        call.repeatAt = Infinity;
      }
      return;
    }
    if (call.ack) {
      this.repeatedAnswers++;
      this.send(call.ack);
      return;
    }
    const now = performance.now();
    const to = headerOf(text, 'To') ?? call.dialog.to;
    if (status >= 300) {
      // Of the same transaction, so with the INVITE's branch and URI (RFC 3261 §17.1.1.3).
      this.send(ackOf(this.source, { ...call.dialog, to }, `z9hG4bK-${callId}-i`));
      this.fail(callId, `INVITE: ${status}`);
      return;
    }
    const contact = /<([^>]+)>/.exec(headerOf(text, 'Contact') ?? '')?.[1];
    call.dialog = { ...call.dialog, to, remoteUri: contact ?? call.dialog.remoteUri };
    call.ack = ackOf(this.source, call.dialog, `z9hG4bK-${callId}-a`);
    this.send(call.ack);
    this.setupMs.push(now - call.sentAt);
    call.state = 'talking';
    call.byeAt = now + this.options.holdMs;
  }

  private fail(id: string, why: string): void {
    this.calls.delete(id);
    this.failed[why] = (this.failed[why] ?? 0) + 1;
  }

  private send(data: Buffer): void {
    const { host, port } = this.options.target;
    // What is lost is repeated.
    this.socket.send(data, port, host, () => undefined);
  }
}
