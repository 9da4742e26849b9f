// The connection to the SIP server, real or embedded: one drachtio-srf, which comes back by itself when the server
// restarts. Everything that arrives leaves as one of this folder's nouns, and a fault in handling one request answers
// that request with 500 and touches no other.
import { EventEmitter } from 'node:events';
import Srf from 'drachtio-srf';
import { allowedMethods } from './allowed-methods.js';
import { callerIdentity } from './caller-identity.js';
import { IncomingCall } from './incoming-call.js';
import { OutgoingCall, type OutgoingCallOptions } from './outgoing-call.js';
import { readable } from './readable.js';

export interface SipLinkOptions {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  /** Gets every SIP message that reaches the application, whole; absent = nobody wants them. */
  readonly trace?: (message: string) => void;
}

export interface SipLinkEvents {
  call: [call: IncomingCall];
  connected: [sipUris: string];
  lost: [];
  /** A request could not be handled; it has been answered 500. */
  fault: [error: unknown];
}

/** How long the SIP server may take to let us in at start, ms: it may be starting itself. */
const connectTimeoutMs = 20_000;

export class SipLink extends EventEmitter<SipLinkEvents> {
  private readonly options: SipLinkOptions;
  private srf: Srf | undefined;
  private up = false;

  constructor(options: SipLinkOptions) {
    super();
    this.options = options;
  }

  get connected(): boolean {
    return this.up;
  }

  /**
   * Connects and asks for calls.
   * @throws when the server does not let us in within 20 s, or the secret is wrong
   */
  async start(): Promise<void> {
    const srf = new Srf();
    this.srf = srf;
    srf.use((request, _response, next) => {
      this.options.trace?.(readable((request as unknown as { msg: { raw: string } }).msg.raw));
      next();
    });
    srf.invite((request, response) => this.onInvite(request, response));
    srf.use('options', (_request, response) =>
      response.send(200, { headers: { Allow: allowedMethods, Accept: 'application/sdp' } }),
    );
    srf.on('error', () => this.onLost());
    (srf as EventEmitter).on('close', () => this.onLost());
    const { host, port, secret } = this.options;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`The SIP server at ${host}:${port} did not answer.`)),
        connectTimeoutMs,
      );
      srf.on('connect', (err, hostPort) => {
        clearTimeout(timer);
        if (err) {
          reject(new Error(`The SIP server at ${host}:${port} refused the secret.`));
          return;
        }
        this.up = true;
        this.emit('connected', hostPort);
        resolve();
      });
      void srf.connect({ host, port, secret });
    });
  }

  /**
   * Hangs up a call of an earlier run of the application, by the id its dialog had then; the SIP server keeps such
   * dialogs for a while. Never throws, and a dialog that is gone is none to be ended.
   */
  endLeftOver(dialogId: string): void {
    // The types do not know that a request can belong to a dialog, whose own URI then replaces this one.
    const srf = this.srf as unknown as
      { request(uri: string, options: object, sent: () => void): void } | undefined;
    const headers = { Reason: 'SIP;cause=200;text="the conference server was restarted"' };
    try {
      srf?.request('sip:placeholder', { method: 'BYE', stackDialogId: dialogId, headers }, () => undefined);
    } catch {
      // The connection is gone again.
    }
  }

  /**
   * A call that we make; it is sent with OutgoingCall.answer().
   * @throws Error when there is no connection
   */
  call(options: OutgoingCallOptions): OutgoingCall {
    if (!this.srf) throw new Error('there is no connection to the SIP server');
    return new OutgoingCall(this.srf, options);
  }

  stop(): void {
    this.up = false;
    try {
      this.srf?.disconnect();
    } catch {
      // There was no connection to close.
    }
    this.srf = undefined;
  }

  private onLost(): void {
    if (!this.up) return;
    this.up = false;
    this.emit('lost');
  }

  private onInvite(request: Srf.SrfRequest, response: Srf.SrfResponse): void {
    try {
      const from = request.getParsedHeader('From');
      const identity = callerIdentity(
        { name: from.name, uri: Srf.parseUri(from.uri) ?? {} },
        Srf.parseUri(request.uri) ?? {},
      );
      this.emit('call', new IncomingCall(this.srf!, request, response, identity));
    } catch (error) {
      response.send(500);
      this.emit('fault', error);
    }
  }
}
