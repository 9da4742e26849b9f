// What the APIs and the web page may do to conferences that are going on. Who is meant by "all" is settled here, once for
// all of them; the conference itself carries it out and tells everybody.
import type { Conference, MemberId, Relationship, Role, Sound } from '../conference/index.js';
import type { ConferenceRecordings } from './conference-recordings.js';
import type { LineQuality } from './line-watch.js';
import type { Play } from './play-request.js';
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
  private readonly recordings: Pick<ConferenceRecordings, 'begin' | 'end'> | undefined;

  constructor(
    running: Pick<RunningConferences, 'get'>,
    recordings?: Pick<ConferenceRecordings, 'begin' | 'end'>,
  ) {
    this.running = running;
    this.recordings = recordings;
  }

  /** The conference as it goes on, to be looked at; undefined = nobody is in it. */
  find(conferenceId: string): Conference | undefined {
    return this.running.get(conferenceId)?.conference;
  }

  /** Resolves when it is known who is talking, at once when that is so already. Never throws. */
  async lookWhoTalks(conferenceId: string): Promise<void> {
    await this.running.get(conferenceId)?.talk.look();
  }

  /** Mean absolute 16-bit sample of what a member says now; 0 while nobody wants to know. */
  energyOf(conferenceId: string, memberId: MemberId): number {
    return this.running.get(conferenceId)?.talk.energyOf(memberId) ?? 0;
  }

  /** Has rtpengine asked how the members' packets get through, at most every few seconds. Never throws. */
  async lookAtLines(conferenceId: string): Promise<void> {
    await this.running.get(conferenceId)?.lines.look();
  }

  /** As it was at the last look; undefined = it is not known. */
  lineOf(conferenceId: string, memberId: MemberId): LineQuality | undefined {
    return this.running.get(conferenceId)?.lines.of(memberId);
  }

  /** The lock ends with the conference: false = nobody is in it, and nothing is locked. */
  lock(conferenceId: string, locked: boolean): boolean {
    const conference = this.find(conferenceId);
    conference?.lock(locked);
    return conference !== undefined;
  }

  /**
   * Begins to record, or ends it; nothing happens when it is so already. False = nobody is in it.
   * @throws PartylineError UNAVAILABLE when it cannot be recorded
   */
  async record(conferenceId: string, recorded: boolean): Promise<boolean> {
    const running = this.running.get(conferenceId);
    if (!running) return false;
    if (recorded) await this.recordings?.begin(running, 'api');
    else await this.recordings?.end(running);
    return true;
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

  /**
   * Plays a sound over the conference, to all or to one member alone, and tells when it begins and ends. Sounds that are
   * asked for wait for each other, and make room for the box's own words. Undefined = nobody is in it, or not this member.
   * @param turns Infinity = until it is stopped, or the next one is asked for
   */
  play(conferenceId: string, target: MemberId | 'all', sound: Sound, turns = 1): Play | undefined {
    return this.running.get(conferenceId)?.request(target, sound, turns);
  }

  /** Ends every sound that was asked for, for all or for one member, and what of them waits. */
  stopPlaying(conferenceId: string, target: MemberId | 'all'): void {
    this.running.get(conferenceId)?.clearRequests(target);
  }

  /** Everybody is sent away; false = nobody is in it. */
  end(conferenceId: string): boolean {
    const conference = this.find(conferenceId);
    conference?.end();
    return conference !== undefined;
  }

  /** One step up or down of how loud a member is to the others, or the others to it; false = no such member. */
  turn(conferenceId: string, memberId: MemberId, what: 'talk' | 'listen', by: 1 | -1): boolean {
    const conference = this.find(conferenceId);
    const member = conference?.member(memberId);
    if (!conference || !member) return false;
    if (what === 'talk') conference.setTalkLevel(memberId, member.talkLevel + by);
    else conference.setListenLevel(memberId, member.listenLevel + by);
    return true;
  }

  /** False = there is no such member. */
  setRole(conferenceId: string, memberId: MemberId, role: Role): boolean {
    const conference = this.find(conferenceId);
    if (!conference?.member(memberId)) return false;
    conference.setRole(memberId, role);
    return true;
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
