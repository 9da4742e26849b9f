// What a client of the events asks for: Kazoo's routing keys, `conference.event.{conference}.{call}`, where a star stands
// for all. Kazoo refuses the star for the conference; here it means every conference of the account.
import type { FeedEvent } from '../../calls/index.js';

export interface Binding {
  /** As the client wrote it. */
  readonly key: string;
  /** 'all', an id, or undefined for what exists and never tells anything. */
  readonly topic: string | undefined;
  readonly callId: string | undefined;
}

const idPattern = /^[A-Za-z0-9_-]{1,128}$/;

/** @returns a sentence of Kazoo's when it is none that can be had */
export function readBinding(key: string): Binding | string {
  const [category, kind, conference = '', call, ...rest] = key.slice(0, 512).split('.');
  if (category !== 'conference') return 'no available subscriptions to requested binding';
  const wrong = `invalid format for conference subscription : ${key.slice(0, 128)}`;
  if (conference !== '*' && !idPattern.test(conference)) return wrong;
  // Kazoo's messages from its APIs to its switches: there are none in a box of one process.
  if (kind === 'command' && call === undefined) return { key, topic: undefined, callId: undefined };
  if (kind !== 'event' || call === undefined || rest.length > 0) return wrong;
  if (call !== '*' && !idPattern.test(call)) return wrong;
  return {
    key,
    topic: conference === '*' ? 'all' : conference,
    callId: call === '*' ? undefined : call,
  };
}

/** Events that concern the whole conference go to who asks for all calls. */
export function fits({ callId }: Binding, event: FeedEvent): boolean {
  return callId === undefined || ('member' in event && event.member.callId === callId);
}
