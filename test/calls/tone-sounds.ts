// The prompts and the music of a box under test: each is one tone of its own, so that a test hears in the audio which of
// them is played. Everything else of the runtime folder is the real one.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeWav } from '../../src/rtp/index.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
export const realRuntime = process.env.PARTYLINE_RUNTIME ?? join(root, '.runtime');

/** Peak of every sound, 16-bit scale: the same as a test phone's tone. */
export const soundLevel = 3000;
/** Prompts are this long, ms; digits are shorter, as real ones are. */
const promptMs = 600;
const digitMs = 200;
const rate = 16_000;

/**
 * Those that the call tests listen for get tones 60 Hz apart from 1620 Hz up, and the German ones 30 Hz above, which a
 * window of 200 ms tells apart; the phones of such tests stay below 1600 Hz. All others share one tone.
 */
const told = [
  'music',
  'conf-welcome',
  'conf-enter_conf_number',
  'conf-enter_conf_pin',
  'conf-bad_conf',
  'conf-bad_pin',
  'conf-too_many_attempts',
  'conf-max_participants',
  'conf-locked',
  'conf-blocked',
  'conf-joining_conference',
  'conf-alone',
  'conf-waiting_for_moderator',
  'conf-moderator_left',
  'conf-ended',
  'conf-kicked',
  'conf-goodbye',
  'conf-muted',
  'conf-unmuted',
  'conf-you_are_muted',
  'conf-deaf',
  'conf-undeaf',
  'conf-lock',
  'conf-unlock',
  'digit-1',
  'digit-2',
  'digit-3',
  'negative',
  'conf-record_started',
  'conf-has_joined',
  'conf-has_left',
  'digit-0',
  'conf-hand_raised',
  'conf-your_turn',
] as const;

export type SoundName = (typeof told)[number];

/** Hz of a prompt, or of the music; in German a prompt is higher. */
export function soundHz(name: SoundName, language: 'en' | 'de' = 'en'): number {
  return 1620 + 60 * told.indexOf(name) + (language === 'de' ? 30 : 0);
}

/** Hz of every prompt that is not told apart. */
export const otherPromptHz = 1560;

/** The default entry and exit tones begin with these, Hz (conference/defaults.ts). */
export const entryToneHz = 659;
export const exitToneHz = 440;

let made: string | undefined;

/** A runtime folder with the tones; made once per process and removed at its end. */
export function toneRuntime(): string {
  if (made) return made;
  const folder = mkdtempSync(join(tmpdir(), 'partyline-tones-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const part of ['bin', 'rtpengine-root']) {
    if (existsSync(join(realRuntime, part))) symlinkSync(join(realRuntime, part), join(folder, part));
  }
  const folderOf = (language: string) => join(folder, 'prompts', language);
  for (const language of ['en', 'de']) mkdirSync(folderOf(language), { recursive: true });
  const text = readFileSync(join(root, 'media', 'prompts', 'en.txt'), 'utf8');
  const names = [...text.matchAll(/^([\w-]+) = /gm)].map((match) => match[1] ?? '');
  for (const name of names) {
    const known = told.indexOf(name as SoundName) >= 0;
    const ms = name.startsWith('digit-') ? digitMs : promptMs;
    const file = `${name}.wav`;
    if (known) {
      for (const language of ['en', 'de'] as const)
        writeFileSync(join(folderOf(language), file), toneWav(soundHz(name as SoundName, language), ms));
    } else writeFileSync(join(folderOf('en'), file), toneWav(otherPromptHz, ms));
  }
  mkdirSync(join(folder, 'music'));
  writeFileSync(join(folder, 'music', 'hold.wav'), toneWav(soundHz('music'), 10_000));
  made = folder;
  return folder;
}

function toneWav(hz: number, ms: number): Buffer {
  const samples = Int16Array.from({ length: (rate * ms) / 1000 }, (_, n) =>
    Math.round(soundLevel * Math.sin((2 * Math.PI * hz * n) / rate)),
  );
  return writeWav(samples, rate);
}
