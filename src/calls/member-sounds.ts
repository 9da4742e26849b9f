// What one member hears besides the conference: sounds one after the other, and music under them that pauses for a
// sound and comes back after it; what the APIs ask for plays in the place of the music. One instance per member; ends with the membership.
import type { Sound } from '../conference/index.js';
import type { Log } from '../log.js';
import type { Playback } from '../rtp/index.js';
import { messageOf } from '../errors.js';
import { PlayQueue } from './play-queue.js';
import type { PlayRequest } from './play-request.js';

export interface MemberSoundsOptions {
  /** Plays files to this member over the conference. */
  readonly play: (files: string[], repeat: number, startAtMs?: number) => Promise<Playback>;
  readonly files: (sound: Sound) => Promise<string[]>;
  readonly log: Log;
}

/** Sounds that wait for their turn; a member who presses keys faster than we speak hears the newest ones. */
const longestQueue = 4;

export class MemberSounds {
  private readonly options: MemberSoundsOptions;
  private readonly waiting: { sound: Sound; done: () => void }[] = [];
  private music: Sound | undefined;
  private musicPlayback: Playback | undefined;
  private current: Playback | undefined;
  private busy = false;
  /** Something changed while the run was under way. */
  private dueAgain = false;
  private stopped = false;
  private readonly requests: PlayQueue;

  constructor(options: MemberSoundsOptions) {
    this.options = options;
    this.requests = new PlayQueue({
      begin: (files, { repeat, startAtMs }) => {
        this.musicPlayback = undefined;
        return options.play(files, repeat, startAtMs);
      },
      due: () => void this.run(),
    });
  }

  /** A sound that an API asked for: in the place of the music, and like it pausing for a sound. */
  request(request: PlayRequest): void {
    this.requests.add(request);
  }

  /** Ends what the APIs asked for. */
  clearRequests(): void {
    this.requests.clear();
  }

  /** Resolves when the sound was played, dropped or stopped. */
  play(sound: Sound): Promise<void> {
    if (this.stopped) return Promise.resolve();
    return new Promise((done) => {
      if (this.waiting.length >= longestQueue) this.waiting.shift()?.done();
      this.waiting.push({ sound, done });
      void this.run();
    });
  }

  /** Music in a loop whenever no sound is playing; undefined = no music, at once. */
  setMusic(sound: Sound | undefined): void {
    if (this.stopped) return;
    const playing = this.musicPlayback;
    this.music = sound;
    this.musicPlayback = undefined;
    if (sound) void this.run();
    else void playing?.stop().catch(() => undefined);
  }

  stop(): void {
    this.stopped = true;
    this.music = undefined;
    this.requests.stop();
    for (const { done } of this.waiting.splice(0)) done();
    for (const playing of [this.current, this.musicPlayback]) void playing?.stop().catch(() => undefined);
  }

  private async run(): Promise<void> {
    if (this.busy) {
      this.dueAgain = true;
      return;
    }
    this.busy = true;
    this.dueAgain = false;
    try {
      for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
        await this.playOne(next.sound);
        next.done();
      }
      if (!(await this.requests.resume())) await this.playMusic();
    } finally {
      this.busy = false;
    }
    // A sound that was asked for while the music was being started.
    if (this.waiting.length > 0 || this.dueAgain) void this.run();
  }

  private async playOne(sound: Sound): Promise<void> {
    try {
      const files = await this.options.files(sound);
      if (files.length === 0 || this.stopped) return;
      this.musicPlayback = undefined;
      this.current = await this.options.play(files, 1);
      await this.current.done;
    } catch (error) {
      this.options.log.warn('sound not played', { error: messageOf(error) });
    } finally {
      this.current = undefined;
    }
  }

  private async playMusic(): Promise<void> {
    const wanted = this.music;
    if (!wanted || this.musicPlayback || this.stopped) return;
    try {
      const files = await this.options.files(wanted);
      if (files.length === 0) return;
      const playback = await this.options.play(files, Infinity);
      // The second person may have come in while the command was under way.
      if (this.music === wanted && !this.stopped) this.musicPlayback = playback;
      else await playback.stop();
    } catch (error) {
      this.options.log.warn('music not played', { error: messageOf(error) });
    }
  }
}
