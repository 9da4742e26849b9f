// An INVITE of ours, from its sending to the answer. Whoever made it may give up at any moment; an answer that crosses
// that is hung up here. To the call layer it looks as an INVITE without SDP does: we offer, the phone's answer follows.
import { EventEmitter } from 'node:events';
import Srf from 'drachtio-srf';
import { messageOf } from '../errors.js';
import { allowedMethods } from './allowed-methods.js';
import { safeText, type CallerIdentity } from './caller-identity.js';
import { CallerGaveUp } from './incoming-call.js';
import { PhoneDialog } from './phone-dialog.js';

export interface OutgoingCallOptions {
  /** Request-URI, `sip:...`; where the INVITE goes. */
  readonly uri: string;
  readonly sipCallId: string;
  /** Shown to who is called. */
  readonly callerName: string;
  /** User part of our address, and its host with the port if it needs one. */
  readonly callerNumber: string;
  readonly callerHost: string;
  /** What a 401 or 407 is answered with; absent = such an answer refuses the call. */
  readonly credentials?: { readonly username: string; readonly password: string };
}

type Progress = Parameters<Srf['createUAC']>[2];

export interface OutgoingCallEvents {
  /** The first 18x. */
  ringing: [];
}

/** The call was not answered. */
export class DialFailed extends Error {
  constructor(
    /** SIP status of the refusal; 408 also when nothing ever came back; 0 = the INVITE could not be sent. */
    readonly status: number,
    /** Something had come back before: there is a phone. */
    readonly rang: boolean,
    reason: string,
  ) {
    super(reason);
    this.name = 'DialFailed';
  }
}

export class OutgoingCall extends EventEmitter<OutgoingCallEvents> {
  readonly identity: CallerIdentity;
  readonly sipCallId: string;
  /** Host and port that the INVITE goes to. */
  readonly sourceAddress: string;
  /** We make the offer. */
  readonly sdp = undefined;
  private readonly srf: Srf;
  private readonly options: OutgoingCallOptions;
  private request: Srf.SrfRequest | undefined;
  private gaveUp = false;
  private done = false;
  private rang = false;
  private remoteSdp: string | undefined;

  constructor(srf: Srf, options: OutgoingCallOptions) {
    super();
    this.srf = srf;
    this.options = options;
    this.sipCallId = options.sipCallId;
    const target = Srf.parseUri(options.uri);
    this.sourceAddress = safeText(target?.port ? `${target.host}:${target.port}` : (target?.host ?? ''));
    this.identity = {
      callerNumber: options.callerNumber,
      callerName: options.callerName,
      calledNumber: safeText(target?.user),
      calledHost: safeText(target?.host).toLowerCase(),
    };
  }

  /** The phone's answer to our offer, once the call is answered. */
  get answerSdp(): string | undefined {
    return this.remoteSdp;
  }

  /** Gives up: cancels the INVITE. Never throws, and does nothing once the call is answered or refused. */
  reject(): void {
    if (this.gaveUp || this.done) return;
    this.gaveUp = true;
    this.cancel();
  }

  /**
   * Sends the INVITE and resolves when it is answered.
   * @param taken gets the dialog in the tick in which it comes into being
   * @throws DialFailed; CallerGaveUp after reject()
   */
  answer(sdp: string, taken: (dialog: PhoneDialog) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.gaveUp) return reject(new CallerGaveUp());
      const { uri, credentials } = this.options;
      const progress = {
        cbRequest: (...[, request]: [unknown, Srf.SrfRequest?]) => {
          this.request = request;
          if (this.gaveUp) this.cancel();
        },
        cbProvisional: () => this.onProgress(),
      };
      const options = {
        headers: this.headers(),
        localSdp: sdp,
        ...(credentials && { auth: { ...credentials } }),
      };
      const answered = (error: unknown, dialog: Srf.Dialog | undefined) => {
        this.done = true;
        if (dialog) this.remoteSdp = dialog.remote?.sdp || undefined;
        if (this.gaveUp) {
          // Our CANCEL crossed the answer.
          if (dialog) void new PhoneDialog(dialog).bye();
          reject(new CallerGaveUp());
        } else if (dialog) {
          taken(new PhoneDialog(dialog));
          resolve();
        } else {
          reject(this.failure(error));
        }
      };
      try {
        this.srf.createUAC(uri, options as Srf.CreateUACOptions, progress as Progress, answered);
      } catch (error) {
        // The connection to the SIP server is gone.
        reject(this.failure(error));
      }
    });
  }

  private onProgress(): void {
    if (this.rang || this.gaveUp || this.done) return;
    this.rang = true;
    this.emit('ringing');
  }

  private cancel(): void {
    try {
      // Without a request there is none to cancel yet; cbRequest comes back here.
      this.request?.cancel(() => undefined);
    } catch {
      // The connection to the SIP server is gone, and it cancels by itself.
    }
  }

  private failure(error: unknown): DialFailed {
    const { status } = (error ?? {}) as { status?: unknown };
    return new DialFailed(typeof status === 'number' ? status : 0, this.rang, messageOf(error));
  }

  private headers(): Record<string, string> {
    const { uri, sipCallId, callerName, callerNumber, callerHost } = this.options;
    const name = safeText(callerName).replace(/["\\]/g, '\\$&');
    return {
      From: `${name && `"${name}" `}<sip:${callerNumber}@${callerHost}>`,
      To: `<${uri}>`,
      'Call-ID': sipCallId,
      'Content-Type': 'application/sdp',
      Allow: allowedMethods,
    };
  }
}
