// Conferences as Kazoo shows them: the document, and beside it, under `_read_only`, what is going on in the conference
// right now.
import type { Conference, ConferenceDocument, MemberId } from '../../conference/index.js';
import { gregorianSeconds, nodeName, type BoxIdentity } from './envelope.js';
import { participantsOf } from './participant-view.js';

/** What a view is made from. */
export interface Seen {
  readonly id: string;
  readonly document: ConferenceDocument;
  /** Absent while nobody is in it. */
  readonly running?: Conference;
  readonly box: BoxIdentity;
  /** Unix time, ms. */
  readonly now: number;
  /** Mean absolute 16-bit sample of what a member says now; absent = nobody listens. */
  readonly energyOf?: (id: MemberId) => number;
}

/** The document as a client gets it. `focus` names the media server of a conference that goes on, and nothing else. */
export function documentView({ id, document, running, box }: Seen): Record<string, unknown> {
  return { id, ...withoutFocus(document), ...(running && { focus: nodeName(box) }) };
}

/** The document and who is in. */
export function conferenceView(seen: Seen): Record<string, unknown> {
  const { running } = seen;
  const figures = { ...figuresOf(seen), participants: running ? participantsOf(running, seen) : [] };
  return { ...documentView(seen), _read_only: figures };
}

/** One line of the list; what a document does not have is left out. */
export function listView(seen: Seen): Record<string, unknown> {
  const { id, document, running, box, now } = seen;
  const live = running && {
    uuid: running.instanceId,
    run_time: secondsSince(running, now),
    start_time: gregorianSeconds(running.startedAt ?? now),
    switch_hostname: box.name,
    switch_url: `sip:conference@${box.address}:${box.sipPort}`,
    switch_external_ip: box.address,
    participant_count: running.participantCount,
  };
  return {
    id,
    name: document.name,
    owner_id: document.owner_id,
    member: document.member,
    moderator: document.moderator,
    ui_flags: document.ui_flags,
    conference_numbers: document.conference_numbers,
    flags: document.flags,
    _read_only: { ...figuresOf(seen), ...live },
  };
}

/** What a client wrote, without the key that is not its to write. */
export function withoutFocus<T extends Readonly<Record<string, unknown>>>(document: T): Omit<T, 'focus'> {
  const { focus: _focus, ...rest } = document;
  return rest;
}

function figuresOf({ running, now }: Seen): Record<string, unknown> {
  if (!running) return { members: 0, moderators: 0, duration: 0, is_locked: false };
  return {
    members: running.participantCount - running.moderatorCount,
    moderators: running.moderatorCount,
    duration: secondsSince(running, now),
    is_locked: running.locked,
  };
}

function secondsSince({ startedAt }: Conference, now: number): number {
  return startedAt === undefined ? 0 : Math.max(0, Math.floor((now - startedAt) / 1000));
}
