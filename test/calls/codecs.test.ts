// Phones of different codecs in one conference: each hears the others at their level, wideband stays wideband among
// those who speak it, and SRTP is as good as RTP.
import t from 'tap';
import type { CodecName } from '../phone/codecs.js';
import { assertEveryoneHears, assertHears } from '../phone/measure.js';
import type { PhoneCall } from '../phone/phone-call.js';
import { Box } from './box.js';
import { dial, newNumber } from './callers.js';

const box = await Box.start();
t.teardown(() => box.stop());

async function open(): Promise<string> {
  const number = newNumber();
  await box.conference({
    conference_numbers: [number],
    play_welcome: false,
    play_entry_tone: false,
    play_exit_tone: false,
  });
  return number;
}

void t.test('PCMU, PCMA, G.722 and opus phones hear each other at the right level', async (t) => {
  const number = await open();
  const phones: [CodecName, number][] = [
    ['PCMU', 400],
    ['PCMA', 620],
    ['G722', 850],
    ['opus', 1100],
    ['G722', 1330],
    ['opus', 1510],
  ];
  const calls = await Promise.all(
    phones.map(([codec, tone]) => dial(t, box, number, { codecs: [codec], tone })),
  );
  t.strictSame(
    calls.map(({ media }) => media.codec?.name),
    phones.map(([codec]) => codec),
    'each speaks its own codec',
  );
  // Opus at its usual bit rate bends a sum of five tones by up to a decibel and a half.
  await assertEveryoneHears(t, calls, { timeoutMs: 15_000, level: [2500, 3500], own: 150 });
});

void t.test('G.722 and opus phones are wideband among themselves', async (t) => {
  const number = await open();
  const wide = 5200;
  const calls = [
    await dial(t, box, number, { codecs: ['G722'], tone: wide }),
    await dial(t, box, number, { codecs: ['G722'], tone: 800 }),
    await dial(t, box, number, { codecs: ['opus'], tone: 1000 }),
    await dial(t, box, number, { codecs: ['PCMU'], tone: 1200 }),
  ];
  await assertHears(t, calls, (listener, talker) => talker !== 0 || listener !== 3, {
    timeoutMs: 15_000,
    level: [2400, 3600],
    own: 150,
    silent: 150,
    message: 'a tone of 5.2 kHz reaches everybody but the narrowband phone',
  });
});

void t.test('a phone that prefers a better codec gets it', async (t) => {
  const number = await open();
  const call = await dial(t, box, number, { codecs: ['G722', 'PCMA', 'PCMU'] });
  t.equal(call.media.codec?.name, 'G722');
  const other = await dial(t, box, number, { codecs: ['PCMA', 'G722'] });
  t.equal(other.media.codec?.name, 'PCMA');
});

void t.test('SRTP by SDES where it is offered, with hold and key presses', async (t) => {
  const number = await open();
  const calls = [
    await dial(t, box, number, { srtp: true, tone: 500 }),
    await dial(t, box, number, { tone: 700 }),
    await dial(t, box, number, { srtp: true, codecs: ['G722'], tone: 900 }),
  ] as [PhoneCall, PhoneCall, PhoneCall];
  await assertEveryoneHears(t, calls, { timeoutMs: 15_000, own: 150 });
  await calls[0].hold();
  await calls[0].resume();
  await assertEveryoneHears(t, calls, { own: 150 });
  await calls[0].press('0');
  await assertHears(t, calls, (_, talker) => talker !== 0, {
    timeoutMs: 8000,
    own: 150,
    message: 'it mutes itself by 0',
  });
  for (const { rx } of calls) t.equal(rx.stats.authenticationFailures, 0);
});
