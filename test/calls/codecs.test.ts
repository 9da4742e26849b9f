// Phones of different codecs in one conference: each hears the others at their level, wideband stays wideband among
// those who speak it, and SRTP is as good as RTP.
import t from 'tap';
import type { CodecName } from '../phone/codecs.js';
import { assertEveryoneHears, assertHears } from '../phone/measure.js';
import type { PhoneCall } from '../phone/phone-call.js';
import { Box } from './box.js';
import { dial, hears, newNumber, quietConference } from './callers.js';
import { soundHz, soundLevel } from './tone-sounds.js';

const box = await Box.start();
t.teardown(() => box.stop());

const open = (document?: Record<string, unknown>) => quietConference(box, document);

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

void t.test('what is played to one phone reaches it whole, whatever it speaks', async (t) => {
  for (const codec of ['PCMU', 'PCMA', 'G722', 'opus'] as const) {
    const call = await dial(t, box, await open(), { codecs: [codec] });
    await hears(call, 'conf-alone');
    await hears(call, 'music');
    // A second of it without a hole, or the level would be lower.
    await call.rx.waitForTone(soundHz('music'), { min: 0.95 * soundLevel, max: 1.05 * soundLevel, ms: 1000 });
    await call.press('0');
    await hears(call, 'conf-muted');
    t.pass(codec);
    await call.hangup();
  }
});

void t.test(
  'a G.711 phone hears everything in one stream, from the first prompt to the last word',
  async (t) => {
    const number = newNumber();
    await box.conference({ conference_numbers: [number], member: { join_muted: false, pins: ['1234'] } });
    for (const codec of ['PCMU', 'PCMA'] as const) {
      const call = await dial(t, box, number, { codecs: [codec] });
      await hears(call, 'conf-enter_conf_pin');
      await call.press('1234#');
      await hears(call, 'music');
      const other = await dial(t, box, number, { tone: 900 });
      await hears(other, 'conf-enter_conf_pin');
      await other.press('1234#');
      await call.rx.waitForTone(900, { min: 2700, ms: 300 });
      t.equal(call.rx.stats.ssrcs.size, 1, `${codec}: one SSRC`);
      t.equal(call.rx.stats.missing, 0, `${codec}: no packet is missing`);
      t.equal(call.rx.stats.timestampJumps, 0, `${codec}: no timestamp jumps`);
      await Promise.all([call.hangup(), other.hangup()]);
    }
  },
);

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
