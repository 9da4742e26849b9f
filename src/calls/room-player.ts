// Plays files in the conferences that go on.
import type { MemberId } from '../conference/index.js';
import type { ConferencePlayer, SoundPlay } from './meeting-sounds.js';
import type { RunningConferences } from './running-conferences.js';

export class RoomPlayer implements ConferencePlayer {
  private readonly running: Pick<RunningConferences, 'get'>;

  constructor(running: Pick<RunningConferences, 'get'>) {
    this.running = running;
  }

  async play(
    { conferenceId, memberId }: { readonly conferenceId: string; readonly memberId?: MemberId },
    file: string,
    { loop }: { readonly loop: boolean },
  ): Promise<SoundPlay> {
    const running = this.running.get(conferenceId);
    if (!running) throw new Error('nobody is in the conference');
    return running.playFile(memberId ?? 'all', file, loop);
  }
}
