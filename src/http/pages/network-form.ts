// The network settings as a form, and what was typed into it as settings: every field with its own mistake.
import { describeAddress, isHostName, staticAddressOf, type NetworkSettings } from '../../appliance/index.js';
import type { Texts } from './texts/index.js';

export type NetworkField = 'name' | 'address' | 'gateway' | 'dns';
export type NetworkMistake = keyof Texts['network']['mistakes'];
export type NetworkMistakes = Partial<Record<NetworkField, NetworkMistake>>;

/** What the fields of the form have when nobody typed anything yet. */
export function networkFields({ name, fixed }: NetworkSettings): URLSearchParams {
  return new URLSearchParams({
    name,
    way: fixed ? 'fixed' : 'dhcp',
    address: fixed ? describeAddress(fixed) : '',
    gateway: fixed?.gateway ?? '',
    dns: fixed?.dns.join(' ') ?? '',
  });
}

export function typedNetwork(
  form: URLSearchParams,
): { readonly settings: NetworkSettings } | { readonly mistakes: NetworkMistakes } {
  const field = (name: NetworkField | 'way') => form.get(name)?.trim().slice(0, 256) ?? '';
  const mistakes: NetworkMistakes = {};
  const name = field('name').toLowerCase();
  if (!isHostName(name)) mistakes.name = 'name';
  if (field('way') !== 'fixed') return mistakes.name ? { mistakes } : { settings: { name } };
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
  return fixed && Object.keys(mistakes).length === 0 ? { settings: { name, fixed } } : { mistakes };
}

/** For the record of changes. */
export function networkRecord({ name, fixed }: NetworkSettings): Record<string, unknown> {
  const { gateway, dns = [] } = fixed ?? {};
  const address = describeAddress(fixed);
  return { network: { name, address, ...(gateway && { gateway }), ...(dns.length > 0 && { dns }) } };
}
