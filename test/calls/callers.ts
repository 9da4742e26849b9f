// What most call tests do: dial, enter a PIN, listen for the sounds of tone-sounds.ts.
import type { CallOptions, PhoneCall } from '../phone/phone-call.js';
import { Phone, type PhoneOptions } from '../phone/phone.js';
import { now } from '../phone/rtp-clock.js';
import { tones } from '../phone/tones.js';
import type { Box } from './box.js';
import { soundHz, soundLevel, type SoundName } from './tone-sounds.js';

/** As much of a test as is needed here. */
export interface Teardown {
  teardown(done: () => unknown): unknown;
}

export interface DialOptions extends PhoneOptions {
  readonly call?: CallOptions;
}

/** A phone of its own that has dialled and was answered; it hangs up when the test is over. */
export async function dial(
  t: Teardown,
  box: Box,
  number: string,
  options: DialOptions = {},
): Promise<PhoneCall> {
  const call = await ring(t, box, number, options);
  await call.answered();
  return call;
}

/** A phone of its own that has dialled. */
export async function ring(
  t: Teardown,
  box: Box,
  number: string,
  options: DialOptions = {},
): Promise<PhoneCall> {
  const { call, ...phoneOptions } = options;
  const phone = await new Phone(phoneOptions).start();
  t.teardown(() => phone.stop());
  return phone.call(box.uri(number), call);
}

/** Resolves when this sound of the box is heard at its full level. */
export async function hears(
  call: PhoneCall,
  sound: SoundName,
  timeoutMs = 8000,
  language: 'en' | 'de' = 'en',
): Promise<void> {
  await call.rx.waitForTone(soundHz(sound, language), {
    min: 0.8 * soundLevel,
    max: 1.2 * soundLevel,
    ms: 200,
    timeoutMs,
  });
}

/** Listens from now on; what was heard before does not count. */
export async function hearsNext(call: PhoneCall, sound: SoundName, timeoutMs = 8000): Promise<void> {
  await call.rx.waitForTone(soundHz(sound), { min: 0.7 * soundLevel, ms: 200, since: now(), timeoutMs });
}

/** Resolves when this sound is not heard any more. */
export async function hearsNoMore(call: PhoneCall, sound: SoundName, timeoutMs = 8000): Promise<void> {
  await call.rx.waitForNoTone(soundHz(sound), { max: 60, ms: 200, since: now(), timeoutMs });
}

/**
 * So many phones in one conference without a PIN, each with a tone of its own, in the order of the list.
 * @param options for all phones, or for each by its place
 */
export async function meet(
  t: Teardown,
  box: Box,
  number: string,
  count: number,
  options: DialOptions | ((index: number) => DialOptions) = {},
): Promise<PhoneCall[]> {
  const hz = tones(count);
  return Promise.all(
    hz.map((tone, index) => {
      const own = typeof options === 'function' ? options(index) : options;
      return dial(t, box, number, { tone, user: `20${index}`, ...own });
    }),
  );
}

let nextNumber = 4000;

/** A number that no other conference of this test process has. */
export function newNumber(): string {
  nextNumber += 1;
  return String(nextNumber);
}

/** A new conference without PIN, welcome and tones, but for what the document says; its number. */
export async function quietConference(box: Box, document: Record<string, unknown> = {}): Promise<string> {
  const number = newNumber();
  const quiet = { play_welcome: false, play_entry_tone: false, play_exit_tone: false };
  await box.conference({ conference_numbers: [number], ...quiet, ...document });
  return number;
}

let nextAddress = 2;

/** A loopback address of its own for a phone: wrong PINs are counted by address. */
export function newAddress(): string {
  nextAddress += 1;
  return `127.0.${nextAddress >> 8}.${nextAddress & 255}`;
}
