// The dialog state of one call (RFC 3261 §12): tags, sequence numbers, remote target and route set. Builds the requests
// that are sent inside it.
import { type SipMessage as Message, SipMessage, parseUri, tagOf, uriOf } from './sip-message.js';
import type { Remote } from './sip-transport.js';

export class Dialog {
  remoteTag: string | undefined;
  localSequence = Math.floor(Math.random() * 10_000) + 1;
  remoteSequence = -1;
  routes: string[] = [];
  /** Where requests go when there is no route, whatever their URI says (an outbound proxy). */
  proxy: Remote | undefined;

  constructor(
    readonly callId: string,
    /** From value of our requests, without tag. */
    readonly localAddress: string,
    readonly localTag: string,
    /** To value of our requests, without tag. */
    public remoteAddress: string,
    public remoteTarget: string,
  ) {}

  /** The dialog an INVITE to us opens. */
  static fromInvite(invite: Message, localTag: string): Dialog {
    const withoutTag = (value: string): string => value.replace(/;\s*tag=[^;\s]+/i, '');
    const from = invite.get('from') ?? '';
    const dialog = new Dialog(
      invite.callId,
      withoutTag(invite.get('to') ?? ''),
      localTag,
      withoutTag(from),
      uriOf(invite.get('contact') ?? from),
    );
    dialog.remoteTag = tagOf(from);
    dialog.remoteSequence = invite.cseq.number;
    dialog.routes = invite.all('record-route');
    return dialog;
  }

  /** Takes tag, target and routes from an answer to our INVITE that has a To tag. */
  confirm(response: Message): void {
    this.remoteTag = tagOf(response.get('to'));
    this.routes = response.all('record-route').reverse();
    this.refresh(response);
  }

  /** A Contact in a later INVITE, UPDATE or their answers moves the target. */
  refresh(message: Message): void {
    const contact = message.get('contact');
    if (contact) this.remoteTarget = uriOf(contact);
  }

  /** A request in this dialog, without Via and Contact. `sequence` only for ACK and CANCEL, which repeat one. */
  request(method: string, sequence = ++this.localSequence): Message {
    const request = SipMessage.request(method, this.remoteTarget);
    for (const route of this.routes) request.add('Route', route);
    request.add('From', `${this.localAddress};tag=${this.localTag}`);
    request.add(
      'To',
      this.remoteTag === undefined ? this.remoteAddress : `${this.remoteAddress};tag=${this.remoteTag}`,
    );
    request.add('Call-ID', this.callId).add('CSeq', `${sequence} ${method}`);
    return request.add('Max-Forwards', '70');
  }

  /** Where the next request goes: the first route, else the proxy, else the target. */
  get nextHop(): Remote {
    const route = this.routes[0];
    if (route === undefined && this.proxy) return this.proxy;
    const { host, port } = parseUri(route === undefined ? this.remoteTarget : uriOf(route));
    return { host, port };
  }
}
