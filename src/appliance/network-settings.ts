// What can be set of a box's network, and what of it can be right: one rule for partyline.txt, for the web page, and for
// root's program, which believes nobody.
import { isIPv4 } from 'node:net';
import { isRecord } from './records.js';
import { wifiSettingsOf, type Wifi } from './wifi.js';

export interface StaticAddress {
  readonly address: string;
  /** Length of the network's prefix, 8 to 30. */
  readonly prefix: number;
  readonly gateway?: string;
  readonly dns: readonly string[];
}

export interface NetworkSettings {
  /** Host name; `<name>.local` on the network. */
  readonly name: string;
  /** Of the cable; absent: DHCP. */
  readonly fixed?: StaticAddress;
  /** Absent: off. */
  readonly wifi?: Wifi;
}

export interface AddressInput {
  /** Address and prefix, as in 192.168.1.20/24. */
  readonly address: string;
  readonly gateway?: string | undefined;
  readonly dns: readonly string[];
}

/**
 * form: no address with a prefix; edge: the network's own or its broadcast address; gateway: in another network, or the
 * box itself; dns: more than three, or no IPv4 addresses.
 */
export type AddressFault = 'form' | 'edge' | 'gateway' | 'dns';

const mostServers = 3;

/** The address with its good name servers, unless another fault than dns leaves none. */
export function staticAddressOf({ address: given, gateway, dns }: AddressInput): {
  readonly fixed?: StaticAddress;
  readonly fault?: AddressFault;
} {
  const [address = '', bits = ''] = given.split('/');
  const prefix = /^\d{1,2}$/.test(bits) ? Number(bits) : 0;
  if (given.split('/').length !== 2 || !isHost(address) || prefix < 8 || prefix > 30)
    return { fault: 'form' };
  const mask = (0xffffffff << (32 - prefix)) >>> 0;
  const hostPart = (number(address) & ~mask) >>> 0;
  if (hostPart === 0 || hostPart === ~mask >>> 0) return { fault: 'edge' };
  // A gateway that is elsewhere would leave the box without a way out; so would one that is the box itself.
  if (gateway !== undefined) {
    const near = isHost(gateway) && (number(gateway) & mask) >>> 0 === (number(address) & mask) >>> 0;
    if (!near || gateway === address) return { fault: 'gateway' };
  }
  const good = dns.filter(isIPv4).slice(0, mostServers);
  const fixed = { address, prefix, ...(gateway !== undefined && { gateway }), dns: good };
  return good.length < dns.length ? { fixed, fault: 'dns' } : { fixed };
}

/** RFC 952 and 1123, section 2.1: letters, digits and hyphens, 63 at most; not digits alone. */
export function isHostName(name: string): boolean {
  return /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(name) && !/^\d+$/.test(name);
}

/** Settings out of a file or a request; undefined when anything of them is wrong. */
export function networkSettingsOf(value: unknown): NetworkSettings | undefined {
  if (!isRecord(value)) return undefined;
  const { name, fixed: given, wifi: ofWifi } = value;
  if (typeof name !== 'string' || !isHostName(name)) return undefined;
  const wifi = ofWifi === undefined || ofWifi === null ? undefined : wifiSettingsOf(ofWifi);
  if (!wifi && ofWifi !== undefined && ofWifi !== null) return undefined;
  const settings = { name: name.toLowerCase(), ...(wifi && { wifi }) };
  if (given === undefined) return settings;
  if (!isRecord(given)) return undefined;
  const { address, prefix, gateway, dns } = given;
  if (typeof address !== 'string' || typeof prefix !== 'number') return undefined;
  if (gateway !== undefined && typeof gateway !== 'string') return undefined;
  if (!Array.isArray(dns) || dns.length > mostServers || !dns.every((server) => typeof server === 'string'))
    return undefined;
  const { fixed, fault } = staticAddressOf({ address: `${address}/${prefix}`, gateway, dns });
  return fixed && fault === undefined ? { ...settings, fixed } : undefined;
}

export function sameAddress(one: StaticAddress | undefined, other: StaticAddress | undefined): boolean {
  const list = (fixed: StaticAddress | undefined) =>
    fixed ? [fixed.address, fixed.prefix, fixed.gateway ?? null, ...fixed.dns] : [];
  return JSON.stringify(list(one)) === JSON.stringify(list(other));
}

/** As it is written in a sentence or in the record of changes. */
export function describeAddress(fixed: StaticAddress | undefined): string {
  return fixed ? `${fixed.address}/${fixed.prefix}` : 'DHCP';
}

/** An address that one machine can have: neither loopback, nor multicast, nor reserved. */
export function isHost(address: string): boolean {
  const first = isIPv4(address) ? Number(address.split('.')[0]) : 0;
  return first > 0 && first < 224 && first !== 127;
}

function number(address: string): number {
  return address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}
