// As a phone hears it: a prompt, a tone, the music and a person are within 3 LU of each other.
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { listen, loudness, runtime } from '../media/listening.js';
import type { PhoneCall } from '../phone/phone-call.js';
import { Box } from './box.js';
import { dial, quietConference } from './callers.js';

const box = await Box.start({ realSounds: true });
t.teardown(() => box.stop());

const silent = { 'alone-sound': '', 'moh-sound': '', 'member-enter-sound': '' };

/** A phone that speaks G.722, whose ears are wide enough for all that is sent. */
async function phoneIn(t: Test, document: Record<string, unknown>): Promise<[PhoneCall, string]> {
  const number = await quietConference(box, document);
  return [await dial(t, box, number, { codecs: ['G722'] }), number];
}

/** Loudness of the last ms that were heard, LUFS; silence does not count. */
function heard(call: PhoneCall, ms: number): number {
  const { samples, rate } = call.rx.window(ms);
  if (rate !== 16_000) throw new Error(`${rate} Hz`);
  return loudness(Float64Array.from(samples, (sample) => sample / 32_768));
}

/** Of a sound that ends: waits until it is over. */
async function ofOne(call: PhoneCall): Promise<number> {
  await call.rx.waitForAudio();
  await call.rx.waitForSilence({ ms: 900, timeoutMs: 8000 });
  return heard(call, 6000);
}

void t.test('prompts, tones, music and people', async (t) => {
  const sources: Record<string, () => Promise<number>> = {
    'a prompt': async () => {
      const [call] = await phoneIn(t, { profile: { ...silent, 'alone-sound': 'conf-alone' } });
      return ofOne(call);
    },
    'the entry tone': async () => {
      const [call, number] = await phoneIn(t, { play_entry_tone: true, profile: silent });
      await dial(t, box, number);
      return ofOne(call);
    },
    'the music': async () => {
      const [call] = await phoneIn(t, { profile: { ...silent, 'moh-sound': 'local_stream://moh' } });
      await call.rx.waitForAudio();
      await call.rx.waitForPackets(200);
      return heard(call, 4000);
    },
    'a person': async () => {
      const [call, number] = await phoneIn(t, { profile: silent });
      const talker = await dial(t, box, number, { codecs: ['G722'] });
      // As loud as a person who speaks well into a telephone (media/README.md).
      const voice = listen(join(runtime, 'prompts', 'en', 'conf-alone.wav'));
      const samples = Int16Array.from(voice, (sample) => Math.round(32_767 * sample));
      const [lufs] = await Promise.all([ofOne(call), talker.media.sender.play(samples, 16_000)]);
      return lufs;
    },
  };
  const measured = await Promise.all(
    Object.entries(sources).map(async ([name, measure]) => {
      const lufs = await measure();
      t.ok(Math.abs(lufs + 22) < 3, `${name}: ${lufs.toFixed(1)} LUFS`);
      return lufs;
    }),
  );
  const spread = Math.max(...measured) - Math.min(...measured);
  t.ok(spread <= 3, `${spread.toFixed(1)} LU between the loudest and the softest`);
});
