// One running conference: who is in, who may come in, what each may hear and say, when it begins and ends. The rules
// only. What the rules want done is emitted as effects (conference-events.ts) and carried out elsewhere.
//
// What the documents leave open is settled here:
// - Waiting for a moderator: the first moderator opens the conference for good. A moderator who leaves later does not
//   send anybody back to the music; what happens then is `require_moderator`'s affair.
// - `require_moderator`: when the last moderator leaves, all are told, and unless a moderator comes back within the
//   grace time the conference ends.
// - Full counts everybody and refuses everybody, moderators and invited phones too. The lock refuses members only,
//   unless the box itself has invited them.
// - Mute all mutes the members, not the moderators, and whoever joins later as a member. A member may unmute himself.
// - Who could not hear that a recording began (on hold, waiting, not there yet) is told as soon as they can.
// - A member who is removed leaves at once; the goodbye is played to a phone that is no longer in the room.
//
// One file of more than 400 lines, because a rule here is three lines and they all change the same state.
import { EventEmitter } from 'node:events';
import type {
  Actor,
  Admission,
  ConferenceEndReason,
  ConferenceEvents,
  JoinOptions,
  MemberChange,
} from './conference-events.js';
import type { ConferenceDocument } from './document.js';
import { Doorbell } from './doorbell.js';
import type { Member, MutableMember } from './member.js';
import { isPresent, maySpeak, planMix, type MixInput, type PlanOptions } from './plan-mix.js';
import * as sounds from './sounds.js';
import { Speech } from './speech.js';
import type { Clock, EndReason, MemberId, MixPlan, Relationship, Role, Sound } from './types.js';

export interface ConferenceOptions {
  readonly document: ConferenceDocument;
  /** Unique per run of a conference. */
  readonly instanceId: string;
  readonly clock: Clock;
  /** How long a conference that requires a moderator goes on without one, ms. Default 60,000. */
  readonly moderatorGraceMs?: number;
  readonly planOptions?: PlanOptions;
}

export const levelLimit = 4;
export const energyLimit = 1800;

export class Conference extends EventEmitter<ConferenceEvents> {
  readonly instanceId: string;
  /** Who is talking; known only while the media side listens. */
  readonly speech: Speech;
  private readonly clock: Clock;
  private readonly moderatorGraceMs: number;
  private readonly doorbell: Doorbell;
  private readonly planOptions: PlanOptions | undefined;
  private currentDocument: ConferenceDocument;
  private sounds: sounds.ConferenceSounds;
  private readonly byId = new Map<MemberId, MutableMember>();
  private nextId: MemberId = 1;
  private begunAt: number | undefined;
  private isEnded = false;
  private isLocked = false;
  private isMuted = false;
  private isHeld = false;
  private isMuteAll = false;
  private isRecorded = false;
  /** Members who have not been told yet that the conference is being recorded. */
  private readonly untold = new Set<MemberId>();
  /** Nobody waits (any more) for a moderator. */
  private isOpen: boolean;
  /** Members who count: everybody but ghosts. */
  private counted = 0;
  /** Of those, who is inside: not waiting. */
  private inside = 0;
  private moderators = 0;
  private hadModerator = false;
  private relationCount = 0;
  private aloneId: MemberId | undefined;
  private stopGrace: (() => void) | undefined;
  private graceEndsAt: number | undefined;
  private planIsStale = false;
  private busInUse = false;

  constructor(options: ConferenceOptions) {
    super();
    // Every member's keypad listens; Node's warning of a leak is for fewer than eleven.
    this.setMaxListeners(0);
    this.instanceId = options.instanceId;
    this.clock = options.clock;
    this.doorbell = new Doorbell(options.clock);
    this.moderatorGraceMs = options.moderatorGraceMs ?? 60_000;
    this.planOptions = options.planOptions;
    this.currentDocument = options.document;
    this.sounds = sounds.soundsOf(options.document);
    this.isOpen = options.document.wait_for_moderator !== true;
    this.speech = new Speech({
      maySpeak: (member) => maySpeak(member, { muted: this.isMuted, held: this.isHeld }),
      started: ({ id }) => this.talk('talk-started', id),
      stopped: ({ id }) => this.talk('talk-stopped', id),
    });
  }

