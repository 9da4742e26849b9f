// Conferences that programs make for one occasion, and what they may do to them: made, joined by calls, over when the last
// has left. Its conference is a stored one like any other, so that it is dialled, seen and changed like any other. What is
// kept beside it has a word of its own, meeting, because it is another thing: the one life of a conference (created, active,
// completed), with those who left, whose it is and what its program wants to be told; it outlives the stored conference,
// and the running one ends with it. Programs only ever hear of conferences.
//
// A conference that an admin wrote down can be handled in the same way; it is never used up, only its runs are over.
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Clock, Member } from '../conference/index.js';
import { messageOf, PartylineError } from '../errors.js';
import type { Log } from '../log.js';
import {
  authorBox,
  type CallbackTarget,
  type Conferences,
  type MeetingMember,
  type MeetingRecord,
  type MeetingTable,
} from '../store/index.js';
import { ConferenceControl, type MemberWishes } from './conference-control.js';
import type { ConferenceEditor } from './conference-editor.js';
import type { EntryOptions } from './entry.js';
import type { Exchange } from './exchange.js';
import { callFaultOf, MeetingError, noMeeting, over } from './meeting-error.js';
import { documentFor, flagsOf, hasLeft, recordOf } from './meeting-record.js';
import type { RunningConference } from './running-conference.js';
import type { RunningConferences } from './running-conferences.js';

/** Records are values: each is how things stood at the event. */
export interface MeetingsEvents {
  created: [meeting: MeetingRecord];
  completed: [meeting: MeetingRecord];
  /** Joined, left, muted, unmuted, held or resumed. */
  member: [meeting: MeetingRecord, member: MeetingMember];
  /** A key of a member whose keys do nothing by themselves. */
  digit: [meeting: MeetingRecord, callId: string, digit: string];
}

export interface NewMeeting {
  readonly userId: string;
  /** What callers dial: digits, perhaps with a + before them. */
  readonly from: string;
  readonly interpretDigits: boolean;
  readonly target: CallbackTarget;
  /** For the record of changes. */
  readonly author: string;
}

export interface MeetingChange {
  readonly completed?: boolean;
  readonly muted?: boolean;
  readonly held?: boolean;
  readonly target?: CallbackTarget;
  /** For the record of changes. */
  readonly author: string;
}

export interface MeetingsOptions {
  readonly table: Pick<MeetingTable, 'write' | 'get' | 'open' | 'leftOver' | 'prune'>;
  readonly stored: Pick<Conferences, 'get'>;
  readonly editor: Pick<ConferenceEditor, 'create' | 'remove'>;
  readonly running: Pick<RunningConferences, 'get' | 'all' | 'admit' | 'on'>;
  readonly calls: Pick<Exchange, 'enter'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Meetings that are not over; default 1000. */
  readonly mostOpen?: number;
}

/** Memberships that are kept per meeting, the oldest of the departed ones go first. */
const mostMembers = 1000;

export class Meetings extends EventEmitter<MeetingsEvents> {
  private readonly options: MeetingsOptions;
  private readonly control: ConferenceControl;
  /** Those that are not over, and those whose end is being written. */
  private readonly open = new Map<string, MeetingRecord>();
  /** Changes of a meeting are written one after the other. */
  private readonly writing = new Map<string, Promise<void>>();
  private readonly ending = new Set<Promise<void>>();
  /** Who ended a meeting that is not removed yet, for the record of changes; the others ended when all had left. */
  private readonly endedBy = new Map<string, string>();

  constructor(options: MeetingsOptions) {
    super();
    this.options = options;
    this.control = new ConferenceControl(options.running);
    options.running.on('started', (running) => this.follow(running));
  }

  /** Reads what is written down; what went on when the box went down is over. */
  async start(): Promise<void> {
    const { table } = this.options;
    await Promise.all((await table.leftOver()).map((id) => this.removeConference(id)));
    await table.prune();
    for (const meeting of await table.open()) {
      this.open.set(meeting.id, meeting);
      if (meeting.state === 'active') this.complete(meeting.id);
    }
  }

  /** Resolves when everything is written. */
  async stop(): Promise<void> {
    await Promise.all([...this.writing.values(), ...this.ending]);
  }

