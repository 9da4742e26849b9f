// Calls out of the box: for the APIs and the web page, and knowing none of them. It decides whether and where a call
// goes, keeps those that ring, and stops the ringing when their conference ends.
import { randomUUID } from 'node:crypto';
import { numbersOf, type ConferenceDocument } from '../conference/index.js';
import type { SipLink } from '../sip/index.js';
import type { OutboundPeer } from '../store/index.js';
import type { CallShop } from './call-shop.js';
import { isBox, parseDialTarget, sipUri, userPartOf, type DialTarget, type HostPort } from './dial-target.js';
import { Invitation, type DialOptions } from './invitation.js';
import { InvitedCall } from './invited-call.js';

export interface DiallerOptions {
  readonly shop: CallShop;
  readonly sip: Pick<SipLink, 'call' | 'connected'>;
  /** Where numbers go; undefined = nowhere. */
  readonly peer: () => Promise<OutboundPeer | undefined>;
  /** Where the box itself is reached by SIP. */
  readonly box: Required<HostPort>;
  /** A call has begun; keys and silence are led to it from now on. */
  readonly begun: (call: InvitedCall) => void;
  /** Calls that may ring at once; default 32. */
  readonly mostRinging?: number;
}

export type DialRefusal =
  'bad-target' | 'no-peer' | 'own-number' | 'no-conference' | 'nobody-in' | 'too-many' | 'not-now';

/** The call was not placed; the message is a sentence for people. */
export class DialRefused extends Error {
  readonly why: DialRefusal;

  constructor(why: DialRefusal, sentence: string) {
    super(sentence);
    this.name = 'DialRefused';
    this.why = why;
  }
}

/** Where a call goes and as whom. */
interface Route {
  readonly uri: string;
  readonly callerHost: string;
  readonly callerNumber?: string | undefined;
  readonly callerName?: string | undefined;
  readonly credentials?: { readonly username: string; readonly password: string };
}

export class Dialler {
  private readonly options: DiallerOptions;
  private readonly mostRinging: number;
  private readonly ringing = new Set<InvitedCall>();
  /** Answered, and led into their conference by somebody else. */
  private readonly waiting = new Set<InvitedCall>();
  private stopped = false;

  constructor(options: DiallerOptions) {
    this.options = options;
    this.mostRinging = options.mostRinging ?? 32;
    options.shop.conferences.on('started', ({ id, conference }) => {
      conference.on('conference-ended', () => this.callOff(id));
    });
  }

  /** Calls that have not been answered yet. */
  get underWay(): number {
    return this.ringing.size;
  }

  /**
   * Calls somebody and leads who answers into a conference. Resolves when the call is on its way.
   * @param target a number, which goes to the outbound peer, or a SIP address, which is called directly
   * @throws DialRefused
   */
  async dial(target: string, options: DialOptions): Promise<Invitation> {
    const { shop, sip, peer } = this.options;
    const parsed = parseDialTarget(target);
    if (!parsed)
      throw new DialRefused('bad-target', 'neither a number nor a sip: address that can be called');
    await shop.directory.refresh();
    const via = parsed.kind === 'number' ? await peer() : undefined;
    // From here on nothing waits: what is counted and what is placed belong together.
    const document = this.documentOf(options);
    const route = this.routeOf(parsed, via);
    if (this.stopped) throw new DialRefused('not-now', 'the box is being stopped');
    if (!sip.connected) throw new DialRefused('not-now', 'the SIP server is not connected');
    if (this.ringing.size >= this.mostRinging) {
      throw new DialRefused(
        'too-many',
        `${this.mostRinging} calls are ringing already; try again in a moment`,
      );
    }
    const [listed] = numbersOf(document);
    const outgoing = sip.call({
      uri: route.uri,
      sipCallId: randomUUID(),
      callerName: options.callerName ?? route.callerName ?? document.name ?? 'Conference',
      callerNumber: userPartOf(options.callerNumber ?? route.callerNumber ?? listed?.number ?? 'partyline'),
      callerHost: route.callerHost,
      ...(route.credentials && { credentials: route.credentials }),
    });
    const invitation = new Invitation(randomUUID(), target, options, () => call.end('cancelled'));
    const call = new InvitedCall(shop, outgoing, invitation);
    this.ringing.add(call);
    invitation.once('answered', () => {
      this.ringing.delete(call);
      if (options.waits) this.waiting.add(call);
    });
    invitation.once('ended', () => {
      this.ringing.delete(call);
      this.waiting.delete(call);
    });
    this.options.begun(call);
    void call.dial();
    return invitation;
  }

  /** Nobody is called any more; what rings is ended with all other calls. */
  stop(): void {
    this.stopped = true;
  }

  /** Ends what rings or waits for a conference that is over. */
  callOff(conferenceId: string): void {
    const waiting = [...this.waiting].filter((call) => call.free);
    for (const call of [...this.ringing, ...waiting]) {
      if (call.invitation.options.conferenceId === conferenceId) call.end('conference-ended');
    }
  }

  private documentOf({ conferenceId, joinExisting }: DialOptions): ConferenceDocument {
    const { conferences, directory } = this.options.shop;
    const running = conferences.get(conferenceId);
    const document = running?.conference.document ?? directory.findById(conferenceId);
    if (!document) throw new DialRefused('no-conference', 'there is no such conference');
    if (joinExisting && !running) throw new DialRefused('nobody-in', 'nobody is in the conference');
    return document;
  }

  private routeOf(target: DialTarget, peer: OutboundPeer | undefined): Route {
    const { box, shop } = this.options;
    if (target.kind === 'address') {
      const { user, transport } = target;
      if (isBox(target, box)) throw new DialRefused('own-number', 'this address is the box itself');
      const callerHost = box.port === 5060 ? box.host : `${box.host}:${box.port}`;
      return { uri: sipUri(user, target, transport), callerHost };
    }
    // It would lead the box into a call with itself.
    if (shop.directory.findByNumber(target.number)) {
      throw new DialRefused('own-number', `${target.number} is a conference's own number on this box`);
    }
    if (!peer)
      throw new DialRefused('no-peer', 'no outbound peer is set, so that only sip: addresses can be called');
    if (isBox(peer, box)) throw new DialRefused('own-number', 'the outbound peer is the box itself');
    const { user, password } = peer;
    return {
      uri: sipUri(userPartOf(target.number), peer, peer.transport),
      callerHost: peer.host,
      callerNumber: peer.callerNumber ?? user,
      callerName: peer.callerName,
      ...(user !== undefined && { credentials: { username: user, password: password ?? '' } }),
    };
  }
}
