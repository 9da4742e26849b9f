// What is fixed when a box starts: addresses, ports, folders. Read from the environment and from one file with the
// same keys (the environment wins); checked here, so that a wrong value stops the start with a sentence that names it.
// What an admin edits while the box runs lives in the store instead.
import { existsSync, readFileSync } from 'node:fs';
import { isIP, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { SettingsError } from './errors.js';

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Addresses that begin with the same bits. */
export interface Network {
  /** IPv4 or IPv6 */
  readonly address: string;
  /** Bits that count. */
  readonly prefix: number;
}

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface RecordingSettings {
  /** A recording ends after so many hours. */
  readonly hours: number;
  /** One that is older is deleted. */
  readonly days: number;
  /** MiB of all together: the oldest are deleted. */
  readonly megabytes: number;
  /** MiB of free disk below which nothing is recorded. */
  readonly freeMegabytes: number;
}

export interface Settings {
  /** IPv4 address that phones reach; SIP, RTP and HTTP listen on it. */
  readonly address: string;
  /** UDP and TCP. */
  readonly sipPort: number;
  readonly httpPort: number;
  /** 0 = no HTTPS. */
  readonly httpsPort: number;
  /** Inclusive range for everything that carries RTP. */
  readonly rtpPorts: { readonly first: number; readonly last: number };
  /** Absolute folder of the database, logs and recordings. */
  readonly data: string;
  /** Folder with the rendered prompts, music and a private rtpengine, made by the set-up. */
  readonly runtime: string;
  /** A drachtio-server that is already running; absent = start our own. */
  readonly drachtio?: HostPort;
  readonly drachtioSecret?: string;
  /** NG address of an rtpengine that is already running; absent = start one. */
  readonly rtpengine?: HostPort;
  /** UDP port on 127.0.0.1 where rtpengine reports key presses; absent = the supervisor chooses. */
  readonly dtmfPort?: number;
  /** Where root's programs of the image are asked for something; absent = not from the image. */
  readonly appliance?: string;
  /** Create the demo conferences in an empty data folder. */
  readonly demo: boolean;
  /** Keep a copy of the database before it gets a new shape, and return to it in a release that does not know that. */
  readonly wayBack: boolean;
  readonly log: LogLevel;
  /** Absolute path of a copy of the application's log; for where nobody keeps what it writes to standard output. */
  readonly logFile?: string;
  /** A phone that sends neither RTP nor RTCP for so many seconds is taken for dead. */
  readonly silenceSeconds: number;
  /** So long our SIP server keeps the calls of an application that is lost. */
  readonly graceSeconds: number;
  /** Networks beside the Internet where sounds may be fetched from, and callbacks sent to. */
  readonly fetchPrivate: readonly Network[];
  readonly recordings: RecordingSettings;
  /** Conferences that one user of Catapult's API may make, per second; 0 = no limit. */
  readonly catapultRate: number;
  /** Of the first admin, on a box that has none. Never to be logged. */
  readonly adminPassword?: string;
  /** What the web page asks for on a box without an admin; absent = another one at every start. */
  readonly startCode?: string;
}

/** Characters of an admin's password: NIST SP 800-63B's least; most bounds what is hashed, ours. */
export const passwordLength = { least: 8, most: 128 } as const;

/**
 * True for 6 to 64 letters, digits and hyphens, 6 of them no hyphens: of so many digits the ten guesses in a quarter of
 * an hour that the web page allows find half in a year and a half.
 */
export function isStartCode(value: string): boolean {
  return /^[A-Za-z0-9-]{6,64}$/.test(value) && value.replaceAll('-', '').length >= 6;
}

type Env = Record<string, string | undefined>;

/** Every setting this file knows; anything else that starts with PARTYLINE_ is a slip of the pen and is refused. */
const known = [
  'PARTYLINE_ADDRESS',
  'PARTYLINE_SIP_PORT',
  'PARTYLINE_HTTP_PORT',
  'PARTYLINE_HTTPS_PORT',
  'PARTYLINE_RTP_PORTS',
  'PARTYLINE_DATA',
  'PARTYLINE_RUNTIME',
  'PARTYLINE_DRACHTIO',
  'PARTYLINE_DRACHTIO_PORT',
  'PARTYLINE_DRACHTIO_SECRET',
  'PARTYLINE_RTPENGINE',
  'PARTYLINE_DTMF_PORT',
  'PARTYLINE_DEMO',
  'PARTYLINE_WAY_BACK',
  'PARTYLINE_LOG',
  'PARTYLINE_LOG_FILE',
  'PARTYLINE_SILENCE_SECONDS',
  'PARTYLINE_GRACE_SECONDS',
  'PARTYLINE_FETCH_PRIVATE',
  'PARTYLINE_RECORDING_HOURS',
  'PARTYLINE_RECORDING_DAYS',
  'PARTYLINE_RECORDING_MEGABYTES',
  'PARTYLINE_RECORDING_FREE_MEGABYTES',
  'PARTYLINE_CATAPULT_RATE',
  'PARTYLINE_ADMIN_PASSWORD',
  'PARTYLINE_START_CODE',
  'PARTYLINE_APPLIANCE',
  'PARTYLINE_SETTINGS',
];

/**
 * The settings of this box.
 * @param folder where relative paths begin
 * @throws SettingsError with one sentence that names the setting and says what would be right
 */
export function loadSettings(env: Env = process.env, folder = process.cwd()): Settings {
  const values = withFile(env, folder);
  for (const name of Object.keys(values)) {
    if (name.startsWith('PARTYLINE_') && !known.includes(name)) {
      throw new SettingsError(`${name} is not a setting; known are ${known.join(', ')}.`);
    }
  }
  const drachtio = optional(values, 'PARTYLINE_DRACHTIO', hostPort);
  const drachtioSecret = text(values, 'PARTYLINE_DRACHTIO_SECRET');
  if (drachtio && !drachtioSecret) {
    throw new SettingsError('PARTYLINE_DRACHTIO_SECRET must be set when PARTYLINE_DRACHTIO names a server.');
  }
  const rtpengine = optional(values, 'PARTYLINE_RTPENGINE', hostPort);
  const dtmfPort = optional(values, 'PARTYLINE_DTMF_PORT', port);
  const adminPassword = password(values, 'PARTYLINE_ADMIN_PASSWORD');
  const code = optional(values, 'PARTYLINE_START_CODE', startCode);
  const appliance = text(values, 'PARTYLINE_APPLIANCE');
  const logFile = text(values, 'PARTYLINE_LOG_FILE');
  return {
    address: address(values),
    sipPort: optional(values, 'PARTYLINE_SIP_PORT', port) ?? 5060,
    httpPort: optional(values, 'PARTYLINE_HTTP_PORT', port) ?? 8000,
    httpsPort: optional(values, 'PARTYLINE_HTTPS_PORT', portOrOff) ?? 8443,
    rtpPorts: optional(values, 'PARTYLINE_RTP_PORTS', portRange) ?? { first: 30000, last: 39999 },
    data: resolve(folder, text(values, 'PARTYLINE_DATA') ?? 'var'),
    runtime: resolve(folder, text(values, 'PARTYLINE_RUNTIME') ?? '.runtime'),
    ...(drachtio && { drachtio }),
    ...(drachtioSecret && { drachtioSecret }),
    ...(rtpengine && { rtpengine }),
    ...(dtmfPort && { dtmfPort }),
    ...(appliance && { appliance: resolve(folder, appliance) }),
    demo: optional(values, 'PARTYLINE_DEMO', flag) ?? true,
    wayBack: optional(values, 'PARTYLINE_WAY_BACK', flag) ?? false,
    log: optional(values, 'PARTYLINE_LOG', logLevel) ?? 'info',
    ...(logFile && { logFile: resolve(folder, logFile) }),
    silenceSeconds: optional(values, 'PARTYLINE_SILENCE_SECONDS', seconds) ?? 60,
    graceSeconds: optional(values, 'PARTYLINE_GRACE_SECONDS', seconds) ?? 30,
    fetchPrivate: optional(values, 'PARTYLINE_FETCH_PRIVATE', networks) ?? [],
    recordings: {
      // 24 h are 2.8 GB, and a WAV file cannot say more than 4 GiB.
      hours: optional(values, 'PARTYLINE_RECORDING_HOURS', upTo(24)) ?? 4,
      days: optional(values, 'PARTYLINE_RECORDING_DAYS', upTo(36_500)) ?? 90,
      megabytes: optional(values, 'PARTYLINE_RECORDING_MEGABYTES', upTo(100_000_000)) ?? 8192,
      freeMegabytes: optional(values, 'PARTYLINE_RECORDING_FREE_MEGABYTES', upTo(100_000_000)) ?? 512,
    },
    catapultRate: optional(values, 'PARTYLINE_CATAPULT_RATE', rate) ?? 1,
    ...(adminPassword !== undefined && { adminPassword }),
    ...(code !== undefined && { startCode: code }),
  };
}

/** The file named by PARTYLINE_SETTINGS (KEY=VALUE lines, # comments), under the environment. */
function withFile(env: Env, folder: string): Env {
  if (!env.PARTYLINE_SETTINGS) return env;
  const file = resolve(folder, env.PARTYLINE_SETTINGS);
  if (!existsSync(file)) throw new SettingsError(`PARTYLINE_SETTINGS names ${file}, which does not exist.`);
  return { ...parseSettingsFile(readFileSync(file, 'utf8')), ...env };
}

/**
 * KEY=VALUE lines; blank lines and lines that begin with # are passed over; quotes around a value are taken off.
 * @throws SettingsError naming the line
 */
export function parseSettingsFile(content: string): Record<string, string> {
  const values: Record<string, string> = {};
  content.split(/\r?\n/).forEach((line, index) => {
    const trimmed = line.trim();
    if (!trimmed || trimmed.startsWith('#')) return;
    const equals = trimmed.indexOf('=');
    if (equals < 1) throw new SettingsError(`Line ${index + 1} of the settings file is not KEY=VALUE.`);
    const value = trimmed.slice(equals + 1).trim();
    values[trimmed.slice(0, equals).trim()] = value.replace(/^(["'])(.*)\1$/, '$2');
  });
  return values;
}

function text(env: Env, name: string): string | undefined {
  const value = env[name]?.trim();
  return value || undefined;
}

function optional<T>(env: Env, name: string, parse: (value: string, name: string) => T): T | undefined {
  const value = text(env, name);
  return value === undefined ? undefined : parse(value, name);
}

function port(value: string, name: string): number {
  const number = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (number < 1 || number > 65535) {
    throw new SettingsError(`${name} must be a port from 1 to 65535, not "${value}".`);
  }
  return number;
}

/** 0 switches it off. */
function portOrOff(value: string, name: string): number {
  return value === '0' ? 0 : port(value, name);
}

function hostPort(value: string, name: string): HostPort {
  const match = /^([A-Za-z0-9.-]{1,253}):(\d{1,5})$/.exec(value);
  if (!match?.[1] || !match[2]) {
    throw new SettingsError(`${name} must be host:port, for example 127.0.0.1:9022, not "${value}".`);
  }
  return { host: match[1], port: port(match[2], name) };
}

/** Fewer than 64 ports would not carry ten callers. */
function portRange(value: string, name: string): { first: number; last: number } {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(value);
  const first = Number(match?.[1]);
  const last = Number(match?.[2]);
  if (!match || first < 1024 || last > 65535 || last - first < 63) {
    throw new SettingsError(
      `${name} must be a range of at least 64 ports above 1023, for example 30000-39999, not "${value}".`,
    );
  }
  return { first, last };
}

function flag(value: string, name: string): boolean {
  if (['1', 'true', 'yes', 'on'].includes(value.toLowerCase())) return true;
  if (['0', 'false', 'no', 'off'].includes(value.toLowerCase())) return false;
  throw new SettingsError(`${name} must be 1 or 0, not "${value}".`);
}

function logLevel(value: string, name: string): LogLevel {
  if (value === 'error' || value === 'warn' || value === 'info' || value === 'debug') return value;
  throw new SettingsError(`${name} must be error, warn, info or debug, not "${value}".`);
}

function upTo(most: number): (value: string, name: string) => number {
  return (value, name) => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : 0;
    if (number >= 1 && number <= most) return number;
    throw new SettingsError(`${name} must be a whole number from 1 to ${most}, not "${value}".`);
  };
}

function seconds(value: string, name: string): number {
  const number = /^\d{1,6}$/.test(value) ? Number(value) : 0;
  if (number < 1) throw new SettingsError(`${name} must be a number of seconds from 1 up, not "${value}".`);
  return number;
}

function networks(value: string, name: string): Network[] {
  return value.split(',').map((entry) => {
    const [address = '', bits, ...rest] = entry.trim().split('/');
    const most = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1;
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
    if (prefix < 0 || prefix > most || rest.length > 0) {
      throw new SettingsError(
        `${name} must be addresses or networks, for example 192.168.1.0/24, 10.0.0.5, not "${entry.trim()}".`,
      );
    }
    return { address, prefix };
  });
}

function rate(value: string, name: string): number {
  const number = /^\d{1,4}$/.test(value) ? Number(value) : -1;
  if (number < 0 || number > 1000) {
    throw new SettingsError(`${name} must be a number per second from 0 (no limit) to 1000, not "${value}".`);
  }
  return number;
}

/** As it is, blanks and all; an empty one is none. What was given is not repeated: it may be somebody's password. */
function password(env: Env, name: string): string | undefined {
  const value = env[name];
  if (!value) return undefined;
  const { least, most } = passwordLength;
  if (value.length < least || value.length > most) {
    throw new SettingsError(`${name} must have ${least} to ${most} characters.`);
  }
  return value;
}

/** Not repeated either: until there is an admin, it is a password. */
function startCode(value: string, name: string): string {
  if (isStartCode(value)) return value;
  throw new SettingsError(`${name} must have 6 to 64 letters, digits and hyphens.`);
}

function address(env: Env): string {
  const given = text(env, 'PARTYLINE_ADDRESS');
  if (given === undefined) return lanAddress() ?? '127.0.0.1';
  if (!isIPv4(given) || given === '0.0.0.0') {
    throw new SettingsError(
      `PARTYLINE_ADDRESS must be the IPv4 address that phones reach, for example 192.168.1.20, not "${given}".`,
    );
  }
  return given;
}

/** The first address of a real interface; virtual bridges of containers are no place for desk phones. */
function lanAddress(): string | undefined {
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    if (/^(lo|docker|br-|veth|virbr|tun|tap|wg)/.test(name)) continue;
    const found = addresses?.find((entry) => entry.family === 'IPv4' && !entry.internal);
    if (found) return found.address;
  }
  return undefined;
}