  /** @throws NumbersInUseError, InvalidDocumentError naming `from`, StorageError, MeetingError too-many */
  async create({ userId, from, interpretDigits, target, author }: NewMeeting): Promise<MeetingRecord> {
    const { editor, table, clock } = this.options;
    if (this.open.size >= (this.options.mostOpen ?? 1000)) {
      throw new MeetingError('too-many', 'too many conferences are not completed');
    }
    const { id } = await editor.create(documentFor(from, interpretDigits), { author });
    const meeting = {
      id,
      userId,
      state: 'created' as const,
      createdAt: clock.now(),
      from,
      interpretDigits,
      target,
      muted: false,
      held: false,
      members: [],
    };
    // From now on somebody may dial it.
    this.open.set(id, meeting);
    try {
      await table.write(meeting);
    } catch (error) {
      this.open.delete(id);
      await editor.remove(id, { author }).catch(() => undefined);
      throw error;
    }
    this.emit('created', meeting);
    return this.open.get(id) ?? meeting;
  }

  /**
   * A meeting of this user, over or not, or a conference of the box.
   * @throws MeetingError no-meeting
   */
  async get(userId: string, id: string): Promise<MeetingRecord> {
    const { table, stored } = this.options;
    const meeting = this.open.get(id) ?? (await table.get(id));
    if (meeting) {
      if (meeting.userId !== undefined && meeting.userId !== userId) throw noMeeting(id);
      if (meeting.state !== 'created' || (await stored.get(id))) return meeting;
      // An admin has removed the conference.
      this.complete(id);
      if (meeting.userId === undefined) throw noMeeting(id);
      return this.open.get(id) ?? meeting;
    }
    const conference = await stored.get(id);
    if (!conference) throw noMeeting(id);
    return this.open.get(id) ?? recordOf(id, conference.document, conference.createdAt);
  }

  /** @throws MeetingError no-meeting, over, not-made-here: an admin's conference belongs to nobody who could be told */
  async update(userId: string, id: string, change: MeetingChange): Promise<void> {
    const before = await this.get(userId, id);
    if (before.state === 'completed') throw over();
    const { muted, held, target } = change;
    if (before.userId === undefined && (target?.callbackUrl || target?.fallbackUrl)) {
      throw new MeetingError('not-made-here', 'callbacks are for conferences that were made by this API');
    }
    const wishes = { ...(muted !== undefined && { muted }), ...(held !== undefined && { held }) };
    this.put({ ...before, ...wishes, target: { ...before.target, ...target } });
    this.control.changeAll(id, wishes);
    if (!change.completed) return;
    if (before.userId !== undefined) this.endedBy.set(id, change.author);
    const running = this.options.running.get(id);
    if (running) running.conference.end();
    else this.complete(id);
  }

  /**
   * Leads a call that is in no conference into the meeting.
   * @throws MeetingError
   */
  async addMember(
    userId: string,
    id: string,
    callId: string,
    wanted: MemberWishes = {},
  ): Promise<MeetingMember> {
    const { running, calls } = this.options;
    const before = await this.get(userId, id);
    if (before.state === 'completed') throw over();
    if (running.admit(id, 'member', { invited: true }) !== 'ok') {
      throw new MeetingError('full', 'the conference has as many members as it may');
    }
    const { muted, held, joinTone, leavingTone } = wanted;
    const entry: EntryOptions = {
      flags: { mute: muted ?? false, hold: held ?? false },
      ...(joinTone !== undefined && { joinTone }),
      ...(leavingTone !== undefined && { leavingTone }),
    };
    let participantId: number | undefined;
    try {
      participantId = calls.enter(callId, id, entry);
    } catch (error) {
      throw callFaultOf(error, callId);
    }
    const member = this.open.get(id)?.members.findLast((one) => one.participantId === participantId);
    if (participantId === undefined || !member)
      throw new MeetingError('no-call', `there is no call ${callId}`);
    return member;
  }

  /** @throws MeetingError no-meeting, no-member */
  async member(userId: string, id: string, memberId: string): Promise<MeetingMember> {
    const { members } = await this.get(userId, id);
    const member = members.find((one) => one.id === memberId);
    if (!member) throw new MeetingError('no-member', `there is no member ${memberId}`);
    return member;
  }

  /** @throws MeetingError no-meeting, no-member, over when it has left */
  async updateMember(
    userId: string,
    id: string,
    memberId: string,
    wanted: MemberWishes & { readonly removed?: boolean },
  ): Promise<void> {
    const { participantId, removedAt } = await this.member(userId, id, memberId);
    const gone = removedAt !== undefined || !this.control.change(id, participantId, wanted);
    if (gone) throw new MeetingError('over', 'the member has left');
    if (wanted.removed) this.control.toMember(id, participantId, 'kick');
  }

  /** A phone has pressed a key. */
  keyed(callId: string, digit: string): void {
    for (const meeting of this.open.values()) {
      if (meeting.interpretDigits || meeting.state !== 'active') continue;
      if (meeting.members.some((one) => one.callId === callId && one.removedAt === undefined)) {
        this.emit('digit', meeting, callId, digit);
      }
    }
  }

