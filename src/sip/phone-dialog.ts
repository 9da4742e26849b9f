// One answered call as SIP sees it, from the 200 to the BYE. Hides the traps of drachtio-srf's Dialog: a re-INVITE
// of ours that is refused must not block the next one, a provisional answer is not the answer, and a reconnection to
// the SIP server must not leave the dialog writing into the old socket.
import { EventEmitter } from 'node:events';
import type Srf from 'drachtio-srf';
import { allowedMethods } from './allowed-methods.js';

/** A request inside the dialog that waits for our SDP. */
export interface Reinvite {
  /** SDP of the phone; absent = it asks us to offer, its answer comes with the event 'acknowledged'. */
  readonly sdp: string | undefined;
  accept(sdp: string): void;
  reject(status: number): void;
}

export interface PhoneDialogEvents {
  /** The dialog is over: the phone hung up, or the SIP server gave up on it (`noAck`). */
  ended: [how: { noAck: boolean; reason: string }];
  reinvite: [reinvite: Reinvite];
  /** ACK of a 200, with the phone's answer if we made the offer. */
  acknowledged: [sdp: string | undefined];
  /** An INFO: key presses come as application/dtmf-relay or application/dtmf. */
  info: [info: { contentType: string; body: string }];
}

/** A request was answered with a failure, or could not be sent. */
export class SipFailure extends Error {
  constructor(
    readonly status: number,
    reason: string,
  ) {
    super(`${status} ${reason}`);
    this.name = 'SipFailure';
  }
}

/** After a 491 the owner of the Call-ID waits 2.1 to 4 s, the other side 0 to 2 s (RFC 3261 §14.1). */
function glareDelay(ownsCallId: boolean): number {
  return ownsCallId ? 2100 + Math.random() * 1900 : Math.random() * 2000;
}

export class PhoneDialog extends EventEmitter<PhoneDialogEvents> {
  private readonly dialog: Srf.Dialog;
  private over = false;
  private pendingReinvite: Promise<unknown> = Promise.resolve();

  constructor(dialog: Srf.Dialog) {
    super();
    this.dialog = dialog;
    this.listen();
  }

  /** Opaque id of the SIP server, valid also for another connection of the application to it. */
  get id(): string {
    return (this.dialog as unknown as { id: string }).id;
  }

  get ended(): boolean {
    return this.over;
  }

  /**
   * Sends a re-INVITE with our SDP; one at a time, and again after a glare.
   * @returns the phone's SDP
   * @throws SipFailure when the phone refuses or the dialog is over
   */
  reinvite(sdp: string): Promise<string> {
    const turn = this.pendingReinvite.then(() => this.sendReinvite(sdp));
    this.pendingReinvite = turn.catch(() => undefined);
    return turn;
  }

  private async sendReinvite(sdp: string): Promise<string> {
    for (let attempt = 0; ; attempt += 1) {
      const response = await this.request('INVITE', { 'Content-Type': 'application/sdp' }, sdp);
      if (response.status === 200) return response.body;
      if (response.status !== 491 || attempt === 3) throw new SipFailure(response.status, response.reason);
      const ownsCallId = this.dialog.type === 'uac';
      await new Promise((resolve) => setTimeout(resolve, glareDelay(ownsCallId)).unref());
    }
  }

  /** Asks whether the phone is still there; any answer but 408 and 481 says yes. Never throws. */
  async alive(): Promise<boolean> {
    try {
      const response = await this.request('OPTIONS', {});
      return response.status !== 408 && response.status !== 481;
    } catch {
      return false;
    }
  }

  /** Hangs up; says so only once, and never throws: the call is over either way. */
  async bye(reason?: string): Promise<void> {
    if (this.over) return;
    this.over = true;
    const headers: Record<string, string> = reason ? { Reason: `SIP;cause=200;text="${reason}"` } : {};
    this.useCurrentConnection();
    await new Promise<void>((resolve) => {
      try {
        this.dialog.destroy({ headers }, () => resolve());
      } catch {
        resolve();
      }
    });
  }

  private request(
    method: Srf.SipMethod,
    headers: Record<string, string>,
    body?: string,
  ): Promise<{ status: number; reason: string; body: string }> {
    if (this.over) return Promise.reject(new SipFailure(481, 'the call is over'));
    this.useCurrentConnection();
    return new Promise((resolve, reject) => {
      const options = { method, headers, ...(body !== undefined && { body }) };
      // The callback form, for it is called once per response: a 18x must not be taken for the answer.
      this.dialog.request(options as unknown as Srf.SrfRequest, (err: unknown, response) => {
        if (err) reject(new SipFailure(500, err instanceof Error ? err.message : String(err)));
        else if (response.status >= 200) resolve(response);
      });
    });
  }

  /** srf binds a dialog to the socket it came by; without one it takes the connection that is up now. */
  private useCurrentConnection(): void {
    const request = this.dialog.req as unknown as { socket?: { destroyed?: boolean } | undefined };
    if (request.socket?.destroyed) request.socket = undefined;
  }

  private listen(): void {
    const { dialog } = this;
    dialog.on('destroy', (_request: Srf.SrfRequest, ...rest: unknown[]) => {
      if (this.over) return;
      this.over = true;
      const reason = typeof rest[0] === 'string' ? rest[0] : 'normal release';
      this.emit('ended', { noAck: /ack/i.test(reason), reason });
    });
    dialog.on('modify', (request, response) => this.onReinvite(request, response));
    dialog.on('update', (request, response) => {
      // An UPDATE without SDP only refreshes the session timer.
      if (request.body) this.onReinvite(request, response);
      else response.send(200);
    });
    dialog.on('ack', (request) => this.emit('acknowledged', request.body || undefined));
    dialog.on('info', (request, response) => {
      response.send(200);
      this.emit('info', {
        contentType: (request.get('Content-Type') ?? '').toLowerCase(),
        body: request.body ?? '',
      });
    });
    dialog.on('options', (_request, response) =>
      response.send(200, { headers: { Allow: allowedMethods, Accept: 'application/sdp' } }),
    );
    // No transfer yet: say so, instead of the 200 srf would send by itself.
    dialog.on('refer', (_request, response) => response.send(405, { headers: { Allow: allowedMethods } }));
  }

  private onReinvite(request: Srf.SrfRequest, response: Srf.SrfResponse): void {
    let answered = false;
    const once = (send: () => void) => {
      if (answered) return;
      answered = true;
      send();
    };
    this.emit('reinvite', {
      sdp: request.body || undefined,
      accept: (sdp) =>
        once(() =>
          response.send(200, {
            headers: { 'Content-Type': 'application/sdp', Allow: allowedMethods },
            body: sdp,
          }),
        ),
      reject: (status) => once(() => response.send(status)),
    });
  }
}
