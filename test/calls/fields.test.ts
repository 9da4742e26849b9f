// Fields of a conference and of its profile that change how the whole call sounds: its language.
import t from 'tap';
import type { PhoneCall } from '../phone/phone-call.js';
import { Box } from './box.js';
import { dial, hears, newAddress, newNumber } from './callers.js';
import { adminPassword, KazooClient } from './kazoo-client.js';
import type { SoundName } from './tone-sounds.js';

const box = await Box.start({ env: { PARTYLINE_ADMIN_PASSWORD: adminPassword } });
t.teardown(() => box.stop());
const kazoo = await KazooClient.login(box);

void t.test('language: from the first prompt to the last, also for who is refused', async (t) => {
  const german = (call: PhoneCall, sound: SoundName) => hears(call, sound, 8000, 'de');
  const number = newNumber();
  const id = await kazoo.conference({
    conference_numbers: [number],
    language: 'de-DE',
    play_welcome: true,
    member: { pins: ['1111'], join_muted: true },
  });
  const call = await dial(t, box, number, { bind: newAddress() });
  await german(call, 'conf-welcome');
  await call.press('9#');
  await german(call, 'conf-bad_pin');
  await call.press('1111');
  await german(call, 'conf-you_are_muted');

  await kazoo.act(id, '', 'lock');
  const late = await dial(t, box, number, { bind: newAddress() });
  await german(late, 'conf-welcome');
  await late.press('1111');
  await Promise.all([
    german(late, 'conf-locked'),
    (async () => {
      await kazoo.act(id, 'participants', 'kick');
      await german(call, 'conf-kicked');
    })(),
  ]);
  t.pass('welcome, wrong PIN, muted, locked and kicked are German');
});

void t.test('language: one that the box does not speak is English, and the log says so once', async (t) => {
  const number = newNumber();
  await box.conference({ conference_numbers: [number], language: 'nl-nl' });
  const call = await dial(t, box, number);
  await hears(call, 'conf-welcome');
  await hears(call, 'conf-alone');
  const told = box.log().filter(({ msg }) => msg === 'prompts spoken in English instead');
  t.match(told, [{ language: 'nl-nl', level: 'warn' }]);
  t.equal(told.length, 1);
});
