// The whole SIP server: what arrives on the wire goes to uas or uac, what an application says too, and dialogs outlive
// the connection of their application for a while.
import { EventEmitter } from 'node:events';
import type { AdminConnection } from './admin-connection.js';
import { AdminServer } from './admin-server.js';
import { Answers } from './answers.js';
import { cdr, tell, timeOfDay, type Core, type Limits } from './core.js';
import { Counters } from './counters.js';
import { Dialogs, type Dialog } from './dialogs.js';
import { parseMessage } from './message-parser.js';
import { SipMessage } from './sip-message.js';
import { defaultTimers, type Timers } from './timers.js';
import { Transactions } from './transactions.js';
import {
  defaultTransportLimits,
  Transports,
  type Place,
  type Trace,
  type TransportLimits,
} from './transports.js';
import { Uac } from './uac.js';
import { Uas } from './uas.js';

export interface EmbeddedDrachtioOptions {
  /** Where applications connect. Default 127.0.0.1. */
  readonly adminHost?: string;
  /** Default 9022; 0 = any free one. */
  readonly adminPort?: number;
  readonly secret: string;
  /** IPv4 address to listen on. */
  readonly sipHost: string;
  /** UDP and TCP; 0 = any free one. */
  readonly sipPort: number;
  /** Address in our Via and Contact where phones reach us by another one. */
  readonly externalAddress?: string;
  /** How long dialogs are kept when their application is lost, ms. Default 30,000. */
  readonly graceMs?: number;
  /** How long an application may be silent before a call is answered for it, ms. Default 60,000. */
  readonly answerTimeoutMs?: number;
  /** The shortest session interval a phone may ask for, s. Default 90, the least that RFC 4028 §4 allows. */
  readonly minSessionExpires?: number;
  readonly timers?: Partial<Timers>;
  readonly limits?: Partial<Limits & TransportLimits>;
  readonly log?: (level: 'debug' | 'info' | 'warn', event: string, fields?: object) => void;
  /** Gets every message on the wire; absent = nobody wants them. */
  readonly trace?: Trace;
}

interface ServerEvents {
  /** The SIP server cannot go on. */
  error: [Error];
}

const defaultLimits: Limits = {
  transactions: 20_000,
  transactionBytes: 128 * 1024 * 1024,
  dialogs: 5_000,
};

export class EmbeddedDrachtio extends EventEmitter<ServerEvents> {
  private readonly options: EmbeddedDrachtioOptions;
  private readonly core: Core;
  private readonly answers: Answers;
  private readonly uas: Uas;
  private readonly uac: Uac;
  private graceTimer: NodeJS.Timeout | undefined;
  /** BYEs of calls that ended while nobody was there to be told; said when an application is back. */
  private untold: { data: Buffer; dialogId: string; place: Place }[] = [];

  constructor(options: EmbeddedDrachtioOptions) {
    super();
    this.options = options;
    const counters = new Counters();
    const limits = { ...defaultLimits, ...defaultTransportLimits, ...options.limits };
    const transports: Transports = new Transports({
      host: options.sipHost,
      port: options.sipPort,
      counters,
      limits,
      onMessage: (data, from) => this.onWire(data, from),
      ...(options.trace && { trace: options.trace }),
    });
    const admin: AdminServer = new AdminServer({
      host: options.adminHost ?? '127.0.0.1',
      port: options.adminPort ?? 9022,
      secret: options.secret,
      counters,
      hostPorts: () => `tcp/${options.sipHost}:${transports.port},udp/${options.sipHost}:${transports.port}`,
      onAuthenticated: (connection) => this.onAppBack(connection),
      onSip: (connection, messageId, tokens, message) => this.onApp(connection, messageId, tokens, message),
      onClosed: (connection) => this.onAppLost(connection),
    });
    this.core = {
      timers: { ...defaultTimers, ...options.timers },
      limits,
      counters,
      transports,
      transactions: new Transactions(),
      dialogs: new Dialogs(),
      admin,
      address: () => options.externalAddress ?? options.sipHost,
      answerTimeoutMs: options.answerTimeoutMs ?? 60_000,
      minSessionExpires: options.minSessionExpires ?? 90,
      stopping: false,
      log: options.log ?? (() => undefined),
      endDialog: (dialog, reason, how) => void this.endDialog(dialog, reason, how),
      missedBye: (dialogId, place, data) => {
        if (this.untold.length < limits.dialogs) this.untold.push({ data, dialogId, place });
      },
    };
    this.uac = new Uac(this.core);
    this.answers = new Answers(this.core, this.uac);
    this.uas = new Uas(this.core, this.answers);
  }

  get adminPort(): number {
    return this.core.admin.port;
  }

  get sipPort(): number {
    return this.core.transports.port;
  }

  /** @throws with a sentence when a port is taken */
  async start(): Promise<void> {
    this.core.stopping = false;
    await this.core.transports.start();
    try {
      await this.core.admin.start();
    } catch (error) {
      await this.core.transports.stop();
      throw error;
    }
  }

  /**
   * Hangs up every call, because nobody will know of it afterwards, gives the phones a moment (4·T1) to say that they
   * have heard, and closes everything.
   */
  async stop(): Promise<void> {
    const { core } = this;
    core.stopping = true;
    clearTimeout(this.graceTimer);
    this.answers.refuseAll();
    this.uac.cancelAll();
    const ended = core.dialogs
      .all()
      .map((dialog) => this.endDialog(dialog, 'SIP server stopped', 'server-stopped'));
    let timer: NodeJS.Timeout | undefined;
    const moment = new Promise<void>((resolve) => (timer = setTimeout(resolve, 4 * core.timers.t1)));
    await Promise.race([Promise.all(ended), moment]);
    clearTimeout(timer);
    this.answers.clear();
    this.uac.clear();
    this.untold = [];
    core.dialogs.clear();
    core.transactions.clear();
    await Promise.all([core.admin.stop(), core.transports.stop()]);
  }

