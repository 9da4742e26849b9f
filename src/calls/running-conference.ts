// One conference that is going on: its rules (Conference) and its sound (Room), joined. The rules say what should be;
// this file carries it out and decides nothing. What cannot be carried out is logged and never ends the conference.
import type { Conference, Member, Sound } from '../conference/index.js';
import type { Audience, Clock, EndReason, JoinOptions, MemberId } from '../conference/index.js';
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import type { Ingress, Room } from '../rtp/index.js';
import { ComfortNoise } from './comfort-noise.js';
import { LineWatch } from './line-watch.js';
import { MemberSounds } from './member-sounds.js';
import { PlayQueue } from './play-queue.js';
import { PlayRequest, type Play } from './play-request.js';
import { longPatienceMs, type SoundFiles } from './sound-files.js';
import { TalkWatch } from './talk-watch.js';

/** What a running conference needs to know of a phone call. */
export interface MemberCall {
  readonly id: string;
  readonly ingress: Ingress;
  /** Plays the sound, if there is one, then hangs up. The phone is in no room any more. */
  sayGoodbye(reason: EndReason, sound: Sound | undefined, language?: string): void;
}

export interface RunningConferenceOptions {
  /** Id of the stored conference. */
  readonly id: string;
  readonly conference: Conference;
  readonly room: Room;
  readonly sounds: SoundFiles;
  readonly clock: Clock;
  readonly log: Log;
  /** Told when a member was led into the room and its mix is in force. */
  readonly onHeard: (callId: string, ms: number) => void;
  /** Called once, when nothing of it is left in rtpengine. */
  readonly onEnded: (conference: RunningConference) => void;
}

interface Seat {
  readonly call: MemberCall;
  readonly sounds: MemberSounds;
}

export class RunningConference {
  readonly id: string;
  readonly conference: Conference;
  readonly talk: TalkWatch;
  readonly lines: LineWatch;
  private readonly options: RunningConferenceOptions;
  private readonly room: Room;
  private readonly log: Log;
  private readonly seats = new Map<MemberId, Seat>();
  /** Removals under way; the room is closed after them. */
  private readonly leaving = new Map<MemberId, { call: MemberCall; removed: Promise<void> }>();
  private joining: MemberCall | undefined;
  private mixDue = false;
  private everybodysTurn: Promise<void> = Promise.resolve();
  /** What the APIs asked for, for everybody. */
  private readonly requests: PlayQueue;

  constructor(options: RunningConferenceOptions) {
    this.options = options;
    this.id = options.id;
    this.conference = options.conference;
    this.room = options.room;
    this.log = options.log;
    this.requests = new PlayQueue({
      begin: (files, played) => this.room.play('all', files, { ...played, yields: true }),
      due: () => void this.requests.resume(),
    });
    const { conference, clock, log } = options;
    this.talk = new TalkWatch({ conference, taps: () => this.room.taps, clock, log });
    this.lines = new LineWatch({ clock, members: () => this.ingresses() });
    this.listen();
    new ComfortNoise({ conference, room: this.room, sounds: options.sounds, log }).start();
  }

  /**
   * Makes the call a member; ask `conference.admit` in the same tick before.
   * @throws Error when the conference has ended
   */
  join(call: MemberCall, options: Omit<JoinOptions, 'callId'>): Member {
    const startedAt = performance.now();
    // The facts and effects of a join are emitted while it runs: the call must be known by then.
    this.joining = call;
    try {
      const member = this.conference.join({ ...options, callId: call.id });
      if (call.ingress.phoneHold) this.conference.setPhoneHold(member.id, true);
      void this.applyMix().then(() => this.options.onHeard(call.id, performance.now() - startedAt));
      return member;
    } finally {
      this.joining = undefined;
    }
  }

  /** The phone is gone. */
  leave(memberId: MemberId, reason: EndReason): void {
    this.conference.leave(memberId, reason);
  }

  /** Sends what the recorder of the plan hears to that loopback port; undefined = no more. @throws as Room.record */
  async record(port: number | undefined): Promise<void> {
    await Promise.all([this.room.record(port), this.applyMix()]);
  }

  /**
   * Plays over the conference, to all or to one member alone; sounds that the APIs ask for wait for each other. Undefined =
   * there is no such member.
   * @param turns Infinity = until it is stopped
   */
  request(target: MemberId | 'all', sound: Sound, turns = 1): Play | undefined {
    const seat = target === 'all' ? undefined : this.seats.get(target);
    if (target !== 'all' && !seat) return undefined;
    const request = new PlayRequest(this.files(sound, longPatienceMs), turns, this.log);
    if (seat) seat.sounds.request(request);
    else this.requests.add(request);
    return request;
  }

