// Who may call a conference that has a bridge password: the INVITE must prove it by digest (401, as RFC 3261 §22.1 has it
// for who answers a call itself). A question is no call yet and leaves no record; a wrong answer is one, and is counted
// together with wrong PINs.
import { randomUUID } from 'node:crypto';
import type { Clock, ConferenceDocument, EndReason } from '../conference/index.js';
import { callerKeyOf, type PinGuard } from '../reception/index.js';
import { digestAnswers, digestChallenge, isRightDigest, Nonces, type IncomingCall } from '../sip/index.js';
import type { CallRecords } from '../store/index.js';
import type { ConferenceDirectory } from './directory.js';
import { answersAt, VisibleDirectory } from './visible-directory.js';

export interface BridgeGateOptions {
  readonly directory: ConferenceDirectory;
  readonly guard: Pick<PinGuard, 'check' | 'wrong' | 'right'>;
  readonly clock: Clock;
  readonly records: Pick<CallRecords, 'begin' | 'end'>;
}

/** What the gate needs of an INVITE. */
export type GateCall = Pick<IncomingCall, 'identity' | 'sipCallId' | 'sourceAddress' | 'header' | 'reject'>;

/** Where no domain is set; it is shown by phones that ask for the password. */
const defaultRealm = 'partyline';

export class BridgeGate {
  private readonly options: BridgeGateOptions;
  private readonly nonces: Nonces;

  constructor(options: BridgeGateOptions) {
    this.options = options;
    this.nonces = new Nonces(options);
  }

  /**
   * The directory as this caller sees it; undefined = the INVITE has been answered here.
   * @throws what the directory throws when it cannot be read
   */
  async directoryFor(incoming: GateCall): Promise<VisibleDirectory | undefined> {
    const { directory } = this.options;
    const { calledNumber, calledHost } = incoming.identity;
    await directory.refresh();
    if (!directory.findByNumber(calledNumber)) await directory.refresh(true);
    const found = directory.findByNumber(calledNumber);
    if (found === undefined || found === 'access-number' || !found.document.bridge_password)
      return new VisibleDirectory(directory, calledHost);
    const { document, conferenceId } = found;
    // Where it is not there, nothing is asked: that would tell that it is.
    if (!answersAt(document, calledHost)) return new VisibleDirectory(directory, calledHost);
    if (!(await this.isProven(incoming, conferenceId, document))) return undefined;
    return new VisibleDirectory(directory, calledHost, conferenceId);
  }

  private async isProven(
    incoming: GateCall,
    conferenceId: string,
    document: ConferenceDocument,
  ): Promise<boolean> {
    const { guard } = this.options;
    const { sourceAddress: address } = incoming;
    const callerKey = callerKeyOf(address, incoming.identity.callerNumber);
    const header = incoming.header('Authorization');
    const answers = digestAnswers(header).filter(({ nonce }) => this.nonces.isGood(nonce, address));
    // Nothing is said of a password that comes with a nonce that is none, or guessing would cost nothing.
    if (answers.length === 0) return this.ask(incoming, document, header !== undefined);
    const verdict = guard.check(callerKey, conferenceId);
    if (verdict.kind === 'blocked') return this.refuse(incoming, 'blocked');
    if (verdict.delayMs > 0) await this.wait(verdict.delayMs);
    // Other calls of this caller may have had their answers meanwhile.
    if (guard.check(callerKey, conferenceId).kind === 'blocked') return this.refuse(incoming, 'blocked');
    const { bridge_username: username, bridge_password: password = '' } = document;
    const secret = { password, ...(username && { username }) };
    const right = answers.find((answer) => isRightDigest(answer, 'INVITE', secret));
    if (!right) {
      guard.wrong(callerKey, conferenceId);
      return this.refuse(incoming, 'rejected');
    }
    if (!this.nonces.isGood(right.nonce, address)) return this.ask(incoming, document, true);
    this.nonces.spend(right.nonce);
    guard.right(callerKey, conferenceId);
    return true;
  }

  private ask(incoming: GateCall, document: ConferenceDocument, stale: boolean): false {
    const realm = document.domain?.replace(/[^A-Za-z0-9.-]/g, '') || defaultRealm;
    const nonce = this.nonces.make(incoming.sourceAddress);
    incoming.reject(401, { 'WWW-Authenticate': digestChallenge(realm, nonce, stale) });
    return false;
  }

  /** 403 and not 401 again: some phones would come back with the same password for ever. */
  private refuse(incoming: GateCall, endReason: EndReason): false {
    const { records, clock } = this.options;
    const { callerNumber, callerName, calledNumber } = incoming.identity;
    incoming.reject(403);
    const id = randomUUID();
    records.begin({
      id,
      sipCallId: incoming.sipCallId,
      direction: 'inbound',
      callerNumber,
      callerName,
      callerAddress: incoming.sourceAddress,
      calledNumber,
      startedAt: clock.now(),
    });
    records.end(id, { endReason });
    return false;
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.options.clock.after(ms, resolve));
  }
}
