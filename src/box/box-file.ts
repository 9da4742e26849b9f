// partyline.txt, the text file on the SD card's first partition that any PC can edit: name, address, Wi-Fi, password of
// the first admin. Whoever writes it sees no error message, so every line that cannot be right is told, and what else
// there is can be used: no slip of the pen may make the box unreachable.
import {
  isHost,
  isHostName,
  staticAddressOf,
  wifiOf,
  type StaticAddress,
  type Wifi,
} from '../appliance/index.js';
import { isStartCode } from '../settings.js';

export interface SyslogServer {
  /** IPv4 address or name. */
  readonly host: string;
  /** UDP. */
  readonly port: number;
}

export interface BoxFile {
  /** Host name; `<name>.local` on the network. */
  readonly name: string;
  /** Absent: DHCP. */
  readonly fixed?: StaticAddress;
  readonly wifi?: Wifi;
  readonly adminPassword?: string;
  /** What the web page asks for on a box without an admin. */
  readonly startCode?: string;
  /** Of whoever may log in by SSH; none: SSH is off. */
  readonly sshKeys: readonly string[];
  /** Where the journal goes too; absent: nowhere. */
  readonly syslog?: SyslogServer;
  /** What was passed over and why, one sentence each; never repeats a password. */
  readonly problems: readonly string[];
}

export const defaultName = 'partyline';

/** More than anybody types; what is longer is no file of ours. Bytes. */
export const mostBytes = 16 * 1024;
const mostProblems = 20;

const keys = [
  'name',
  'address',
  'gateway',
  'dns',
  'wifi-name',
  'wifi-password',
  'wifi-country',
  'admin-password',
  'start-code',
  'ssh-key',
  'syslog',
] as const;
type Key = (typeof keys)[number];

/** Control characters would end a line of the files that are made from this. */
// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f]/;

/** "key = value" lines; blank lines and those that begin with # are passed over. Never throws. */
export function parseBoxFile(content: string): BoxFile {
  const problems: string[] = [];
  const problem = (sentence: string) => {
    if (problems.length < mostProblems) problems.push(sentence);
  };
  const { values, sshKeys } = read(content, problem);
  const fixed = staticAddress(values, problem);
  const wifi = wifiIn(values, problem);
  const adminPassword = values.get('admin-password');
  const goodPassword =
    adminPassword !== undefined && adminPassword.length >= 8 && adminPassword.length <= 128;
  if (adminPassword !== undefined && !goodPassword) problem('admin-password must have 8 to 128 characters.');
  const startCode = values.get('start-code');
  const goodCode = startCode !== undefined && isStartCode(startCode);
  if (startCode !== undefined && !goodCode)
    problem('start-code must have 6 to 64 letters, digits and hyphens.');
  const syslog = syslogOf(values, problem);
  return {
    name: nameOf(values, problem),
    ...(fixed && { fixed }),
    ...(wifi && { wifi }),
    ...(goodPassword && { adminPassword }),
    ...(goodCode && { startCode }),
    ...(syslog && { syslog }),
    sshKeys,
    problems,
  };
}

type Problem = (sentence: string) => void;
type Values = ReadonlyMap<Key, string>;

function read(content: string, problem: Problem): { values: Values; sshKeys: string[] } {
  const values = new Map<Key, string>();
  const sshKeys: string[] = [];
  if (Buffer.byteLength(content) > mostBytes) {
    problem(`The file is longer than ${mostBytes} bytes; nothing of it is used.`);
    return { values, sshKeys };
  }
  // Editors of Windows begin a file with U+FEFF and end lines with CR LF.
  const lines = content.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  lines.forEach((line, index) => {
    const trimmed = line.trim();
    if (!trimmed || trimmed.startsWith('#')) return;
    const at = trimmed.indexOf('=');
    const key = trimmed.slice(0, Math.max(0, at)).trim().toLowerCase();
    const value = trimmed.slice(at + 1).trim();
    if (at < 1 || control.test(trimmed)) problem(`Line ${index + 1} is not "key = value".`);
    else if (!isKey(key))
      problem(`Line ${index + 1}: there is no "${key.slice(0, 40)}"; known are ${keys.join(', ')}.`);
    else if (!value) return;
    else if (key !== 'ssh-key') values.set(key, value);
    else if (isSshKey(value)) sshKeys.push(value);
    else problem(`Line ${index + 1}: ssh-key must be a public key, as in "ssh-ed25519 AAAA... somebody".`);
  });
  return { values, sshKeys };
}

function isKey(key: string): key is Key {
  return (keys as readonly string[]).includes(key);
}

/** Type, base64 and an optional comment, without options in front: those could run commands. */
function isSshKey(value: string): boolean {
  return /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]{40,1400}={0,3}( [\w@.+-]{1,100})?$/.test(
    value,
  );
}

function nameOf(values: Values, problem: Problem): string {
  const name = values.get('name');
  if (name === undefined) return defaultName;
  if (isHostName(name)) return name.toLowerCase();
  problem(`name must be letters, digits and hyphens, 63 at most; the box is called ${defaultName}.`);
  return defaultName;
}

function staticAddress(values: Values, problem: Problem): StaticAddress | undefined {
  const address = values.get('address');
  if (address === undefined || address.toLowerCase() === 'dhcp') return undefined;
  const dns = (values.get('dns') ?? '').split(/[\s,]+/).filter(Boolean);
  const { fixed, fault } = staticAddressOf({ address, gateway: values.get('gateway'), dns });
  if (fault === 'dns') problem('dns must be up to three IPv4 addresses.');
  else if (fault !== undefined) {
    const sentences = {
      form: 'address must be dhcp or an address with its prefix, as in 192.168.1.20/24.',
      edge: `${address} is the network's own or its broadcast address.`,
      gateway: 'gateway must be another address of the same network.',
    };
    problem(`${sentences[fault]} The box asks for its address by DHCP.`);
  }
  return fixed;
}

function wifiIn(values: Values, problem: Problem): Wifi | undefined {
  const name = values.get('wifi-name');
  if (name === undefined) return undefined;
  const { wifi, fault } = wifiOf({
    name,
    password: values.get('wifi-password'),
    country: values.get('wifi-country'),
  });
  if (fault === 'name') problem('wifi-name must have 32 bytes at most; there is no Wi-Fi.');
  if (fault === 'password')
    problem('wifi-password must have 8 to 63 characters of ASCII; there is no Wi-Fi.');
  if (fault === 'country') problem('wifi-country must be two letters, as in DE.');
  return wifi;
}

function syslogOf(values: Values, problem: Problem): SyslogServer | undefined {
  const given = values.get('syslog');
  if (given === undefined) return undefined;
  const [host = '', port = '514', ...more] = given.split(':');
  const named = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(host);
  const known = /^[\d.]+$/.test(host) ? isHost(host) : named;
  if (known && /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535 && more.length === 0) {
    return { host, port: Number(port) };
  }
  problem('syslog must be the address or name of a server, as in 192.168.1.5 or 192.168.1.5:514.');
  return undefined;
}
