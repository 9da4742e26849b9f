// Which URLs from outside the box may ask for: never its own services, and its neighbours only where the settings allow
// it, so that nobody uses the box to reach what he cannot reach himself. A name is judged by the address it has at the
// moment of connecting, which is then the one that is connected to.
import { lookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

export interface UrlGuardOptions {
  /** Private and loopback addresses are allowed. */
  readonly allowPrivate: boolean;
  /** Where the box itself listens; never allowed. */
  readonly own: { readonly address: string; readonly ports: readonly number[] };
}

/** The URL may not be asked for; the message is a sentence for people. */
export class UrlRefused extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'UrlRefused';
  }
}

const longestUrl = 2048;

/** Special-purpose addresses that lead to no public host: the registries of RFC 6890, and multicast. */
const special = new BlockList();
const nowhere = new BlockList();
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
] as const) {
  special.addSubnet(network, prefix, 'ipv4');
}
special.addAddress('::1', 'ipv6');
special.addSubnet('fc00::', 7, 'ipv6');
/** Not even where private ones are allowed: link-local has the cloud's metadata, the others are no hosts. */
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  nowhere.addSubnet(network, prefix, 'ipv4');
}
nowhere.addAddress('::', 'ipv6');
for (const [network, prefix] of [
  ['64:ff9b::', 96],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  nowhere.addSubnet(network, prefix, 'ipv6');
}

export class UrlGuard {
  private readonly options: UrlGuardOptions;

  constructor(options: UrlGuardOptions) {
    this.options = options;
  }

  /** What can be said without asking for the name's address. @throws UrlRefused */
  parse(text: string): URL {
    let url: URL;
    try {
      if (text.length > longestUrl) throw new RangeError();
      url = new URL(text);
    } catch {
      throw new UrlRefused('is no URL');
    }
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new UrlRefused('must begin with http:// or https://');
    }
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host)) this.check(host, portOf(url));
    else if (/(^|\.)localhost\.?$/i.test(host)) this.check('127.0.0.1', portOf(url));
    return url;
  }

  /** For http.request: finds the address of a name, and refuses it here. */
  lookupFor(url: URL): LookupFunction {
    return (host, options, done) => {
      lookup(host, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
        if (error) return done(error, '');
        try {
          for (const { address } of addresses) this.check(address, portOf(url));
        } catch (refused) {
          return done(refused as Error, '');
        }
        const [first] = addresses;
        if (options.all) done(null, addresses);
        else done(null, first?.address ?? '', first?.family ?? 4);
      });
    };
  }

  /** @throws UrlRefused */
  check(address: string, port: number): void {
    const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
    const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
    const { own, allowPrivate } = this.options;
    const isOwn = plain === own.address || loopback(plain);
    if (isOwn && own.ports.includes(port)) throw new UrlRefused('leads to the box itself');
    if (family === 'ipv6' && /^::(ffff:)?[0-9a-f.:]+$/i.test(plain) && plain !== '::1') {
      throw new UrlRefused('leads to an address that is no host');
    }
    if (nowhere.check(plain, family)) throw new UrlRefused('leads to an address that is no host');
    if (!allowPrivate && (isOwn || special.check(plain, family))) {
      throw new UrlRefused('leads to a private network, which the settings do not allow');
    }
  }
}

function loopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}
