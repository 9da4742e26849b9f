// The way of an update, from the file to the version that runs, as one state after another. Pure: what follows from what.
// Who reads the state knows what is to be done in it; who does it is in update-desk.ts.
import type { BadUpdate, UpdateAnswer, UpdateEnd } from './update-answer.js';

/**
 * Why a file could not be had. url: not to be read; address: the box may not connect there; answer: the server has no
 * such file; connection: no answer, or cut off; time: not within the time there is; too-large; no-space: on the card.
 */
export type FetchFault = 'url' | 'address' | 'answer' | 'connection' | 'time' | 'too-large' | 'no-space';

/** backup: none could be made; install: RAUC failed; silent: root's program does not answer. */
export type Refusal = BadUpdate | FetchFault | 'backup' | 'install' | 'silent';

export type UpdateState =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'fetching';
      /** File name, or URL without what may be a secret. */
      readonly source: string;
      readonly bytes: number;
      /** Bytes in all; absent: nobody said. */
      readonly total?: number;
    }
  | { readonly kind: 'verifying' }
  /** Waits for an admin. */
  | { readonly kind: 'ready'; readonly version: string }
  /** Waits until nobody is in a call. */
  | { readonly kind: 'waiting'; readonly version: string; readonly before: 'install' | 'restart' }
  | { readonly kind: 'backing-up'; readonly version: string; readonly quiet: boolean }
  | {
      readonly kind: 'installing';
      readonly version: string;
      readonly quiet: boolean;
      readonly percent: number;
    }
  | { readonly kind: 'restarting'; readonly version: string }
  | { readonly kind: 'ended'; readonly end: UpdateEnd }
  | { readonly kind: 'refused'; readonly why: Refusal; readonly detail?: string };

export type UpdateEvent =
  | { readonly kind: 'begin'; readonly source: string; readonly total?: number | undefined }
  | { readonly kind: 'fetched'; readonly bytes: number; readonly total?: number | undefined }
  | { readonly kind: 'complete' }
  /** quiet: not while somebody is in a call, neither the installing nor the restart. */
  | { readonly kind: 'install'; readonly quiet: boolean; readonly calls: number }
  | { readonly kind: 'calls'; readonly calls: number }
  /** What waits for the end of calls waits no longer. */
  | { readonly kind: 'hurry' }
  | { readonly kind: 'backed-up' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'refuse'; readonly why: Refusal; readonly detail?: string | undefined }
  | { readonly kind: 'answer'; readonly answer: UpdateAnswer; readonly calls: number };

/** The state itself when the event has no place in it. */
export function nextUpdate(state: UpdateState, event: UpdateEvent): UpdateState {
  switch (event.kind) {
    case 'begin':
      return mayBegin(state) ? fetching(event.source, 0, event.total) : state;
    case 'fetched':
      if (state.kind !== 'fetching') return state;
      return fetching(state.source, event.bytes, event.total ?? state.total);
    case 'complete':
      return state.kind === 'fetching' ? { kind: 'verifying' } : state;
    case 'install':
      if (state.kind !== 'ready') return state;
      if (event.quiet && event.calls > 0) return waiting(state.version, 'install');
      return { kind: 'backing-up', version: state.version, quiet: event.quiet };
    case 'calls':
      return state.kind === 'waiting' && event.calls === 0 ? waited(state, true) : state;
    case 'hurry':
      return state.kind === 'waiting' ? waited(state, false) : state;
    case 'backed-up':
      if (state.kind !== 'backing-up') return state;
      return { kind: 'installing', version: state.version, quiet: state.quiet, percent: 0 };
    case 'cancel':
      return mayCancel(state) ? { kind: 'idle' } : state;
    case 'refuse':
      return isBusy(state) ? refused(event.why, event.detail) : state;
    case 'answer':
      return answered(state, event.answer, event.calls);
  }
}

/** What is shown when the application starts: what root's program is at, or what became of the last update. */
export function firstState(answer: UpdateAnswer | undefined): UpdateState {
  switch (answer?.kind) {
    case 'installing':
      return { kind: 'installing', version: answer.version, quiet: true, percent: answer.percent };
    case 'installed':
      return waiting(answer.version, 'restart');
    case 'restarting':
      return { kind: 'restarting', version: answer.version };
    case 'failed':
      return refused('install', answer.detail);
    case 'proving':
    case 'kept':
    case 'returned':
    case 'interrupted':
      return { kind: 'ended', end: answer };
    default:
      return { kind: 'idle' };
  }
}

export function mayBegin(state: UpdateState): boolean {
  return (
    state.kind === 'idle' ||
    state.kind === 'refused' ||
    (state.kind === 'ended' && state.end.kind !== 'proving')
  );
}

/** Afterwards nothing has changed. What is installed already starts with the next restart, whatever one wishes. */
export function mayCancel(state: UpdateState): boolean {
  if (state.kind === 'waiting') return state.before === 'install';
  return state.kind === 'fetching' || state.kind === 'verifying' || state.kind === 'ready';
}

/** An update is on its way. */
export function isBusy({ kind }: UpdateState): boolean {
  return kind !== 'idle' && kind !== 'refused' && kind !== 'ended';
}

function answered(state: UpdateState, answer: UpdateAnswer, calls: number): UpdateState {
  switch (answer.kind) {
    case 'verified':
      return state.kind === 'verifying' ? { kind: 'ready', version: answer.version } : state;
    case 'bad':
      return state.kind === 'verifying' || state.kind === 'installing' ? refused(answer.why) : state;
    case 'failed':
      return state.kind === 'installing' ? refused('install', answer.detail) : state;
    case 'installing':
      return state.kind === 'installing' ? { ...state, percent: answer.percent } : state;
    case 'installed':
      if (state.kind !== 'installing') return state;
      if (state.quiet && calls > 0) return waiting(state.version, 'restart');
      return { kind: 'restarting', version: state.version };
    case 'kept':
      // The application has been running for a while when this is known.
      return state.kind === 'ended' && state.end.kind === 'proving' ? { kind: 'ended', end: answer } : state;
    default:
      return state;
  }
}

function fetching(source: string, bytes: number, total: number | undefined): UpdateState {
  return { kind: 'fetching', source, bytes, ...(total !== undefined && { total }) };
}

function waiting(version: string, before: 'install' | 'restart'): UpdateState {
  return { kind: 'waiting', version, before };
}

function waited(state: Extract<UpdateState, { kind: 'waiting' }>, quiet: boolean): UpdateState {
  const { version, before } = state;
  return before === 'install' ? { kind: 'backing-up', version, quiet } : { kind: 'restarting', version };
}

function refused(why: Refusal, detail?: string): UpdateState {
  return { kind: 'refused', why, ...(detail !== undefined && { detail }) };
}
