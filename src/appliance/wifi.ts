// The Wi-Fi network that a box joins. Its password is turned into the key at once, by whoever is given it: nothing else is
// written down, sent to root's programs or put in force.
import { pbkdf2Sync } from 'node:crypto';
import { isRecord } from './records.js';

export interface Wifi {
  readonly name: string;
  /**
   * 64 hex digits. Absent: an open network. true: the one in force under this name, which root's programs know and tell
   * nobody.
   */
  readonly key?: string | true;
  /** ISO 3166, two capitals; without it a radio keeps to the channels that are allowed everywhere. */
  readonly country?: string;
}

/** The part of it that is wrong. */
export type WifiFault = 'name' | 'password' | 'country';

/** Of IEEE 802.11, bytes. */
const longestName = 32;

/** The network, with a country that is wrong left out, unless another fault leaves none. @param password absent: an open network */
export function wifiOf({
  name,
  password,
  country: given,
}: {
  readonly name: string;
  readonly password?: string | undefined;
  readonly country?: string | undefined;
}): { readonly wifi?: Wifi; readonly fault?: WifiFault } {
  if (!isWifiName(name)) return { fault: 'name' };
  // WPA: 8 to 63 characters. Connecting openly instead would be what nobody asked for.
  if (password !== undefined && !/^[\x20-\x7e]{8,63}$/.test(password)) return { fault: 'password' };
  const country = given?.toUpperCase();
  const good = country === undefined || isCountry(country);
  const wifi = {
    name,
    ...(password !== undefined && { key: wifiKey(name, password) }),
    ...(good && country !== undefined && { country }),
  };
  return good ? { wifi } : { wifi, fault: 'country' };
}

/** Out of a file or a request; undefined when anything of it is wrong. */
export function wifiSettingsOf(value: unknown): Wifi | undefined {
  if (!isRecord(value)) return undefined;
  const { name, key, country } = value;
  if (typeof name !== 'string' || !isWifiName(name)) return undefined;
  const isKey = key === true || (typeof key === 'string' && /^[0-9a-f]{64}$/.test(key));
  if (key !== undefined && !isKey) return undefined;
  if (country !== undefined && !(typeof country === 'string' && isCountry(country))) return undefined;
  return { name, ...(isKey && { key }), ...(country !== undefined && { country }) };
}

export function sameWifi(one: Wifi | undefined, other: Wifi | undefined): boolean {
  const list = (wifi: Wifi | undefined) => (wifi ? [wifi.name, wifi.key ?? null, wifi.country ?? null] : []);
  return JSON.stringify(list(one)) === JSON.stringify(list(other));
}

/** IEEE 802.11, PBKDF2 with 4096 rounds: 2 ms of a PC's processor. */
function wifiKey(name: string, password: string): string {
  return pbkdf2Sync(password, name, 4096, 32, 'sha1').toString('hex');
}

function isWifiName(name: string): boolean {
  // eslint-disable-next-line no-control-regex
  return name !== '' && Buffer.byteLength(name) <= longestName && !/[\u0000-\u001f\u007f]/.test(name);
}

function isCountry(country: string): boolean {
  return /^[A-Z]{2}$/.test(country);
}
