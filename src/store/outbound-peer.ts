// Where numbers go that the box calls: one SIP peer, a telephone system or a provider, kept among the settings.
import { PartylineError } from '../errors.js';
import type { SettingValues } from './setting-values.js';

export interface OutboundPeer {
  /** Name or IPv4 address. */
  readonly host: string;
  /** Absent = SIP's own, 5060. */
  readonly port?: number;
  readonly transport: 'udp' | 'tcp';
  /** What the peer's challenges are answered with; absent = they are not. */
  readonly user?: string;
  /** Never to be shown or logged. */
  readonly password?: string;
  /** Shown to who is called, where the call does not say otherwise. */
  readonly callerNumber?: string;
  readonly callerName?: string;
}

export type PeerField = 'uri' | 'user' | 'password' | 'callerNumber' | 'callerName';

/** A field of the peer is not what it has to be. */
export class PeerError extends PartylineError {
  readonly field: PeerField;

  constructor(field: PeerField, detail: string) {
    super('VALIDATION', detail);
    this.name = 'PeerError';
    this.field = field;
  }
}

const key = 'outbound.peer';
const uri =
  /^(?:sip:)?([A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(?::([0-9]{1,5}))?(?:;transport=(udp|tcp))?$/i;
// eslint-disable-next-line no-control-regex -- none of them may end up in a SIP header
const line = /^[^\u0000-\u001f\u007f]{1,128}$/;

export class OutboundPeerSetting {
  private readonly settings: SettingValues;

  constructor(settings: SettingValues) {
    this.settings = settings;
  }

  /** From memory, unless something has changed. */
  get(): Promise<OutboundPeer | undefined> {
    return this.settings.get<OutboundPeer>(key);
  }

  /** @throws PeerError; StorageError */
  async set(peer: OutboundPeer, options: { readonly author?: string } = {}): Promise<void> {
    const before = await this.get();
    const after = noted(peer, peer.password !== before?.password);
    const change = { ...options, before: { outbound: noted(before) }, after: { outbound: after } };
    await this.settings.set(key, checked(peer), change);
  }

  /** @returns false when there was none */
  async clear(options: { readonly author?: string } = {}): Promise<boolean> {
    const before = { outbound: noted(await this.get()) };
    return this.settings.remove(key, { ...options, before, after: { outbound: null } });
  }
}

/**
 * `sip:host:port;transport=tcp`, where all but the host may be left out.
 * @throws PeerError
 */
export function parsePeerUri(text: string): Pick<OutboundPeer, 'host' | 'port' | 'transport'> {
  const found = uri.exec(text);
  const port = Number(found?.[2] ?? 5060);
  if (!found || port < 1 || port > 65_535) {
    throw new PeerError(
      'uri',
      'uri: must be like sip:host:port or sip:host;transport=tcp, with a name or an IPv4 address',
    );
  }
  return {
    host: found[1]!.toLowerCase(),
    ...(found[2] !== undefined && { port }),
    transport: found[3]?.toLowerCase() === 'tcp' ? 'tcp' : 'udp',
  };
}

/** As parsePeerUri reads it. */
export function peerUri({ host, port, transport }: OutboundPeer): string {
  return `sip:${host}${port === undefined ? '' : `:${port}`}${transport === 'tcp' ? ';transport=tcp' : ''}`;
}

/** For the record of changes: everything but the password. */
function noted(peer: OutboundPeer | undefined, newPassword = false): Record<string, unknown> | null {
  if (!peer) return null;
  const { user, callerNumber, callerName } = peer;
  return {
    uri: peerUri(peer),
    user: user ?? null,
    caller_number: callerNumber ?? null,
    caller_name: callerName ?? null,
    ...(newPassword && user !== undefined && { password: '…' }),
  };
}

function checked(peer: OutboundPeer): OutboundPeer {
  const { host, port, user, password, callerNumber, callerName } = peer;
  parsePeerUri(`${host}${port === undefined ? '' : `:${port}`}`);
  if (user !== undefined && (!line.test(user) || /["\\]/.test(user)))
    throw new PeerError('user', 'user: 1 to 128 characters, without quotes');
  if ((user === undefined) !== (password === undefined))
    throw new PeerError('password', 'password: goes together with a user');
  if (password !== undefined && !line.test(password))
    throw new PeerError('password', 'password: 1 to 128 characters');
  if (callerNumber !== undefined && !/^\+?[A-Za-z0-9._*#-]{1,64}$/.test(callerNumber))
    throw new PeerError('callerNumber', 'caller number: digits, or the user part of a SIP address');
  if (callerName !== undefined && !line.test(callerName))
    throw new PeerError('callerName', 'caller name: 1 to 128 characters');
  return peer;
}