  private follow({ id, conference }: RunningConference): void {
    const known = this.open.get(id);
    if (known?.state === 'completed') {
      // Somebody dialled it while it was being removed.
      conference.end();
      return;
    }
    const meeting = known ?? recordOf(id, conference.document, this.options.clock.now());
    this.open.set(id, meeting);
    if (meeting.muted) conference.setConferenceMuted(true);
    if (meeting.held) conference.setConferenceHeld(true);
    conference.on('member-joined', ({ member }) => this.joined(id, member));
    conference.on('member-left', ({ member }) => {
      this.changed(id, member, { removedAt: this.options.clock.now() });
    });
    conference.on('member-changed', ({ member, what }) => {
      if (what === 'muted' || what === 'held') this.changed(id, member);
      else if (what === 'tones') this.changed(id, member, {}, false);
    });
    conference.on('conference-changed', ({ what }) => {
      const now = this.open.get(id);
      if (!now || (what !== 'muted' && what !== 'held')) return;
      this.put({ ...now, muted: conference.muted, held: conference.held });
    });
    conference.on('conference-ended', () => this.complete(id));
  }

  private joined(id: string, member: Member): void {
    const meeting = this.open.get(id);
    if (!meeting || member.ghost) return;
    const added: MeetingMember = {
      id: `member-${randomBytes(12).toString('hex')}`,
      callId: member.callId,
      participantId: member.id,
      addedAt: this.options.clock.now(),
      ...flagsOf(member),
    };
    const members = [...meeting.members, added];
    if (members.length > mostMembers) members.splice(Math.max(0, members.findIndex(hasLeft)), 1);
    this.put({ ...meeting, state: 'active', members });
    this.tell(id, added);
  }

  private changed(id: string, member: Member, more: { removedAt?: number } = {}, told = true): void {
    const meeting = this.open.get(id);
    const before = meeting?.members.findLast((one) => one.participantId === member.id && !hasLeft(one));
    if (!meeting || !before) return;
    this.replace(id, before, { ...before, ...flagsOf(member), ...more }, told);
  }

  private replace(id: string, before: MeetingMember, after: MeetingMember, told: boolean): void {
    const meeting = this.open.get(id);
    if (!meeting) return;
    this.put({ ...meeting, members: meeting.members.map((one) => (one === before ? after : one)) });
    if (told) this.tell(id, after);
  }

  private tell(id: string, member: MeetingMember): void {
    const meeting = this.open.get(id);
    if (meeting) this.emit('member', meeting, member);
  }

  private complete(id: string): void {
    const completedAt = this.options.clock.now();
    // Those that went with the box were not seen leaving.
    for (const member of this.open.get(id)?.members ?? []) {
      if (!hasLeft(member)) this.replace(id, member, { ...member, removedAt: completedAt }, true);
    }
    const before = this.open.get(id);
    if (!before || before.state === 'completed') return;
    const meeting: MeetingRecord = { ...before, state: 'completed', completedAt };
    this.put(meeting);
    this.emit('completed', meeting);
    if (meeting.userId === undefined) {
      this.open.delete(id);
      return;
    }
    // The number is free again; what was written down stays to be asked for.
    const ended = Promise.all([this.removeConference(id), this.writing.get(id)]).then(() => {
      this.open.delete(id);
      this.ending.delete(ended);
    });
    this.ending.add(ended);
  }

  private async removeConference(id: string): Promise<void> {
    try {
      const author = this.endedBy.get(id) ?? authorBox;
      this.endedBy.delete(id);
      await this.options.editor.remove(id, { author });
    } catch (error) {
      if (error instanceof PartylineError && error.code === 'NOT_FOUND') return;
      this.options.log.warn('completed conference not removed', { conference: id, error: messageOf(error) });
    }
  }

  private put(meeting: MeetingRecord): void {
    const { id, userId } = meeting;
    const before = this.open.get(id);
    this.open.set(id, meeting);
    if (userId === undefined || before === meeting || this.writing.has(id)) return;
    const written = this.writeUntilEven(id).finally(() => this.writing.delete(id));
    this.writing.set(id, written);
  }

  /** Thirty changes while one is being written are one more write. */
  private async writeUntilEven(id: string): Promise<void> {
    for (let done: MeetingRecord | undefined; ;) {
      const meeting = this.open.get(id);
      if (!meeting || meeting === done || meeting.userId === undefined) return;
      try {
        await this.options.table.write({ ...meeting, userId: meeting.userId });
      } catch (error) {
        this.options.log.warn('conference not written', { conference: id, error: messageOf(error) });
      }
      done = meeting;
    }
  }
}
