// What the application asks root's program about an update, and what it answers. The file of the update has one fixed
// place, so that no request can name another one.
import { isRecord } from './records.js';
import { isRequestId } from './network-trial.js';

/** verify: look whose it is; install: into the slot that is not running; restart: start the box with it. */
export interface UpdateRequest {
  readonly kind: 'verify' | 'install' | 'restart';
  readonly id: string;
}

/** signature: not signed by whom the box trusts; product: for another one; damaged: no update, or cut short. */
export type BadUpdate = 'signature' | 'product' | 'damaged';

export type UpdateAnswer =
  | { readonly kind: 'verifying'; readonly id: string }
  | { readonly kind: 'verified' | 'installed' | 'restarting'; readonly id: string; readonly version: string }
  | { readonly kind: 'bad'; readonly id: string; readonly why: BadUpdate }
  | {
      readonly kind: 'installing';
      readonly id: string;
      readonly version: string;
      /** 0 to 100 */
      readonly percent: number;
    }
  /** detail: what the installer said, in its own words. */
  | { readonly kind: 'failed'; readonly id: string; readonly detail: string }
  | UpdateEnd;

/**
 * What became of the last update, known after a start. proving: it runs and has not said yet that it is healthy;
 * returned: it was installed and the box is back on the version of before; interrupted: the box was switched off while it
 * was installed.
 */
export interface UpdateEnd {
  readonly kind: 'proving' | 'kept' | 'returned' | 'interrupted';
  readonly id: string;
  readonly version: string;
  /** The version of before. */
  readonly from: string;
  /** What the new version said was not healthy, in its own words. */
  readonly detail?: string;
}

/** Written down before the other slot is touched, and outlasts the restart. */
export interface UpdateRecord {
  readonly id: string;
  readonly version: string;
  /** Version and slot that ran when it was begun. */
  readonly from: string;
  readonly slot: string;
  /** The other slot is whole, and is the next to be started. */
  readonly installed: boolean;
  readonly end?: UpdateEnd;
}

/** @returns undefined for what is no request */
export function updateRequestOf(value: unknown): UpdateRequest | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, id } = value;
  if (!isRequestId(id)) return undefined;
  return kind === 'verify' || kind === 'install' || kind === 'restart' ? { kind, id } : undefined;
}

/**
 * After a start of the box. Which slot runs says it all: the boot loader takes the old one when the new one did not say
 * within its tries that it is healthy.
 * @param healthy whether this start has been found healthy
 * @param detail what the last unhealthy start said, where it could
 */
export function endOf(
  record: UpdateRecord,
  start: { readonly slot: string; readonly healthy: boolean; readonly detail?: string | undefined },
): UpdateEnd {
  const { id, version, from, slot, installed, end } = record;
  const about = { id, version, from };
  // Kept once, and given up later: after tries that were all cut short, for one.
  const givenUp = end?.kind === 'kept' && start.slot === slot;
  if (end && end.kind !== 'proving' && !givenUp) return end;
  if (start.slot !== slot) return { kind: start.healthy ? 'kept' : 'proving', ...about };
  if (!installed) return { kind: 'interrupted', ...about };
  return { kind: 'returned', ...about, ...(start.detail !== undefined && { detail: start.detail }) };
}

/** Undefined when it is not as it must be. */
export function updateRecordOf(value: unknown): UpdateRecord | undefined {
  if (!isRecord(value)) return undefined;
  const { id, version, from, slot, installed } = value;
  const texts = [version, from, slot].every((text) => typeof text === 'string');
  return isRequestId(id) && texts && typeof installed === 'boolean'
    ? (value as unknown as UpdateRecord)
    : undefined;
}

/** Of a line that `rauc install` writes, as in " 40% Verifying signature done."; undefined = it says none. */
export function percentOf(line: string): number | undefined {
  const percent = /^\s*(\d{1,3})%/.exec(line)?.[1];
  return percent === undefined ? undefined : Math.min(100, Number(percent));
}
