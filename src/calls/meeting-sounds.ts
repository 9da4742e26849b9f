// Sentences and sound files for a meeting, or for one of its members: played, told of when they begin and end, stopped.
import { EventEmitter } from 'node:events';
import type { MemberId } from '../conference/index.js';
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import { SoundError, UnreadableSound } from '../sounds/index.js';
import type { MeetingMember, MeetingRecord } from '../store/index.js';
import { MeetingError } from './meeting-error.js';
import type { Meetings } from './meetings.js';
import type { Speech, SpeechVoice } from './speech.js';

export type MeetingSound =
  | { readonly kind: 'speech'; readonly sentence: string; readonly voice: SpeechVoice }
  | { readonly kind: 'file'; readonly url: string };

/** A sound that plays. */
export interface SoundPlay {
  readonly done: Promise<unknown>;
  stop(): Promise<void>;
}

/** Plays files to all of a conference that goes on, or to one member. */
export interface ConferencePlayer {
  /** Resolves when it begins. @throws Error when it cannot be played */
  play(
    target: { readonly conferenceId: string; readonly memberId?: MemberId },
    file: string,
    options: { readonly loop: boolean },
  ): Promise<SoundPlay>;
}

export interface MeetingSoundFact {
  readonly meeting: MeetingRecord;
  /** Absent = for all. */
  readonly member?: MeetingMember;
  readonly kind: MeetingSound['kind'];
  /** Of the request; the meeting's own when absent. */
  readonly tag?: string;
}

export interface MeetingSoundsEvents {
  started: [fact: MeetingSoundFact];
  /** It has come to its end or was stopped. */
  done: [fact: MeetingSoundFact];
}

export interface MeetingSoundsOptions {
  readonly meetings: Pick<Meetings, 'get' | 'member'>;
  readonly player: ConferencePlayer;
  readonly speech: Pick<Speech, 'file'>;
  /** The file of a sound of a web server. @throws SoundError */
  readonly fetched: (url: string) => Promise<string>;
  readonly log: Log;
}

interface Wanted {
  readonly kind: MeetingSound['kind'];
  play: SoundPlay | undefined;
  stopped: boolean;
}

export interface MeetingSoundRequest {
  readonly userId: string;
  readonly conferenceId: string;
  /** Absent = all. */
  readonly memberId?: string;
}

/** Of one meeting or one member, waiting and playing; ours. */
const mostWanted = 16;

export class MeetingSounds extends EventEmitter<MeetingSoundsEvents> {
  private readonly options: MeetingSoundsOptions;
  private readonly wanted = new Map<string, Set<Wanted>>();

  constructor(options: MeetingSoundsOptions) {
    super();
    this.options = options;
  }

  /**
   * Resolves when the sound is there to be played; it begins when its turn comes.
   * @throws MeetingError, and what Speech throws
   */
  async play(
    request: MeetingSoundRequest,
    sound: MeetingSound,
    { loop, tag }: { readonly loop: boolean; readonly tag?: string },
  ): Promise<void> {
    const { speech, fetched } = this.options;
    const { meeting, member } = await this.target(request);
    const all = this.allOf(request);
    if (all.size >= mostWanted) throw new MeetingError('too-many-sounds', 'too many sounds wait already');
    const wanted: Wanted = { kind: sound.kind, play: undefined, stopped: false };
    all.add(wanted);
    const over = () => {
      all.delete(wanted);
      if (all.size === 0) this.wanted.delete(keyOf(request));
    };
    let file: string;
    try {
      file = await (sound.kind === 'speech' ? speech.file(sound.sentence, sound.voice) : fetched(sound.url));
    } catch (error) {
      over();
      throw faultOf(error);
    }
    const fact = {
      meeting,
      kind: sound.kind,
      ...(member && { member }),
      ...(tag !== undefined && { tag }),
    };
    void this.perform(wanted, file, loop, fact).finally(over);
  }

  /** Ends all of this kind that plays or waits. @throws MeetingError */
  async stop(request: MeetingSoundRequest, kind: MeetingSound['kind']): Promise<void> {
    await this.target(request);
    for (const wanted of this.wanted.get(keyOf(request)) ?? []) {
      if (wanted.kind !== kind) continue;
      wanted.stopped = true;
      await wanted.play?.stop();
    }
  }

  private async perform(wanted: Wanted, file: string, loop: boolean, fact: MeetingSoundFact): Promise<void> {
    const { player, log } = this.options;
    const { meeting, member } = fact;
    if (wanted.stopped) return;
    try {
      const target = { conferenceId: meeting.id, ...(member && { memberId: member.participantId }) };
      const play = await player.play(target, file, { loop });
      wanted.play = play;
      this.emit('started', fact);
      if (wanted.stopped) await play.stop();
      await play.done;
      this.emit('done', fact);
    } catch (error) {
      log.warn('sound not played', { conference: meeting.id, error: messageOf(error) });
    }
  }

  private async target({
    userId,
    conferenceId,
    memberId,
  }: MeetingSoundRequest): Promise<{ meeting: MeetingRecord; member?: MeetingMember }> {
    const { meetings } = this.options;
    const meeting = await meetings.get(userId, conferenceId);
    const member = memberId === undefined ? undefined : await meetings.member(userId, conferenceId, memberId);
    if (meeting.state === 'completed') throw new MeetingError('over', 'the conference is completed');
    if (meeting.state !== 'active') throw new MeetingError('over', 'nobody is in the conference');
    if (member?.removedAt !== undefined) throw new MeetingError('over', 'the member has left');
    return { meeting, ...(member && { member }) };
  }

  private allOf(request: MeetingSoundRequest): Set<Wanted> {
    const key = keyOf(request);
    const all = this.wanted.get(key) ?? new Set();
    this.wanted.set(key, all);
    return all;
  }
}

function faultOf(error: unknown): unknown {
  if (!(error instanceof SoundError)) return error;
  const why = error instanceof UnreadableSound ? 'sound-unreadable' : 'sound-not-fetched';
  return new MeetingError(why, `the sound cannot be played: ${error.message}`);
}

function keyOf({ conferenceId, memberId = '' }: MeetingSoundRequest): string {
  return `${conferenceId}/${memberId}`;
}
