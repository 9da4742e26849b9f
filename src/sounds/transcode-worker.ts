// The thread in which sounds are transcoded, one sound per thread: decoding somebody's file may take long, or for ever, and
// must not cost those who are talking anything.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { writeAu } from './au-file.js';
import { rate } from './loudness.js';
import { transcode } from './transcode.js';
import type { TranscodeJob, TranscodeReport } from './transcoder.js';
import { SoundError } from './sound-error.js';

const job = workerData as TranscodeJob;

async function work(): Promise<TranscodeReport> {
  try {
    const { samples, loudness } = await transcode(readFileSync(job.from), job.longestMs);
    const file = writeAu({ samples, rate, channels: 1 });
    writeFileSync(job.to, file, { mode: 0o600 });
    return {
      hash: createHash('sha256').update(file).digest('hex'),
      bytes: file.length,
      durationMs: Math.round((samples.length / rate) * 1000),
      loudness,
    };
  } catch (error) {
    if (error instanceof SoundError) return { refused: error.message };
    throw error;
  }
}

// Of this thread alone: calls come first. The decoder writes what it does not like to the console.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
console.error = () => undefined;
parentPort?.postMessage(await work());
