// Sound files for the tests: one tone each, of peak 3000, written once for a run.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWav } from '../../src/rtp/index.js';

const folder = mkdtempSync(join(tmpdir(), 'partyline-sounds-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** The path of a WAV file, 16 kHz. */
export function soundFile(hz: number, ms: number): string {
  const path = join(folder, `${hz}-${ms}.wav`);
  if (!existsSync(path)) {
    const samples = Int16Array.from({ length: 16 * ms }, (_, n) =>
      Math.round(3000 * Math.sin((2 * Math.PI * hz * n) / 16_000)),
    );
    writeFileSync(path, writeWav(samples, 16_000));
  }
  return path;
}