  /** What happened so far, and how many transactions, dialogs and requests without an answer there are now. */
  counters(): Record<string, number> {
    const { counters, transactions, dialogs } = this.core;
    return {
      ...counters.all(),
      transactions: transactions.size,
      dialogs: dialogs.size,
      pending: this.answers.waiting,
    };
  }

  private onWire(data: Buffer, from: Place): void {
    const { counters, log } = this.core;
    counters.add('received');
    this.options.trace?.('received', from, data);
    try {
      const parsed = parseMessage(data, from.protocol === 'tcp');
      if (parsed.kind === 'drop') {
        counters.add('dropped');
        log('debug', 'message dropped', { reason: parsed.reason });
      } else if (parsed.kind === 'refuse') {
        counters.add('malformed');
        this.uas.refuse(parsed.message, parsed.via, from, parsed.status, parsed.reason);
      } else if (parsed.message.isRequest) {
        this.uas.onRequest(parsed.message, parsed.via, from, data.length);
      } else {
        this.uac.onResponse(parsed.message, parsed.via);
      }
    } catch (error) {
      // Whatever a message does, it does it to itself.
      counters.add('faults');
      log('warn', 'message not handled', { error: String(error) });
    }
  }

  private onApp(
    connection: AdminConnection,
    messageId: string,
    tokens: readonly string[],
    data: Buffer,
  ): void {
    const told = parseApp(data);
    if (!told) {
      connection.reply(messageId, 'NOK|the message cannot be parsed');
    } else if (told.isRequest) {
      void this.uac.onAppRequest(connection, messageId, tokens, told);
    } else {
      this.answers.onAppResponse(connection, messageId, tokens[2] ?? '', told);
    }
  }

  private onAppLost(connection: AdminConnection): void {
    if (!connection.authenticated) return;
    this.core.log('info', 'application lost', {});
    const left = this.core.dialogs.all().filter(({ owner }) => owner === connection);
    for (const dialog of left) dialog.owner = undefined;
    this.answers.onAppLost(connection);
    this.uac.onAppLost(connection);
    if (left.length === 0) return;
    clearTimeout(this.graceTimer);
    this.graceTimer = setTimeout(() => {
      for (const dialog of this.core.dialogs.all()) {
        if (!dialog.owner) void this.endDialog(dialog, 'application lost', 'application-lost');
      }
    }, this.options.graceMs ?? 30_000);
  }

  private onAppBack(connection: AdminConnection): void {
    this.core.log('info', 'application connected', {});
    for (const dialog of this.core.dialogs.all()) {
      if (!dialog.owner?.open) dialog.owner = connection;
    }
    for (const { data, dialogId, place } of this.untold.splice(0)) {
      this.tellEnded(connection, data, dialogId, place);
    }
  }

  /** Never throws. Settles when the phone has answered the BYE, or will not. */
  private async endDialog(dialog: Dialog, reason: string, how: string): Promise<void> {
    // One that is not answered yet ends with its INVITE.
    if (dialog.ended || !dialog.confirmed) return;
    const { id, owner, place } = dialog;
    try {
      const { data, settled } = await this.uac.bye(dialog, reason);
      if (owner?.open) this.tellEnded(owner, data, id, place);
      else this.core.missedBye(id, place, data);
      cdr(this.core, 'stop', `application|${timeOfDay()}|${how}`, data);
      await settled;
    } catch (error) {
      this.core.counters.add('requestsNotSent');
      this.core.log('warn', 'BYE not sent', { error: String(error) });
    }
  }

  private tellEnded(to: AdminConnection, data: Buffer, dialogId: string, place: Place): void {
    tell(to, data, {
      source: 'application',
      size: data.length,
      protocol: place.protocol,
      from: place,
      transactionId: 'unsolicited',
      dialogId,
    });
  }
}

/** What an application sends has no Via and need not be complete, so it is read by other rules than the wire. */
function parseApp(data: Buffer): SipMessage | undefined {
  const end = data.indexOf('\r\n\r\n');
  const lines = data.toString('utf8', 0, end < 0 ? data.length : end).split(/\r\n/);
  const start = lines.shift() ?? '';
  const status = /^SIP\/2\.0 (\d{3})(?: (.*))?$/.exec(start);
  const request = /^([A-Z]{1,32}) (\S+) SIP\/2\.0$/.exec(start);
  const code = Number(status?.[1]);
  if (status && (code < 100 || code > 699)) return undefined;
  const message = status
    ? SipMessage.response(code, status[2] ?? '')
    : request?.[1] && request[2]
      ? SipMessage.request(request[1], request[2])
      : undefined;
  if (!message || lines.length > 256) return undefined;
  for (const line of lines) {
    if (line === '') continue;
    const colon = line.indexOf(':');
    // A bare line end in a header would let an application write headers it may not.
    if (colon < 1 || /[\r\n]/.test(line)) return undefined;
    message.add(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  message.body = end < 0 ? Buffer.alloc(0) : Buffer.from(data.subarray(end + 4));
  return message;
}
