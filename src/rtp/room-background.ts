// What is heard under everything else in a room, in a loop without an end. Knows which file rtpengine plays in which room
// call, so that a call that was replaced, or came back after a restart, plays it again.
import type { EngineLink } from './engine-link.js';
import { backgroundTag } from './mix-diff.js';
import { NgError } from './ng-client.js';
import { endless } from './playback.js';

export class RoomBackground {
  /** What shall be heard from the next step of the room on; undefined = nothing. */
  file: string | undefined;
  private readonly engine: EngineLink;
  private playing: { callId: string; file: string } | undefined;

  constructor(engine: EngineLink) {
    this.engine = engine;
  }

  /**
   * Plays that file, or none, in that room call.
   * @param file what the mix in force was made for: its loop is open in the call. `file` may have changed since
   * @throws NgError when rtpengine was lost meanwhile; a file that it does not play is logged and left out
   */
  async bringUp(callId: string, file: string | undefined): Promise<void> {
    const { playing } = this;
    if (playing?.callId === callId ? playing.file === file : file === undefined) return;
    const party = { 'call-id': callId, 'from-tag': backgroundTag };
    try {
      if (file === undefined) await this.engine.ng.stopMedia(party);
      else await this.engine.ng.playMedia({ ...party, file, 'repeat-times': endless });
    } catch (error) {
      if (!(error instanceof NgError) || error.failure !== 'rejected' || error.unknownCall) throw error;
      this.engine.log.warn('background not played', { file, error: String(error) });
    }
    this.playing = file === undefined ? undefined : { callId, file };
  }
}
