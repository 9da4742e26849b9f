// The buttons of a conference as phones hear them: what each does is measured at the other phones, in every way to send
// a key, with narrow and with wideband phones.
import t, { type Test } from 'tap';
import type { CodecName } from '../phone/codecs.js';
import type { PhoneCall } from '../phone/phone-call.js';
import { now } from '../phone/rtp-clock.js';
import { dtmfFrequencies } from '../phone/tones.js';
import { Box } from './box.js';
import { dial, hears, newNumber } from './callers.js';
import { gainWorkerPid } from './gain-worker.js';
import { soundHz, soundLevel, type SoundName } from './tone-sounds.js';

const box = await Box.start();
t.teardown(() => box.stop());

/** A new conference in which nothing is heard but the members and the answers to their keys; its number. */
async function open(document: Record<string, unknown> = {}): Promise<string> {
  const number = newNumber();
  await box.conference({
    conference_numbers: [number],
    play_welcome: false,
    play_entry_tone: false,
    play_exit_tone: false,
    member: { join_muted: false, play_entry_prompt: false },
    profile: { 'alone-sound': '', 'moh-sound': '' },
    ...document,
  });
  return number;
}

/** Resolves when a tone of that level is heard so many dB louder, to within half a dB. */
async function hearsAt(listener: PhoneCall, hz: number, level: number, db: number): Promise<void> {
  const factor = (to: number): number => level * 10 ** (to / 20);
  await listener.rx.waitForTone(hz, {
    min: factor(db - 0.5),
    max: factor(db + 0.5),
    ms: 250,
    since: now(),
    timeoutMs: 8000,
  });
}

function isSilentAt(listener: PhoneCall, hz: number): Promise<void> {
  return listener.rx.waitForNoTone(hz, { max: 20, ms: 250, since: now(), timeoutMs: 8000 });
}

/** These two wait more than they work. */
const beside = { buffered: true } as const;
t.jobs = 2;

const ways = ['rfc4733', 'inband', 'info'] as const;

interface Presser {
  readonly call: PhoneCall;
  readonly by: (typeof ways)[number];
  readonly codec: CodecName;
  readonly hz: number;
}

/** What a presser sends, so that its mean absolute sample, 2/π of it, is 509. */
const talkLevel = 800;
/** What a listener sends. */
const listenerLevel = 1500;
const listenerHz = [2000, 2090] as const;
/** Far above what 20 ms of the tones here leave at other frequencies, far below a key's tones or an answer. */
const leakLevel = 1000;

void t.test('the Catapult table, line by line', async (t) => {
  const number = await open({ profile: { 'alone-sound': '', 'moh-sound': '', 'energy-level': 400 } });
  const listeners = (await Promise.all(
    (['PCMU', 'G722'] as const).map((codec, n) =>
      dial(t, box, number, { codecs: [codec], tone: listenerHz[n] ?? 0, toneLevel: listenerLevel }),
    ),
  )) as [PhoneCall, PhoneCall];
  const pressers = await Promise.all(
    ways.flatMap((by, n) =>
      (['PCMU', 'G722'] as const).map(async (codec, m): Promise<Presser> => {
        const hz = 240 + 60 * (2 * n + m);
        const call = await dial(t, box, number, {
          codecs: [codec],
          telephoneEvent: by !== 'inband',
          tone: hz,
          toneLevel: talkLevel,
        });
        if (codec === 'G722') call.media.sender.useOneEncoder();
        return { call, by, codec, hz };
      }),
    ),
  );
  await Promise.all(pressers.map(({ hz }) => hearsAt(listeners[0], hz, talkLevel, 0)));
  const begun = now();
  await Promise.all(pressers.map((presser) => pressAll(t, presser, listeners)));
  for (const { rx } of listeners) {
    t.strictSame(rx.digits, [], 'no key was passed on');
    for (const hz of new Set(Object.values(dtmfFrequencies).flat())) {
      t.equal(rx.onsetTime(hz, { since: begun, min: leakLevel }), undefined, `nor a tone of a key, ${hz} Hz`);
    }
    for (const word of ['negative', 'digit-0', 'digit-1', 'digit-2', 'digit-3', 'conf-muted'] as const) {
      const heard = rx.onsetTime(soundHz(word), { since: begun, min: leakLevel });
      t.equal(heard, undefined, `nor an answer, ${word}`);
    }
  }
});

