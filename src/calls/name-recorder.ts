// The names that callers say of themselves: recorded before they are in, heard when they come and go, deleted soon after
// their call. While a name is recorded the phone is in a room of its own, which only the recorder hears.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, MixPlan, Sound } from '../conference/index.js';
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import { readWav, type Ingress, type MediaEngine, type Recorder } from '../rtp/index.js';
import { evened, writeAu } from '../sounds/index.js';
import { spokenPart } from './spoken-part.js';

export interface NameRecorderOptions {
  readonly media: Pick<MediaEngine, 'createRoom'>;
  readonly recorder: Pick<Recorder, 'open'>;
  /** Absolute; emptied at start and stop. */
  readonly folder: string;
  /** See RecordingLimits. */
  readonly minFreeBytes: number;
  readonly clock: Clock;
  readonly log: Log;
}

export interface NameRecording {
  /** What was said; undefined = nothing, or it could not be recorded. Never rejects; the phone is in no room then. */
  readonly name: Promise<Sound | undefined>;
  stop(): void;
}

/** So long after a call "... has left" may still be waiting to be heard, ms. */
const keptMs = 60_000;

/** A name that was whispered is heard; the noise of a line does not become a name. */
const mostGainDb = 20;

const plan: MixPlan = {
  buses: [],
  hearers: [{ id: 1, hears: [], forward: false }],
  bends: [],
  recorder: [{ kind: 'member', id: 1 }],
};

export class NameRecorder {
  private readonly options: NameRecorderOptions;
  private readonly files = new Map<string, string>();
  private started = false;

  constructor(options: NameRecorderOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    const { folder } = this.options;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    this.started = true;
  }

  async stop(): Promise<void> {
    // Of a box that did not start, the folder may be another's.
    if (!this.started) return;
    this.started = false;
    await rm(this.options.folder, { recursive: true, force: true });
  }

  /** Records what that phone says, in the place of what it said before. */
  begin(callId: string, phone: Ingress, maxMs: number): NameRecording {
    let stop!: () => void;
    const stopped = new Promise<void>((resolve) => (stop = resolve));
    const name = this.record(callId, phone, maxMs, stopped).catch((error: unknown) => {
      this.options.log.warn('name not recorded', { call: callId, error: messageOf(error) });
      return undefined;
    });
    return { name, stop };
  }

  /** The call is over. */
  forget(callId: string): void {
    const file = this.files.get(callId);
    if (file === undefined) return;
    this.files.delete(callId);
    this.options.clock.after(keptMs, () => void rm(file, { force: true }));
  }

  private async record(
    callId: string,
    phone: Ingress,
    maxMs: number,
    stopped: Promise<void>,
  ): Promise<Sound | undefined> {
    const { media, recorder, folder, minFreeBytes } = this.options;
    const draft = join(folder, `${randomUUID()}.wav`);
    const recording = await recorder.open({ file: draft, durable: false, maxMs, minFreeBytes });
    try {
      const room = media.createRoom(`name-${callId}`);
      try {
        room.add(1, phone);
        await Promise.all([room.record(recording.port), room.apply(plan)]);
        await Promise.race([stopped, recording.ended]);
      } finally {
        await recording.close();
        await room.close();
      }
      const { samples, rate } = readWav(await readFile(draft));
      const spoken = spokenPart(samples, rate);
      if (!spoken || phone.released) return undefined;
      const sound = { samples: evened(spoken, mostGainDb), rate, channels: 1 };
      return { kind: 'file', path: await this.keep(callId, writeAu(sound)) };
    } finally {
      await rm(draft, { force: true });
    }
  }

  private async keep(callId: string, sound: Buffer): Promise<string> {
    const before = this.files.get(callId);
    if (before !== undefined) await rm(before, { force: true });
    const path = join(this.options.folder, `${randomUUID()}.au`);
    this.files.set(callId, path);
    await writeFile(path, sound, { mode: 0o600 });
    return path;
  }
}
