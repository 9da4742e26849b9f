// New network settings are on trial: they hold for some minutes, and for good only when an admin who has reached the box
// by them says so. Pure: what happens at which event, and what is to be done then.
import { networkSettingsOf, sameAddress, type NetworkSettings } from './network-settings.js';
import { isRecord } from './records.js';
import { sameWifi } from './wifi.js';

/** Time to open the new address and log in there, s. Ours. */
export const trialSeconds = 180;

/** What the application asks root's program for. */
export type NetworkRequest =
  | { readonly kind: 'try'; readonly id: string; readonly settings: NetworkSettings }
  | { readonly kind: 'keep' | 'return'; readonly id: string };

export interface NetworkTrial {
  readonly id: string;
  readonly settings: NetworkSettings;
  /** Seconds since the machine started, which no correction of the clock moves. */
  readonly until: number;
  /** They are in force: who reaches the box now reaches it by them. */
  readonly applied?: true;
}

/**
 * unconfirmed: nobody said in time that the box is reached; asked: an admin wanted the old ones back; stopped: the
 * program that watches the trial ended; failed: they could not be put in force.
 */
export type ReturnReason = 'unconfirmed' | 'asked' | 'stopped' | 'failed';

export interface NetworkOutcome {
  readonly id: string;
  readonly settings: NetworkSettings;
  /** Absent: the new settings are kept. */
  readonly returned?: ReturnReason;
}

/** What root's program answers, and what is in force without a trial. */
export interface NetworkAnswer {
  readonly settings: NetworkSettings;
  /** Who said them: the web page, or partyline.txt. */
  readonly source: 'page' | 'text';
  readonly trial?: NetworkTrial;
  /** Since the last start of the box. */
  readonly last?: NetworkOutcome;
}

export type TrialEvent = NetworkRequest | { readonly kind: 'tick' | 'applied' | 'failed' };

/** apply: put the trial's settings in force; keep: write them down; restore: put the old ones in force. */
export type TrialAct = 'apply' | 'keep' | 'restore';

/** @param now seconds since the machine started */
export function nextTrial(
  answer: NetworkAnswer,
  event: TrialEvent,
  now: number,
): { readonly answer: NetworkAnswer; readonly act?: TrialAct } {
  const { settings, source, trial } = answer;
  const end = (returned: ReturnReason) => {
    const last = { id: trial!.id, settings: trial!.settings, returned };
    return { answer: { settings, source, last }, act: 'restore' } as const;
  };
  if (!trial) {
    if (event.kind !== 'try') return { answer };
    const begun = { id: event.id, settings: event.settings, until: now + trialSeconds };
    return { answer: { settings, source, trial: begun }, act: 'apply' };
  }
  switch (event.kind) {
    case 'applied':
      return { answer: { ...answer, trial: { ...trial, applied: true } } };
    case 'failed':
      return end('failed');
    case 'keep':
      if (event.id !== trial.id || !trial.applied || now >= trial.until) return { answer };
      return {
        answer: {
          settings: trial.settings,
          source: 'page',
          last: { id: trial.id, settings: trial.settings },
        },
        act: 'keep',
      };
    case 'return':
      return event.id === trial.id ? end('asked') : { answer };
    case 'tick':
      return now >= trial.until ? end('unconfirmed') : { answer };
    default:
      // One at a time: a second trial would forget what the first one goes back to.
      return { answer };
  }
}

/** A trial whose program ended without an end of the trial. */
export function stoppedTrial({ settings, source, trial }: NetworkAnswer): NetworkAnswer {
  if (!trial) return { settings, source };
  return { settings, source, last: { id: trial.id, settings: trial.settings, returned: 'stopped' } };
}

/**
 * Undefined when anything of it is not as it must be.
 * @param present what is in force, with the key of its Wi-Fi, for a request that goes on with it
 */
export function networkRequestOf(value: unknown, present: NetworkSettings): NetworkRequest | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, id } = value;
  if (!isRequestId(id)) return undefined;
  if (kind === 'keep' || kind === 'return') return { kind, id };
  const asked = networkSettingsOf(value.settings);
  const settings = asked && withKey(asked, present);
  return kind === 'try' && settings ? { kind, id, settings } : undefined;
}

function withKey(asked: NetworkSettings, { wifi: present }: NetworkSettings): NetworkSettings | undefined {
  const { wifi } = asked;
  if (wifi?.key !== true) return asked;
  if (present?.key === undefined || present.name !== wifi.name) return undefined;
  return { ...asked, wifi: { ...wifi, key: present.key } };
}

/** As the application sees it: that a Wi-Fi has a key, but not the key. */
export function shownAnswer({ settings, trial, last, ...rest }: NetworkAnswer): NetworkAnswer {
  return {
    settings: shown(settings),
    ...rest,
    ...(trial && { trial: { ...trial, settings: shown(trial.settings) } }),
    ...(last && { last: { ...last, settings: shown(last.settings) } }),
  };
}

function shown(settings: NetworkSettings): NetworkSettings {
  const { wifi } = settings;
  return wifi?.key === undefined ? settings : { ...settings, wifi: { ...wifi, key: true } };
}

export function isRequestId(id: unknown): id is string {
  return typeof id === 'string' && /^[0-9a-f]{16}$/.test(id);
}

/**
 * Whether a request that reached the box at this address of its own proves that the settings on trial are good: once they
 * are in force, at the fixed address itself; by DHCP, which Wi-Fi always has, at one that is neither loopback nor made up
 * by the box (RFC 3927).
 */
export function provesReach({ settings, applied }: NetworkTrial, localAddress: string): boolean {
  if (!applied) return false;
  const { fixed, wifi } = settings;
  const address = localAddress.replace(/^::ffff:/, '');
  if (fixed && !wifi) return address === fixed.address;
  return /^\d+\.\d+\.\d+\.\d+$/.test(address) && !/^(127|0|169\.254)\./.test(address);
}

export function sameNetwork(one: NetworkSettings, other: NetworkSettings): boolean {
  return one.name === other.name && sameAddress(one.fixed, other.fixed) && sameWifi(one.wifi, other.wifi);
}
