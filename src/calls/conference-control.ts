// What the APIs and the web page may do to conferences that are going on. Who is meant by "all" is settled here, once for
// all of them; the conference itself carries it out and tells everybody.
import type { Conference, MemberId, Relationship } from '../conference/index.js';
import type { RunningConferences } from './running-conferences.js';

export type MemberAction = 'mute' | 'unmute' | 'deaf' | 'undeaf' | 'kick';

export interface MemberWishes {
  readonly muted?: boolean;
  readonly held?: boolean;
  readonly joinTone?: boolean;
  readonly leavingTone?: boolean;
}

export class ConferenceControl {
  private readonly running: Pick<RunningConferences, 'get'>;

  constructor(running: Pick<RunningConferences, 'get'>) {
    this.running = running;
  }

  /** The conference as it goes on, to be looked at; undefined = nobody is in it. */
  find(conferenceId: string): Conference | undefined {
    return this.running.get(conferenceId)?.conference;
  }

  /** The lock ends with the conference: false = nobody is in it, and nothing is locked. */
  lock(conferenceId: string, locked: boolean): boolean {
    const conference = this.find(conferenceId);
    conference?.lock(locked);
    return conference !== undefined;
  }

  /** One member, moderators too; false = there is no such member. */
  toMember(conferenceId: string, memberId: MemberId, action: MemberAction): boolean {
    const conference = this.find(conferenceId);
    if (!conference?.member(memberId)) return false;
    apply(conference, memberId, action);
    return true;
  }

  /**
   * Everybody who is in now. Moderators are left as they are, but for a kick, which is for all. Who joins later is not
   * meant.
   */
  toAll(conferenceId: string, action: MemberAction): void {
    const conference = this.find(conferenceId);
    if (!conference) return;
    for (const { id, role } of [...conference.members.values()]) {
      if (action === 'kick' || role !== 'moderator') apply(conference, id, action);
    }
  }

  /** What is absent stays as it is; false = there is no such member. */
  change(conferenceId: string, memberId: MemberId, wanted: MemberWishes): boolean {
    const conference = this.find(conferenceId);
    if (!conference?.member(memberId)) return false;
    const { muted, held, joinTone, leavingTone } = wanted;
    if (muted !== undefined) conference.setMuted(memberId, muted);
    if (held !== undefined) conference.setHeld(memberId, held);
    if (joinTone !== undefined || leavingTone !== undefined) {
      conference.setTones(memberId, {
        ...(joinTone !== undefined && { joinTone }),
        ...(leavingTone !== undefined && { leavingTone }),
      });
    }
    return true;
  }

  /** Everybody at once, beside the members' own flags; false = nobody is in it. */
  changeAll(conferenceId: string, wanted: Pick<MemberWishes, 'muted' | 'held'>): boolean {
    const conference = this.find(conferenceId);
    if (wanted.muted !== undefined) conference?.setConferenceMuted(wanted.muted);
    if (wanted.held !== undefined) conference?.setConferenceHeld(wanted.held);
    return conference !== undefined;
  }

  /** See Conference.relate; false = one of the two is no member, or both are the same. */
  relate(conferenceId: string, a: MemberId, b: MemberId, relationship: Relationship | 'clear'): boolean {
    return this.find(conferenceId)?.relate(a, b, relationship) ?? false;
  }
}

/** Whoever is so already notices nothing. */
function apply(conference: Conference, memberId: MemberId, action: MemberAction): void {
  switch (action) {
    case 'mute':
    case 'unmute':
      conference.setMuted(memberId, action === 'mute');
      break;
    case 'deaf':
    case 'undeaf':
      conference.setDeaf(memberId, action === 'deaf');
      break;
    case 'kick':
      conference.kick(memberId);
  }
}
