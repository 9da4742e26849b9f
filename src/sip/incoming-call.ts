// An INVITE that waits for its answer. Whoever takes it must answer or reject it, and must be ready for the caller to
// give up first ('cancelled'), at any moment.
import { EventEmitter } from 'node:events';
import type Srf from 'drachtio-srf';
import { allowedMethods } from './allowed-methods.js';
import type { CallerIdentity } from './caller-identity.js';
import { PhoneDialog } from './phone-dialog.js';

export interface IncomingCallEvents {
  cancelled: [];
}

/** The caller hung up before our answer reached it. */
export class CallerGaveUp extends Error {
  constructor() {
    super('the caller gave up');
    this.name = 'CallerGaveUp';
  }
}

export class IncomingCall extends EventEmitter<IncomingCallEvents> {
  private readonly srf: Srf;
  private readonly request: Srf.SrfRequest;
  private readonly response: Srf.SrfResponse;
  readonly identity: CallerIdentity;
  /** Address the INVITE came from; what PIN guessing is counted by. */
  readonly sourceAddress: string;
  private gaveUp = false;
  private done = false;

  constructor(srf: Srf, request: Srf.SrfRequest, response: Srf.SrfResponse, identity: CallerIdentity) {
    super();
    this.srf = srf;
    this.request = request;
    this.response = response;
    this.identity = identity;
    this.sourceAddress = request.source_address;
    request.on('cancel', () => {
      this.gaveUp = true;
      if (!this.done) this.emit('cancelled');
    });
  }

  get sipCallId(): string {
    return this.request.get('Call-ID');
  }

  /** The phone's offer; absent = it wants us to offer in the 200. */
  get sdp(): string | undefined {
    return this.request.body || undefined;
  }

  get cancelled(): boolean {
    return this.gaveUp;
  }

  header(name: string): string | undefined {
    return this.request.has(name) ? this.request.get(name) : undefined;
  }

  /** Sends a 180. */
  ring(): void {
    if (!this.gaveUp && !this.done) this.response.send(180);
  }

  /** Refuses the call; after a CANCEL it does nothing, the SIP server has answered 487 by itself. */
  reject(status: number, headers: Record<string, string> = {}): void {
    if (this.gaveUp || this.done) return;
    this.done = true;
    this.response.send(status, { headers });
  }

  /**
   * Sends the 200 with our SDP.
   * @param taken gets the dialog in the tick in which it comes into being: an ACK or a BYE may follow in the next, and
   *   what nobody listens to is lost
   * @throws CallerGaveUp; or what drachtio-srf says when the SIP server is gone
   */
  answer(sdp: string, taken: (dialog: PhoneDialog) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.gaveUp) return reject(new CallerGaveUp());
      this.srf.createUAS(
        this.request,
        this.response,
        { localSdp: sdp, headers: { Allow: allowedMethods } },
        (error: unknown, dialog) => {
          if (error) {
            // A CANCEL that crosses our 200 is not told any more; this is all that is heard of it.
            if (/unknown transaction|request terminated/i.test(String(error))) this.gaveUp = true;
            reject(
              this.gaveUp ? new CallerGaveUp() : error instanceof Error ? error : new Error(String(error)),
            );
            return;
          }
          this.done = true;
          taken(new PhoneDialog(dialog));
          resolve();
        },
      );
    });
  }
}