  get document(): ConferenceDocument {
    return this.currentDocument;
  }
  /** By id, in the order of joining. Live: it changes under an iteration that awaits. */
  get members(): ReadonlyMap<MemberId, Member> {
    return this.byId;
  }
  /** Everybody who counts against the limit: ghosts do not. */
  get participantCount(): number {
    return this.counted;
  }
  get moderatorCount(): number {
    return this.moderators;
  }
  /** Unix time in ms of the first join; undefined before it. */
  get startedAt(): number | undefined {
    return this.begunAt;
  }
  get ended(): boolean {
    return this.isEnded;
  }
  get locked(): boolean {
    return this.isLocked;
  }
  get muted(): boolean {
    return this.isMuted;
  }
  get held(): boolean {
    return this.isHeld;
  }
  /** Members who join now are muted. */
  get muteAllActive(): boolean {
    return this.isMuteAll;
  }
  get recorded(): boolean {
    return this.isRecorded;
  }
  /** Unix time in ms when the conference ends unless a moderator returns; undefined = not counting. */
  get endsWithoutModeratorAt(): number | undefined {
    return this.graceEndsAt;
  }

  member(id: MemberId): Member | undefined {
    return this.byId.get(id);
  }

  /** Whether a phone may join now; ask in the same tick as join. */
  admit(role: Role, { invited = false }: { invited?: boolean } = {}): Admission {
    const limit = sounds.limitOf(this.currentDocument);
    if (limit > 0 && this.counted >= limit) return 'full';
    if (this.isLocked && role !== 'moderator' && !invited) return 'locked';
    return 'ok';
  }

  /**
   * Makes a member of a call that was admitted. O(1).
   * @throws Error when the conference has ended
   */
  join(options: JoinOptions): Member {
    if (this.isEnded) throw new Error('this conference has ended');
    const flags = options.flags ?? {};
    const preset = sounds.joinFlagsOf(this.currentDocument, options.role);
    const member: MutableMember = {
      id: this.nextId++,
      callId: options.callId,
      role: options.role,
      callerName: options.callerName,
      callerNumber: options.callerNumber,
      invited: options.invited === true,
      ghost: flags.ghost === true,
      joinedAt: this.clock.now(),
      muted: (flags.mute ?? preset.mute) || (this.isMuteAll && options.role === 'member'),
      deaf: flags.deaf ?? preset.deaf,
      held: flags.hold === true,
      phoneHold: false,
      waiting: !this.isOpen && options.role !== 'moderator',
      talkLevel: 0,
      listenLevel: 0,
      energyLevel: sounds.energyLevelOf(this.currentDocument),
      relations: new Map(),
      handRaised: false,
      joinTone: options.joinTone,
      leavingTone: options.leavingTone,
      disableMusic: flags.disableMusic === true,
      name: options.name,
    };
    if (this.begunAt === undefined) {
      this.begunAt = member.joinedAt;
      this.emit('started');
    }
    // Whoever waits is let in first, so that the moderator's entry is heard.
    if (member.role === 'moderator' && !member.ghost) this.open();
    this.byId.set(member.id, member);
    const others = this.inside;
    this.count(member, 1);
    this.emit('member-joined', { member });
    // A listener may have thrown the member out again.
    if (!this.byId.has(member.id)) return member;
    if (member.waiting) this.startWaiting(member);
    else this.enter(member, others, options.entryPrompt);
    if (this.isRecorded && this.tellsOfRecording()) this.untold.add(member.id);
    this.tellOfRecording();
    this.moderatorsChanged();
    this.reviewAlone();
    this.stale();
    return member;
  }

  /** The phone is gone or must go; false = it was no member (any more), which is no error. */
  leave(id: MemberId, reason: EndReason): boolean {
    return this.remove(id, reason, false);
  }

  /** Makes a member leave and has the call ended, after the sound if there is one. */
  dismiss(id: MemberId, reason: EndReason, sound?: Sound): boolean {
    return this.remove(id, reason, true, sound);
  }

  kick(id: MemberId): boolean {
    return this.dismiss(id, 'kicked', sounds.fixedSounds.kicked);
  }