async function pressAll(t: Test, presser: Presser, listeners: readonly PhoneCall[]): Promise<void> {
  const { call, by, codec, hz } = presser;
  /** The key is answered to who pressed it. */
  const press = async (key: string, ...answer: SoundName[]): Promise<void> => {
    const words = answer.map((word) =>
      call.rx.waitForTone(soundHz(word), { min: 0.5 * soundLevel, ms: 120, since: now(), timeoutMs: 8000 }),
    );
    await call.press(key, { by, durationMs: 160 });
    await Promise.all(words);
  };
  const othersHear = async (level: number, db: number): Promise<unknown> =>
    Promise.all(listeners.map((listener) => hearsAt(listener, hz, level, db)));
  const othersHearNothing = (): Promise<unknown> =>
    Promise.all(listeners.map((listener) => isSilentAt(listener, hz)));
  const hearsOthers = (db: number): Promise<unknown> =>
    Promise.all(listenerHz.map((other) => hearsAt(call, other, listenerLevel, db)));
  const line = (text: string): void => void t.pass(`${by}, ${codec}: ${text}`);

  await othersHear(talkLevel, 0);
  await press('1', 'negative', 'digit-1');
  await othersHear(talkLevel, -3);
  line('1 decreases the talk volume');
  await press('2', 'digit-0');
  await othersHear(talkLevel, 0);
  line('2 resets the talk volume');
  await press('3', 'digit-1');
  await othersHear(talkLevel, 3);
  line('3 increases the talk volume');
  await press('2', 'digit-0');
  await hearsOthers(0);
  await press('4', 'negative', 'digit-1');
  await hearsOthers(-3);
  line('4 decreases the receive volume');
  await press('5', 'digit-0');
  await hearsOthers(0);
  line('5 resets the receive volume');
  await press('6', 'digit-1');
  await hearsOthers(3);
  line('6 increases the receive volume');
  await press('5', 'digit-0');
  // Mean absolute sample 318, below the 400 of the conference.
  await call.setTone(hz, 500);
  await othersHearNothing();
  await press('7', 'digit-1');
  await othersHear(500, 0);
  line('7 increases the sensitivity: what was too quiet is heard');
  await press('8', 'digit-2');
  await othersHearNothing();
  line('8 resets the sensitivity');
  await call.setTone(hz, talkLevel);
  await othersHear(talkLevel, 0);
  await press('9', 'digit-3');
  await othersHearNothing();
  line('9 decreases the sensitivity: what was loud enough is not heard');
  await press('8', 'digit-2');
  await othersHear(talkLevel, 0);
  await press('0', 'conf-muted');
  await othersHearNothing();
  await press('0', 'conf-unmuted');
  await othersHear(talkLevel, 0);
  line('0 toggles the audio into the conference');
  await press('*', 'conf-muted', 'conf-deaf');
  await Promise.all([othersHearNothing(), ...listenerHz.map((other) => isSilentAt(call, other))]);
  await press('*', 'conf-unmuted', 'conf-undeaf');
  await Promise.all([othersHear(talkLevel, 0), hearsOthers(0)]);
  line('* blocks both ways in one action');
  await press('#', 'conf-goodbye');
  t.equal((await call.ended()).reason, 'remote');
  t.match(await box.ended(call.callId), { endReason: 'left' });
  line('# leaves the conference');
}

