// A place where sounds are played, whose sounds end when the test says so: a new one ends the one before, as a Player does.
import type { Begin } from '../../src/calls/play-request.js';
import type { PlaybackEnd } from '../../src/rtp/index.js';

export class FakeStage {
  /** What was begun and stopped, in order. */
  readonly heard: string[] = [];
  lengthMs = 1000;
  /** The next play is refused. */
  failing = false;
  private end: (how: PlaybackEnd) => void = () => undefined;

  readonly begin: Begin = (files, { repeat, startAtMs }) => {
    if (this.failing) return Promise.reject(new Error('no such file'));
    this.end('stopped');
    const name = files.join('+');
    this.heard.push(`${name}${repeat > 1 ? ` x${repeat}` : ''}${startAtMs > 0 ? ' goes on' : ''}`);
    const done = new Promise<PlaybackEnd>((resolve) => (this.end = resolve));
    const end = this.end;
    return Promise.resolve({
      durationMs: this.lengthMs * repeat,
      done,
      stop: () => {
        this.heard.push(`${name} stopped`);
        end('stopped');
        return Promise.resolve();
      },
    });
  };

  async finish(): Promise<void> {
    this.end('finished');
    await settle();
  }

  /** Somebody else's sound comes in between. */
  async interrupt(): Promise<void> {
    this.end('stopped');
    await settle();
  }
}

export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