  /** Ends it for everybody; does nothing when it has ended. */
  end(reason: EndReason = 'conference-ended'): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.cancelGrace();
    // A shutdown does not wait for sounds.
    const sound = reason === 'shutdown' ? undefined : sounds.fixedSounds.ended;
    for (const member of this.byId.values()) {
      this.byId.delete(member.id);
      this.speech.forget(member.id);
      this.count(member, -1);
      this.emit('member-left', { member, reason });
      this.emit('dismiss', { memberId: member.id, callId: member.callId, reason, ...(sound && { sound }) });
    }
    this.emit('conference-ended', { reason });
  }

  /** True when anything changed; the member hears what it is now. Muted and deaf in one go speak as one answer. */
  setVoice(id: MemberId, wanted: { muted?: boolean; deaf?: boolean }, by: Actor = 'api'): boolean {
    const member = this.byId.get(id);
    if (!member) return false;
    const muted = wanted.muted ?? member.muted;
    const deaf = wanted.deaf ?? member.deaf;
    const answers: (Sound | undefined)[] = [];
    if (muted !== member.muted) {
      member.muted = muted;
      answers.push(muted ? this.sounds.muted : this.sounds.unmuted);
      this.changed(member, 'muted', by);
    }
    if (deaf !== member.deaf) {
      member.deaf = deaf;
      answers.push(deaf ? this.sounds.deaf : this.sounds.undeaf);
      this.changed(member, 'deaf', by);
    }
    if (answers.length === 0) return false;
    this.tellIfAny(id, sounds.sequence(answers));
    return true;
  }

  /** The media side hears that a member began or ended to be louder than its energy level, muted or not. */
  heard(id: MemberId, loud: boolean): void {
    const member = this.byId.get(id);
    if (member) this.speech.heard(member, loud);
  }

  setMuted(id: MemberId, muted: boolean, by?: Actor): boolean {
    return this.setVoice(id, { muted }, by);
  }

  setDeaf(id: MemberId, deaf: boolean, by?: Actor): boolean {
    return this.setVoice(id, { deaf }, by);
  }

  toggleMuted(id: MemberId, by?: Actor): boolean {
    return this.setVoice(id, { muted: !this.byId.get(id)?.muted }, by);
  }

  toggleDeaf(id: MemberId, by?: Actor): boolean {
    return this.setVoice(id, { deaf: !this.byId.get(id)?.deaf }, by);
  }

  setHeld(id: MemberId, held: boolean, by: Actor = 'api'): boolean {
    return this.set(id, 'held', held, 'held', by);
  }

  /** The phone's own hold, as its SDP says it. */
  setPhoneHold(id: MemberId, phoneHold: boolean): boolean {
    return this.set(id, 'phoneHold', phoneHold, 'phone-hold', 'phone');
  }

  /** Steps, clamped to −4..4 and rounded. Returns the level now; undefined = no such member. */
  setTalkLevel(id: MemberId, level: number, by: Actor = 'api'): number | undefined {
    this.set(id, 'talkLevel', clamp(level, -levelLimit, levelLimit), 'talk-level', by);
    return this.byId.get(id)?.talkLevel;
  }

  /** Steps, clamped to −4..4 and rounded. Returns the level now; undefined = no such member. */
  setListenLevel(id: MemberId, level: number, by: Actor = 'api'): number | undefined {
    this.set(id, 'listenLevel', clamp(level, -levelLimit, levelLimit), 'listen-level', by);
    return this.byId.get(id)?.listenLevel;
  }

  /** Mean absolute 16-bit sample, clamped to 0..1800; undefined = the profile's. Returns the level now. */
  setEnergyLevel(id: MemberId, level: number | undefined, by: Actor = 'api'): number | undefined {
    const wanted = clamp(level ?? sounds.energyLevelOf(this.currentDocument), 0, energyLimit);
    this.set(id, 'energyLevel', wanted, 'energy-level', by);
    return this.byId.get(id)?.energyLevel;
  }

  setHandRaised(id: MemberId, handRaised: boolean, by: Actor = 'api'): boolean {
    return this.set(id, 'handRaised', handRaised, 'hand', by, false);
  }

  setTones(
    id: MemberId,
    tones: { joinTone?: boolean | string; leavingTone?: boolean | string },
    by: Actor = 'api',
  ): boolean {
    const member = this.byId.get(id);
    if (!member) return false;
    if (tones.joinTone !== undefined) member.joinTone = tones.joinTone;
    if (tones.leavingTone !== undefined) member.leavingTone = tones.leavingTone;
    this.emit('member-changed', { member, what: 'tones', by });
    return true;
  }

  /** A new moderator opens a conference that waits; the last one made a member counts as one who left. */
  setRole(id: MemberId, role: Role, by: Actor = 'api'): boolean {
    const member = this.byId.get(id);
    if (!member || member.role === role) return false;
    if (!member.ghost) this.moderators += role === 'moderator' ? 1 : -1;
    member.role = role;
    this.changed(member, 'role', by);
    if (member.waiting && role === 'moderator') this.letIn(member);
    const missing = this.moderatorsChanged();
    if (missing) this.announce(missing);
    this.reviewAlone();
    return true;
  }

  /**
   * a 'deaf' b: a does not hear b. a 'mute' b: b does not hear a. 'clear': both of a's towards b are gone.
   * @returns false when either is no member or both are the same
   */
  relate(a: MemberId, b: MemberId, relationship: Relationship | 'clear', by: Actor = 'api'): boolean {
    const member = this.byId.get(a);
    if (!member || !this.byId.has(b) || a === b) return false;
    if (member.relations.get(b) === (relationship === 'clear' ? undefined : relationship)) return true;
    this.relationCount -= member.relations.size;
    if (relationship === 'clear') member.relations.delete(b);
    else member.relations.set(b, relationship);
    this.relationCount += member.relations.size;
    this.changed(member, 'relations', by);
    return true;
  }

  /** All are told. Returns whether anything changed. */
  lock(locked: boolean, by: Actor = 'api'): boolean {
    if (this.isEnded || this.isLocked === locked) return false;
    this.isLocked = locked;
    this.emit(locked ? 'locked' : 'unlocked', { by });
    this.announce(locked ? sounds.fixedSounds.lock : sounds.fixedSounds.unlock);
    return true;
  }

  /** Nobody speaks, whatever the members' own flags are; those stay as they are. */
  setConferenceMuted(muted: boolean, by: Actor = 'api'): boolean {
    if (this.isEnded || this.isMuted === muted) return false;
    this.isMuted = muted;
    this.emit('conference-changed', { what: 'muted', by });
    this.reviewSpeech();
    this.stale();
    return true;
  }

  /** Nobody hears or speaks, whatever the members' own flags are; those stay as they are. */
  setConferenceHeld(held: boolean, by: Actor = 'api'): boolean {
    if (this.isEnded || this.isHeld === held) return false;
    this.isHeld = held;
    this.emit('conference-changed', { what: 'held', by });
    this.tellOfRecording();
    this.reviewSpeech();
    this.stale();
    return true;
  }

  /** The recorder hears the conference, or no more; nobody is told by this, see announceRecording(). */
  setRecorded(recorded: boolean, by: Actor = 'api'): boolean {
    if (this.isEnded || this.isRecorded === recorded) return false;
    this.isRecorded = recorded;
    if (!recorded) this.untold.clear();
    this.emit('conference-changed', { what: 'recorded', by });
    this.stale();
    return true;
  }

  /**
   * Says that a recording began or ended, once the recorder hears it too; later to who cannot hear it now. Silent where
   * the document says `record_announce: false`.
   */
  announceRecording(): void {
    if (this.isEnded || !this.tellsOfRecording()) return;
    if (!this.isRecorded) return this.announce(sounds.fixedSounds.recordingStopped);
    for (const member of this.byId.values())
      if (!isPresent(member, { held: this.isHeld })) this.untold.add(member.id);
    this.announce(sounds.fixedSounds.recordingStarted);
  }

  /** Mutes every member but the moderators, and whoever joins later. */
  muteAll(by: Actor = 'api'): void {
    this.setMuteAll(true, by);
  }

  unmuteAll(by: Actor = 'api'): void {
    this.setMuteAll(false, by);
  }

  /** The document was edited: new limits, sounds and rules from now on; nobody's flags change. */
  setDocument(document: ConferenceDocument, by: Actor = 'api'): void {
    if (this.isEnded) return;
    this.currentDocument = document;
    this.sounds = sounds.soundsOf(document);
    this.emit('conference-changed', { what: 'document', by });
    if (document.wait_for_moderator !== true) this.open();
    if (document.require_moderator !== true) this.cancelGrace();
    this.reviewAlone();
  }

  /** Everybody in the room hears it, the deaf too; who waits for a moderator does not. */
  announce(sound: Sound, id?: string): void {
    if (this.inside > 0) this.emit('sound', { to: 'all', sound, ...(id !== undefined && { id }) });
  }

  /** One member hears it, whatever its state. */
  tell(memberId: MemberId, sound: Sound, id?: string): boolean {
    if (!this.byId.has(memberId)) return false;
    this.emit('sound', { to: memberId, sound, ...(id !== undefined && { id }) });
    return true;
  }

  /** What planMix makes its plan of. */
  mixInput(): MixInput {
    return {
      members: [...this.byId.values()],
      muted: this.isMuted,
      held: this.isHeld,
      busInUse: this.busInUse,
      ...(this.isRecorded && { recorded: true }),
      ...(this.planOptions && { options: this.planOptions }),
    };
  }

  /** The wanted mix now; the next change after it emits 'mix' again. O(members × talkers). */
  plan(): MixPlan {
    this.planIsStale = false;
    const plan = planMix(this.mixInput());
    this.busInUse = plan.buses.length > 0;
    return plan;
  }

  private remove(id: MemberId, reason: EndReason, dismissed: boolean, sound?: Sound): boolean {
    const member = this.byId.get(id);
    if (!member || this.isEnded) return false;
    this.byId.delete(id);
    this.speech.forget(id);
    this.count(member, -1);
    this.forgetRelations(member);
    if (this.aloneId === id) this.aloneId = undefined;
    this.untold.delete(id);
    this.emit('member-left', { member, reason });
    if (dismissed) {
      this.emit('dismiss', { memberId: id, callId: member.callId, reason, ...(sound && { sound }) });
    }
    if (this.byId.size === 0 || (this.counted === 0 && !member.ghost)) {
      this.finish();
      return true;
    }
    const missing = this.moderatorsChanged();
    const news = sounds.sequence([this.exitNews(member), missing]);
    if (news) this.announce(news);
    this.reviewAlone();
    this.stale();
    return true;
  }

  /** The last who counted has left; ghosts do not keep a conference running. */
  private finish(): void {
    this.isEnded = true;
    this.cancelGrace();
    for (const ghost of this.byId.values()) {
      this.byId.delete(ghost.id);
      this.speech.forget(ghost.id);
      const reason = 'conference-ended';
      this.emit('member-left', { member: ghost, reason });
      this.emit('dismiss', { memberId: ghost.id, callId: ghost.callId, reason });
    }
    this.emit('conference-ended', { reason: 'last-left' satisfies ConferenceEndReason });
  }

  private count(member: MutableMember, by: 1 | -1): void {
    if (member.ghost) return;
    this.counted += by;
    if (!member.waiting) this.inside += by;
    if (member.role === 'moderator') this.moderators += by;
  }

  private enter(member: MutableMember, others: number, entryPrompt: boolean | undefined): void {
    if (member.ghost) return;
    const news = this.doorbell.entry(member, others, this.currentDocument, this.sounds, entryPrompt);
    if (news.room) this.announce(news.room);
    this.tellIfAny(member.id, news.joiner);
  }

  private exitNews(member: MutableMember): Sound | undefined {
    if (member.ghost || member.waiting) return undefined;
    return this.doorbell.exit(member, this.currentDocument, this.sounds);
  }

  private startWaiting(member: MutableMember): void {
    this.tellIfAny(member.id, sounds.fixedSounds.waitingForModerator);
    this.startMusic(member);
  }

  private letIn(member: MutableMember): void {
    member.waiting = false;
    if (!member.ghost) this.inside += 1;
    this.changed(member, 'waiting', 'conference');
    this.emit('music', { memberId: member.id, sound: null });
  }

  /** Nobody waits from now on. */
  private open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.emit('conference-changed', { what: 'open', by: 'conference' });
    for (const member of this.byId.values()) if (member.waiting) this.letIn(member);
  }

  /** Opens the conference, starts or stops the grace time; returns what the room must be told. */
  private moderatorsChanged(): Sound | undefined {
    if (this.moderators > 0) {
      this.open();
      this.cancelGrace();
      this.hadModerator = true;
      return undefined;
    }
    if (!this.hadModerator || this.stopGrace || this.currentDocument.require_moderator !== true)
      return undefined;
    this.graceEndsAt = this.clock.now() + this.moderatorGraceMs;
    this.stopGrace = this.clock.after(this.moderatorGraceMs, () => this.end('moderator-left'));
    return sounds.fixedSounds.moderatorLeft;
  }

  private cancelGrace(): void {
    this.stopGrace?.();
    this.stopGrace = undefined;
    this.graceEndsAt = undefined;
  }

  /** Whoever is the only one inside hears so, then music; it stops when somebody else comes in. */
  private reviewAlone(): void {
    const alone = this.inside === 1 ? this.onlyOneInside() : undefined;
    if (alone?.id === this.aloneId) return;
    if (this.aloneId !== undefined) {
      const before = this.byId.get(this.aloneId);
      this.aloneId = undefined;
      if (before && !before.waiting) this.emit('music', { memberId: before.id, sound: null });
    }
    if (!alone) return;
    this.aloneId = alone.id;
    if (this.sounds.alone) this.tellIfAny(alone.id, this.sounds.alone);
    this.startMusic(alone);
  }

  /** Only searched for when a count has just become 1, so the search costs nothing in a room that fills up. */
  private onlyOneInside(): MutableMember | undefined {
    const known = this.aloneId === undefined ? undefined : this.byId.get(this.aloneId);
    if (known && !known.waiting) return known;
    for (const member of this.byId.values()) if (!member.ghost && !member.waiting) return member;
    return undefined;
  }

  private startMusic(member: MutableMember): void {
    if (member.disableMusic || !this.sounds.music) return;
    this.emit('music', { memberId: member.id, sound: this.sounds.music });
  }

  private setMuteAll(on: boolean, by: Actor): void {
    if (this.isEnded) return;
    if (this.isMuteAll !== on) {
      this.isMuteAll = on;
      this.emit('conference-changed', { what: 'mute-all', by });
    }
    for (const member of this.byId.values()) {
      if (member.role === 'member') this.setVoice(member.id, { muted: on }, by);
    }
  }

  private set<K extends 'held' | 'phoneHold' | 'talkLevel' | 'listenLevel' | 'energyLevel' | 'handRaised'>(
    id: MemberId,
    key: K,
    value: MutableMember[K],
    what: MemberChange,
    by: Actor,
    mixed = true,
  ): boolean {
    const member = this.byId.get(id);
    if (!member || member[key] === value) return false;
    member[key] = value;
    this.changed(member, what, by, mixed);
    return true;
  }

  private tellsOfRecording(): boolean {
    return this.currentDocument.record_announce !== false;
  }

  private tellOfRecording(): void {
    for (const id of this.untold) {
      const member = this.byId.get(id);
      if (!member || !isPresent(member, { held: this.isHeld })) continue;
      this.untold.delete(id);
      this.tell(id, sounds.fixedSounds.recordingStarted);
    }
  }

  private changed(member: MutableMember, what: MemberChange, by: Actor, mixed = true): void {
    this.emit('member-changed', { member, what, by });
    this.tellOfRecording();
    if (mixed) {
      this.speech.review(member);
      this.stale();
    }
  }

  private reviewSpeech(): void {
    for (const member of this.byId.values()) this.speech.review(member);
  }

  private talk(fact: 'talk-started' | 'talk-stopped', id: MemberId): void {
    const member = this.byId.get(id);
    if (member) this.emit(fact, { member });
  }

  private forgetRelations(gone: MutableMember): void {
    if (this.relationCount === 0) return;
    this.relationCount -= gone.relations.size;
    for (const { relations } of this.byId.values()) {
      if (relations.delete(gone.id)) this.relationCount -= 1;
    }
  }

  private tellIfAny(memberId: MemberId, sound: Sound | undefined): void {
    if (sound) this.tell(memberId, sound);
  }

  private stale(): void {
    if (this.planIsStale || this.isEnded) return;
    this.planIsStale = true;
    this.emit('mix');
  }
}

function clamp(value: number, low: number, high: number): number {
  const whole = Number.isFinite(value) ? Math.round(value) : 0;
  return Math.min(high, Math.max(low, whole));
}
