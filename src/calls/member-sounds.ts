// What one member hears besides the conference: sounds one after the other, and music under them that pauses for a
// sound and comes back after it. One instance per member; ends with the membership.
import type { Sound } from '../conference/index.js';
import type { Log } from '../log.js';
import type { Playback } from '../rtp/index.js';
import { messageOf } from '../errors.js';

export interface MemberSoundsOptions {
  /** Plays files to this member over the conference. */
  readonly play: (files: string[], repeat: number) => Promise<Playback>;
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
  private foreign: Playback | undefined;
  private busy = false;
  private stopped = false;

  constructor(options: MemberSoundsOptions) {
    this.options = options;
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

  /**
   * Plays a file at once instead of whatever plays; what waits, and the music, go on after it. Resolves when it begins.
   * @throws what Room.play does
   */
  async playFile(file: string, repeat: number): Promise<Playback> {
    this.musicPlayback = undefined;
    const playback = await this.options.play([file], repeat);
    this.foreign = playback;
    void playback.done.then(() => this.run());
    if (this.stopped) await playback.stop();
    return playback;
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
    for (const { done } of this.waiting.splice(0)) done();
    for (const playing of [this.current, this.musicPlayback, this.foreign])
      void playing?.stop().catch(() => undefined);
  }

  private async run(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
        await this.playOne(next.sound);
        next.done();
      }
      await this.playMusic();
    } finally {
      this.busy = false;
    }
    // A sound that was asked for while the music was being started.
    if (this.waiting.length > 0) void this.run();
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