  /** Ends what the APIs asked for, and what of it waits. */
  clearRequests(target: MemberId | 'all'): void {
    if (target === 'all') this.requests.clear();
    else this.seats.get(target)?.sounds.clearRequests();
  }

  private *ingresses(): Iterable<readonly [MemberId, Ingress]> {
    for (const [id, { call }] of this.seats) yield [id, call.ingress];
  }

  private listen(): void {
    const { conference } = this;
    conference.on('member-joined', ({ member }) => this.onJoined(member));
    conference.on('member-left', ({ member, reason }) => this.onLeft(member, reason));
    conference.on('member-changed', ({ member, what, by }) => {
      this.log.info('member changed', { call: member.callId, member: member.id, what, by });
    });
    conference.on('locked', ({ by }) => this.log.info('conference locked', { by }));
    conference.on('unlocked', ({ by }) => this.log.info('conference unlocked', { by }));
    conference.on('mix', () => {
      if (this.mixDue) return;
      this.mixDue = true;
      // Thirty joins in one tick are one plan.
      queueMicrotask(() => void this.applyMix());
    });
    conference.on('sound', ({ to, sound }) => this.play(to, sound));
    conference.on('music', ({ memberId, sound }) => {
      this.seats.get(memberId)?.sounds.setMusic(sound ?? undefined);
    });
    conference.on('dismiss', ({ memberId, reason, sound }) => this.onDismissed(memberId, reason, sound));
    conference.on('conference-ended', ({ reason }) => void this.close(reason));
  }

  private onJoined(member: Member): void {
    const call = this.joining;
    if (!call) return;
    this.room.add(member.id, call.ingress);
    const sounds = new MemberSounds({
      play: (files, repeat, startAtMs = 0) => this.room.play(member.id, files, { repeat, startAtMs }),
      files: (sound) => this.files(sound),
      log: this.log.child({ call: call.id }),
    });
    this.seats.set(member.id, { call, sounds });
    this.log.info('member joined', { call: call.id, member: member.id, role: member.role });
  }

  private onLeft(member: Member, reason: EndReason): void {
    const seat = this.seats.get(member.id);
    if (!seat) return;
    this.seats.delete(member.id);
    seat.sounds.stop();
    this.log.info('member left', { call: seat.call.id, member: member.id, reason });
    const removed = this.room
      .remove(member.id)
      .catch((error: unknown) => this.log.warn('leg not removed', { error: messageOf(error) }))
      .finally(() => this.leaving.delete(member.id));
    this.leaving.set(member.id, { call: seat.call, removed });
  }

  /** Follows the member's 'member-left' in the same tick, so the removal is still under way. */
  private onDismissed(memberId: MemberId, reason: EndReason, sound: Sound | undefined): void {
    const leaving = this.leaving.get(memberId);
    void leaving?.removed.then(() =>
      leaving.call.sayGoodbye(reason, sound, this.conference.document.language),
    );
  }

  private async applyMix(): Promise<void> {
    this.mixDue = false;
    if (this.conference.ended) return;
    try {
      await this.room.apply(this.conference.plan());
    } catch (error) {
      // The next change or the return of rtpengine applies the whole plan again.
      this.log.warn('mix not applied', { error: messageOf(error) });
    }
  }

  private play(to: Audience, sound: Sound): void {
    if (to === 'all') {
      // One after the other, in the order of what happened, although looking up files takes its time.
      this.everybodysTurn = this.everybodysTurn.then(() => this.playToAll(sound));
    } else if (typeof to === 'number') {
      void this.seats.get(to)?.sounds.play(sound);
    } else {
      for (const [id, { sounds }] of this.seats) if (id !== to.except) void sounds.play(sound);
    }
  }

  private async playToAll(sound: Sound): Promise<void> {
    if (this.conference.ended) return;
    try {
      const files = await this.files(sound);
      if (files.length > 0) await this.room.play('all', files);
    } catch (error) {
      this.log.warn('announcement not played', { error: messageOf(error) });
    }
  }

  private files(sound: Sound, patienceMs?: number): Promise<string[]> {
    return this.options.sounds.files(sound, this.conference.document.language, patienceMs);
  }

  private async close(reason: string): Promise<void> {
    this.log.info('conference ended', { reason });
    this.requests.stop();
    await Promise.all([...this.leaving.values()].map(({ removed }) => removed));
    await this.room.close().catch((error: unknown) => {
      this.log.warn('room not closed', { error: messageOf(error) });
    });
    this.options.onEnded(this);
  }
}
