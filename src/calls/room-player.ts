// Plays files in the conferences that go on, for whoever has a file and not a sound by meaning.
import type { MemberId } from '../conference/index.js';
import type { ConferencePlayer, SoundPlay } from './meeting-sounds.js';
import type { RunningConferences } from './running-conferences.js';
import type { SoundFiles } from './sound-files.js';

export class RoomPlayer implements ConferencePlayer {
  private readonly running: Pick<RunningConferences, 'get'>;
  private readonly sounds: Pick<SoundFiles, 'prepared'>;

  constructor(running: Pick<RunningConferences, 'get'>, sounds: Pick<SoundFiles, 'prepared'>) {
    this.running = running;
    this.sounds = sounds;
  }

  async play(
    { conferenceId, memberId }: { readonly conferenceId: string; readonly memberId?: MemberId },
    file: string,
    { loop }: { readonly loop: boolean },
  ): Promise<SoundPlay> {
    const path = await this.sounds.prepared(file);
    const running = this.running.get(conferenceId);
    if (!running) throw new Error('nobody is in the conference');
    const play = running.request(memberId ?? 'all', { kind: 'file', path }, loop ? Infinity : 1);
    if (!play) throw new Error('the member has left');
    if (!(await play.started)) throw new Error('it was stopped before it began');
    return { done: play.done, stop: () => Promise.resolve(play.stop()) };
  }
}
