// The network settings as a form, and what was typed into it as settings: every field with its own mistake.
import {
  describeAddress,
  isHostName,
  staticAddressOf,
  wifiOf,
  type NetworkSettings,
  type Wifi,
} from '../../appliance/index.js';
import type { Texts } from './texts/index.js';

export type NetworkField =
  'name' | 'address' | 'gateway' | 'dns' | 'wifi-name' | 'wifi-password' | 'wifi-country';
export type NetworkMistake = keyof Texts['network']['mistakes'];
export type NetworkMistakes = Partial<Record<NetworkField, NetworkMistake>>;

/** What the fields of the form have when nobody typed anything yet; a password never. */
export function networkFields({ name, fixed, wifi }: NetworkSettings): URLSearchParams {
  return new URLSearchParams({
    name,
    way: fixed ? 'fixed' : 'dhcp',
    address: fixed ? describeAddress(fixed) : '',
    gateway: fixed?.gateway ?? '',
    dns: fixed?.dns.join(' ') ?? '',
    wifi: wifi ? (wifi.key === undefined ? 'open' : 'key') : 'off',
    'wifi-name': wifi?.name ?? '',
    'wifi-country': wifi?.country ?? '',
  });
}

/** @param present what is in force: its Wi-Fi keeps its password when none is typed */
export function typedNetwork(
  form: URLSearchParams,
  present: NetworkSettings,
): { readonly settings: NetworkSettings } | { readonly mistakes: NetworkMistakes } {
  const field = (name: NetworkField | 'way') => typedText(form, name);
  const mistakes: NetworkMistakes = {};
  const name = field('name').toLowerCase();
  if (!isHostName(name)) mistakes.name = 'name';
  const { wifi, ...wrong } = typedWifi(form, present.wifi);
  if (wrong.field !== undefined) mistakes[wrong.field] = wrong.mistake;
  const right = { name, ...(wifi && { wifi }) };
  const isRight = () => Object.keys(mistakes).length === 0;
  if (field('way') !== 'fixed') return isRight() ? { settings: right } : { mistakes };
  const dns = field('dns')
    .split(/[\s,]+/)
    .filter(Boolean);
  const { fixed, fault } = staticAddressOf({
    address: field('address'),
    gateway: field('gateway') || undefined,
    dns,
  });
  if (fault === 'form' || fault === 'edge') mistakes.address = fault;
  else if (fault !== undefined) mistakes[fault] = fault;
  return fixed && isRight() ? { settings: { ...right, fixed } } : { mistakes };
}

const wifiMistakes = {
  name: { field: 'wifi-name', mistake: 'wifiName' },
  password: { field: 'wifi-password', mistake: 'wifiPassword' },
  country: { field: 'wifi-country', mistake: 'wifiCountry' },
} as const;

function typedWifi(
  form: URLSearchParams,
  present: Wifi | undefined,
): { readonly wifi?: Wifi; readonly field?: NetworkField; readonly mistake?: NetworkMistake } {
  const way = form.get('wifi');
  if (way !== 'key' && way !== 'open') return {};
  const name = typedText(form, 'wifi-name');
  // A password may begin or end with a blank.
  const password = form.get('wifi-password') ?? '';
  const keeps = way === 'key' && password === '' && present?.key !== undefined && present.name === name;
  const { wifi, fault } = wifiOf({
    name,
    password: way === 'open' || keeps ? undefined : password,
    country: typedText(form, 'wifi-country') || undefined,
  });
  if (fault === 'password' && password === '') return { field: 'wifi-password', mistake: 'wifiNoPassword' };
  if (fault !== undefined) return wifiMistakes[fault];
  return wifi ? { wifi: keeps ? { ...wifi, key: true } : wifi } : {};
}

function typedText(form: URLSearchParams, name: string): string {
  return form.get(name)?.trim().slice(0, 256) ?? '';
}

/** For the record of changes; of a password only that it is a new one. */
export function networkRecord({ name, fixed, wifi }: NetworkSettings): Record<string, unknown> {
  const { gateway, dns = [] } = fixed ?? {};
  const address = describeAddress(fixed);
  const ofWifi = wifi && {
    name: wifi.name,
    ...(wifi.key === undefined && { open: true }),
    ...(typeof wifi.key === 'string' && { password: '…' }),
    ...(wifi.country && { country: wifi.country }),
  };
  return {
    network: {
      name,
      address,
      ...(gateway && { gateway }),
      ...(dns.length > 0 && { dns }),
      ...(ofWifi && { wifi: ofWifi }),
    },
  };
}