void t.test('four steps of 3 dB each way; a dead relay is noticed by nobody else', beside, async (t) => {
  const number = await open();
  const listener = await dial(t, box, number, { tone: 1000 });
  const pressers = await Promise.all(
    (['PCMU', 'G722'] as const).map(async (codec, n) => {
      const hz = 400 + 200 * n;
      return { hz, call: await dial(t, box, number, { codecs: [codec], tone: hz, toneLevel: 1500 }) };
    }),
  );
  await Promise.all(
    pressers.map(async ({ call, hz }) => {
      await call.press('33333');
      await hearsAt(listener, hz, 1500, 12);
      await call.press('1');
      await hearsAt(listener, hz, 1500, 9);
      await call.press('21111111');
      await hearsAt(listener, hz, 1500, -12);
    }),
  );
  listener.rx.resetStats();
  const killed = now();
  process.kill(gainWorkerPid(box.pid('application')), 'SIGKILL');
  await Promise.all(
    pressers.map(({ hz }) =>
      listener.rx.waitForTone(hz, { min: 1350, ms: 60, since: killed, timeoutMs: 3000 }),
    ),
  );
  t.ok(now() - killed < 1000 + 60, `everybody is at neutral volume after ${Math.round(now() - killed)} ms`);
  await Promise.all(pressers.map(({ hz }) => hearsAt(listener, hz, 1500, -12)));
  t.pass('and as they were as soon as there is another worker');
  t.equal(listener.rx.stats.missing, 0, 'the others hear one whole stream');
  t.equal(listener.rx.stats.ssrcs.size, 1);
});

void t.test('star codes, a group of its own, and questions', beside, async (t) => {
  const star = async (): Promise<void> => {
    const number = await open({ caller_controls: 'star' });
    const [presser, listener] = (await Promise.all([
      dial(t, box, number, { tone: 400, toneLevel: 1500 }),
      dial(t, box, number, { tone: 600 }),
    ])) as [PhoneCall, PhoneCall];
    await hearsAt(listener, 400, 1500, 0);
    await presser.press('*1');
    await hears(presser, 'conf-muted');
    await isSilentAt(listener, 400);
    await presser.press('*3');
    await hears(presser, 'conf-unmuted');
    await hearsAt(listener, 400, 1500, 0);
    await presser.press('#');
    await hears(presser, 'conf-goodbye');
    t.pass('star codes');
  };
  const own = async (): Promise<void> => {
    const number = await open({
      caller_controls: 'mine',
      controls: {
        mine: [
          { action: 'mute', digits: '1' },
          { action: 'vol talk dn', digits: '12' },
        ],
      },
    });
    const [presser, listener] = (await Promise.all([
      dial(t, box, number, { tone: 400, toneLevel: 1500 }),
      dial(t, box, number, { tone: 600 }),
    ])) as [PhoneCall, PhoneCall];
    await hearsAt(listener, 400, 1500, 0);
    await presser.press('12');
    await hearsAt(listener, 400, 1500, -3);
    await presser.press('1');
    const pressed = now();
    await presser.rx.waitForOnset(soundHz('conf-muted'), { since: pressed, timeoutMs: 3000 });
    t.ok(now() - pressed < 2000, 'a key that begins a longer code waits for a second');
    await isSilentAt(listener, 400);
  };
  const questions = async (): Promise<void> => {
    const number = await open({
      caller_controls: 'questions',
      moderator_controls: 'questions-moderator',
      member: { join_muted: true, play_entry_prompt: false, pins: ['1'] },
      moderator: { pins: ['2'] },
    });
    const enter = async (pin: string, tone: number): Promise<PhoneCall> => {
      const call = await dial(t, box, number, { tone, toneLevel: 1500 });
      await hears(call, 'conf-enter_conf_pin');
      await call.press(`${pin}#`);
      return call;
    };
    const [moderator, first, second] = (await Promise.all([
      enter('2', 400),
      enter('1', 500),
      enter('1', 600),
    ])) as [PhoneCall, PhoneCall, PhoneCall];
    await Promise.all([first, second].map((member) => hears(member, 'conf-you_are_muted')));
    await second.press('*9');
    await hears(second, 'conf-hand_raised');
    await first.press('*9');
    await hears(first, 'conf-hand_raised');
    await moderator.press('*9');
    await Promise.all([hears(second, 'conf-your_turn'), hearsAt(moderator, 600, 1500, 0)]);
    await isSilentAt(moderator, 500);
    await moderator.press('*9');
    await Promise.all([hears(first, 'conf-your_turn'), hearsAt(moderator, 500, 1500, 0)]);
    await isSilentAt(moderator, 600);
    t.pass('the floor goes round, to one at a time');
  };
  await Promise.all([star(), own(), questions()]);
});
