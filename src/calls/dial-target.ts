// What can be called: a number, which goes to the outbound peer, or a SIP address, which is called directly. Pure and
// strict: what is written here ends up in the first line of a request.

export type DialTarget =
  | { readonly kind: 'number'; readonly number: string }
  | {
      readonly kind: 'address';
      readonly user: string;
      readonly host: string;
      readonly port: number | undefined;
      readonly transport: 'udp' | 'tcp';
    };

export interface HostPort {
  readonly host: string;
  readonly port?: number | undefined;
}

/** SIP's own port. */
const sipPort = 5060;
const number = /^\+?[0-9*#]{1,32}$/;
/** RFC 3261 §25.1 without passwords, headers, and parameters other than the transport. */
const address =
  /^sip:(?:([A-Za-z0-9_.!~*'()&=+$,-]|%[0-9A-Fa-f]{2}){1,64}@)?([A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(?::([0-9]{1,5}))?(?:;transport=(udp|tcp))?$/i;

/** undefined = neither a number nor a SIP address that can be called. */
export function parseDialTarget(text: string): DialTarget | undefined {
  if (text.length > 400) return undefined;
  if (number.test(text)) return { kind: 'number', number: text };
  const found = address.exec(text);
  if (!found) return undefined;
  const [, , host = '', port, transport] = found;
  const at = text.indexOf('@');
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return undefined;
  return {
    kind: 'address',
    user: at < 0 ? '' : text.slice('sip:'.length, at),
    host: host.toLowerCase(),
    port: port === undefined ? undefined : Number(port),
    transport: transport?.toLowerCase() === 'tcp' ? 'tcp' : 'udp',
  };
}

/** The Request-URI. */
export function sipUri(user: string, { host, port }: HostPort, transport: 'udp' | 'tcp' = 'udp'): string {
  const at = user && `${user}@`;
  return `sip:${at}${host}${port === undefined ? '' : `:${port}`}${transport === 'tcp' ? ';transport=tcp' : ''}`;
}

/** A number or a name as the user part of a SIP address. */
export function userPartOf(text: string): string {
  return encodeURIComponent(text).replaceAll('%2B', '+');
}

/** True when a request to there would come back to the box itself. */
export function isBox(there: HostPort, box: Required<HostPort>): boolean {
  const same = there.host === box.host || there.host === 'localhost' || there.host === '0.0.0.0';
  return same && (there.port ?? sipPort) === box.port;
}
