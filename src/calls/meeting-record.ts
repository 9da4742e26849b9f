// Meetings and their members as values: made of what a conference or an admin's document says, and the document of a new
// one.
import { numbersOf, validateConference, type ConferenceDocument, type Member } from '../conference/index.js';
import { InvalidDocumentError, type MeetingMember, type MeetingRecord } from '../store/index.js';

export function hasLeft(member: MeetingMember): boolean {
  return member.removedAt !== undefined;
}

export function flagsOf(member: Member): Pick<MeetingMember, 'muted' | 'held' | 'joinTone' | 'leavingTone'> {
  return {
    muted: member.muted,
    held: member.held,
    joinTone: member.joinTone !== false,
    leavingTone: member.leavingTone !== false,
  };
}

/** A conference that an admin wrote down, as a meeting. */
export function recordOf(id: string, document: ConferenceDocument, createdAt: number): MeetingRecord {
  return {
    id,
    state: 'created',
    createdAt,
    from: numbersOf(document)[0]?.number ?? '',
    interpretDigits: true,
    target: {},
    muted: false,
    held: false,
    members: [],
  };
}

/** No PIN, nobody muted; the number without its +, as phones on the box dial it. */
export function documentFor(from: string, interpretDigits: boolean): ConferenceDocument {
  const validated = validateConference({
    name: from,
    conference_numbers: [from.replace(/^\+/, '')],
    member: { join_muted: false, play_entry_prompt: false },
    play_welcome: false,
    ...(!interpretDigits && { caller_controls: 'none' }),
  });
  if (!validated.ok) {
    throw new InvalidDocumentError(validated.errors.map((error) => ({ ...error, field: 'from' })));
  }
  return validated.document;
}
