// Which addresses the box may connect to because somebody else named a URL: of a sound, or of who is to be told something.
// Whoever may write a conference may name any URL, and must not reach through the box what only the box can reach: itself,
// and the company's network. A name is judged by the address it has at the moment of connecting, which is then the one that
// is connected to.
import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface Network {
  /** IPv4 or IPv6 */
  readonly address: string;
  /** Bits that count. */
  readonly prefix: number;
}

/** Special purposes, IANA's registries (RFC 6890): none of them is on the Internet. */
const notInternet = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  // Protocols of their own, documentation, and tunnels to any IPv4 address.
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

/** The box itself, whatever its interfaces are called: on Linux, "no address" and every one of these leads back to it. */
const loopback = [
  { address: '0.0.0.0', prefix: 8 },
  { address: '127.0.0.0', prefix: 8 },
  { address: '::', prefix: 127 },
] as const;

/** All that IPv6 has given to the Internet so far. */
const globalUnicast = { address: '2000::', prefix: 3 } as const;

export interface FetchGuardOptions {
  /** Networks that may be connected to although they are no part of the Internet. */
  readonly allowed?: readonly Network[];
  /** The addresses of this machine; those of its interfaces when absent. */
  readonly own?: () => readonly string[];
  /** Where the box listens: refused also when its address is allowed, since another program on this machine is meant then. */
  readonly ownPorts?: readonly number[];
}

/** The message is a sentence without a full stop. */
export class AddressRefused extends Error {
  /** As the URL has it. */
  readonly host: string;

  constructor(host: string) {
    super(`the box may not connect to ${host}`);
    this.name = 'AddressRefused';
    this.host = host;
  }
}

export class FetchGuard {
  private readonly refused = listOf(notInternet.map(([address, prefix]) => ({ address, prefix })));
  private readonly internet6 = listOf([globalUnicast]);
  private readonly loopback = listOf(loopback);
  private readonly allowed: BlockList;
  private readonly named: ReadonlySet<string>;
  private readonly own: () => readonly string[];
  private readonly ownPorts: readonly number[];

  constructor({ allowed = [], own = ownAddresses, ownPorts = [] }: FetchGuardOptions = {}) {
    this.allowed = listOf(allowed);
    this.named = new Set(allowed.filter(isOneAddress).map(({ address }) => plainOf(address)));
    this.own = own;
    this.ownPorts = ownPorts;
  }

  /** What the URL says by itself, without a look-up. @throws AddressRefused */
  check(url: URL): void {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // RFC 6761, 6.3
    const address = /(^|\.)localhost\.?$/i.test(host) ? '127.0.0.1' : host;
    if (isIP(address) && !this.allows(address, portOf(url))) throw new AddressRefused(host);
  }

  /**
   * For http.request of this URL, which has been checked: an address is connected to without a look-up. Ends with
   * AddressRefused when all that the name means is refused.
   */
  lookupFor(url: URL): LookupFunction {
    return (name, options, done) => {
      lookup(name, { all: true, family: options.family ?? 0 }, (error, addresses) => {
        if (error) return done(error, '');
        const allowed = addresses.filter(({ address }) => this.allows(address, portOf(url)));
        const [first] = allowed;
        if (!first) return done(new AddressRefused(name), '');
        if (options.all) done(null, allowed);
        else done(null, first.address, first.family);
      });
    };
  }

  /** @param address IPv4 or IPv6, without a zone */
  allows(address: string, port: number): boolean {
    const plain = plainOf(address);
    const family = familyOf(plain);
    if (!family) return false;
    // A network that is allowed may have the box in it, which is meant only when it is named.
    const isBox = this.loopback.check(plain, family) || this.own().some((own) => plainOf(own) === plain);
    if (isBox) return this.named.has(plain) && !this.ownPorts.includes(port);
    if (this.allowed.check(plain, family)) return true;
    if (family === 'ipv6' && !this.internet6.check(plain, family)) return false;
    return !this.refused.check(plain, family);
  }
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

function listOf(networks: readonly Network[]): BlockList {
  const list = new BlockList();
  for (const { address, prefix } of networks) list.addSubnet(address, prefix, familyOf(address) ?? 'ipv4');
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined;
}

/**
 * One way to write an address, as RFC 5952 does, and an IPv4 address that is dressed as IPv6 without its dress. URLs are
 * read so that `[::ffff:127.0.0.1]` becomes `[::ffff:7f00:1]`, which must not be another address here. Empty = unreadable.
 */
function plainOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const url = `http://[${address}]`;
  if (!URL.canParse(url)) return '';
  const written = new URL(url).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(written);
  if (!mapped) return written;
  const [high, low] = [parseInt(mapped[1]!, 16), parseInt(mapped[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function isOneAddress({ address, prefix }: Network): boolean {
  return prefix === (isIP(address) === 4 ? 32 : 128);
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).map(({ address }) => address),
  );
}
