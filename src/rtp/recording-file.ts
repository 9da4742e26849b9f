// A WAV file that is whole at every moment: its header is brought up to date with each piece, and what a power cut left
// between the two is mended at the next start from the length of the file.
import { open, type FileHandle } from 'node:fs/promises';
import { wavHeader, wavHeaderLength } from '../sounds/wav-header.js';
import { recordingRate } from './recording-track.js';

/** How much there is of a recording. */
export interface RecordingSize {
  /** Of the file. */
  readonly bytes: number;
  readonly ms: number;
}

export class RecordingFile {
  private readonly handle: FileHandle;
  private readonly durable: boolean;
  private samples = 0;

  private constructor(handle: FileHandle, durable: boolean) {
    this.handle = handle;
    this.durable = durable;
  }

  /**
   * Makes the file, for its owner alone; does not wait for the storage, because somebody is speaking already.
   * @param durable false = a power cut may take it
   * @throws when it exists, or cannot be made
   */
  static async create(path: string, durable: boolean): Promise<RecordingFile> {
    const file = new RecordingFile(await open(path, 'wx', 0o600), durable);
    await file.writeHeader();
    return file;
  }

  get size(): RecordingSize {
    return sizeOf(this.samples);
  }

  /**
   * Resolves when samples and header are on the storage, not only on their way, if the file is durable.
   * @param samples 16-bit little-endian
   */
  async append(samples: Buffer): Promise<void> {
    const at = wavHeaderLength + 2 * this.samples;
    // The samples first: a header that says less than there is loses nothing.
    if (samples.length > 0) await this.handle.write(samples, 0, samples.length, at);
    this.samples += samples.length >> 1;
    await this.writeHeader();
    if (this.durable) await this.handle.datasync();
  }

  private async writeHeader(): Promise<void> {
    await this.handle.write(wavHeader(2 * this.samples, recordingRate), 0, wavHeaderLength, 0);
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** Makes the header of a recording that was cut off tell the truth. @throws when there is no such file */
export async function mendRecording(path: string): Promise<RecordingSize> {
  const handle = await open(path, 'r+');
  try {
    const { size } = await handle.stat();
    const samples = Math.max(0, Math.floor((size - wavHeaderLength) / 2));
    await handle.truncate(wavHeaderLength + 2 * samples);
    await handle.write(wavHeader(2 * samples, recordingRate), 0, wavHeaderLength, 0);
    await handle.datasync();
    return sizeOf(samples);
  } finally {
    await handle.close();
  }
}

function sizeOf(samples: number): RecordingSize {
  return { bytes: wavHeaderLength + 2 * samples, ms: Math.round((samples * 1000) / recordingRate) };
}
