// Sounds that people give the box, or that it fetches, as phones hear them.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { assertHears } from '../phone/measure.js';
import type { PhoneCall } from '../phone/phone-call.js';
import { mp3Fixture, sine, wave16 } from '../sounds/signals.js';
import { webServer } from '../sounds/web-server.js';
import { Box } from './box.js';
import { dial, hears, hearsNext, meet, newNumber } from './callers.js';
import { adminPassword, KazooClient } from './kazoo-client.js';

const wavHz = 1300;
const mp3Hz = 1000;
const webHz = 1150;
const wav = (hz: number) => wave16(sine(hz, 3, 44_100, 0.8), 44_100);

const { port } = await webServer(t, (request, response) => {
  if (request.url === '/ring.wav') response.end(wav(webHz));
  else response.writeHead(404).end();
});

const box = await Box.start({
  env: { PARTYLINE_ADMIN_PASSWORD: adminPassword, PARTYLINE_FETCH_PRIVATE: '127.0.0.1' },
});
t.teardown(() => box.stop());
const kazoo = await KazooClient.login(box);
const [wavId, mp3Id] = await Promise.all([
  kazoo.sound('Wave', wav(wavHz), 'audio/x-wav'),
  kazoo.sound('Layer III', readFileSync(mp3Fixture), 'audio/mpeg'),
]);

/** A sine of −22 LUFS has a peak of 3680 at 1 kHz, and of 3500 at 1.3 kHz; others that speak cost some accuracy. */
const asLoudAsPrompts = { min: 3200, max: 4000, ms: 200, timeoutMs: 8000 };

async function heard(t: Test, call: PhoneCall, hz: number, what: string): Promise<void> {
  await call.rx.waitForTone(hz, asLoudAsPrompts);
  t.pass(what);
}

void t.test('play: to all and to one, over the conference, at the loudness of the prompts', async (t) => {
  const number = newNumber();
  const id = await kazoo.conference({ conference_numbers: [number] });
  const calls = await meet(t, box, number, 3, (n) => ({ tone: [500, 700, 900][n]! }));
  await assertHears(t, calls, () => true, { timeoutMs: 15_000, message: 'everybody is heard' });

  t.match(await kazoo.act(id, '', 'play', { media_id: wavId }), { status: 202, data: 'ok' });
  await Promise.all(calls.map((call) => heard(t, call, wavHz, 'all hear the WAV file')));
  await assertHears(t, calls, () => true, { message: 'and each other' });
  await kazoo.act(id, '', 'lock');
  await hears(calls[0]!, 'conf-lock');
  await calls[0]!.rx.waitForNoTone(wavHz);
  await Promise.all(calls.map((call) => heard(t, call, wavHz, 'it made room for the box, and goes on')));
  await calls[0]!.rx.waitForNoTone(wavHz, { ms: 200 });

  const { data } = await kazoo.send('GET', `/conferences/${id}/participants`);
  const all = data as { participant_id: number; caller_id_number: string }[];
  const first = all.find((one) => one.caller_id_number === '200')?.participant_id ?? 0;
  t.equal(
    (await kazoo.act(id, `participants/${first}`, 'play', { media_id: `/media/${mp3Id}` })).status,
    202,
  );
  await heard(t, calls[0]!, mp3Hz, 'one hears the MP3 file');
  for (const other of calls.slice(1)) t.ok(other.rx.level(mp3Hz, { ms: 200 }) < 60, 'the others do not');
  await assertHears(t, calls, () => true, { message: 'and all hear each other' });
});

void t.test('sounds of a profile: by id, by URL, and the default where there is none', async (t) => {
  const [byId, byUrl, refused] = [newNumber(), newNumber(), newNumber()];
  await Promise.all([
    kazoo.conference({
      conference_numbers: [byId],
      play_entry_tone: `/media/${mp3Id}`,
      profile: { 'moh-sound': wavId, 'alone-sound': '' },
    }),
    kazoo.conference({
      conference_numbers: [byUrl],
      profile: {
        'alone-sound': `http://127.0.0.1:${port}/ring.wav`,
        'moh-sound': `http://127.0.0.1:${port}/nothing`,
      },
    }),
    kazoo.conference({
      conference_numbers: [refused],
      profile: { 'alone-sound': `http://127.0.0.2:${port}/ring.wav` },
    }),
  ]);
  await Promise.all([
    (async () => {
      const call = await dial(t, box, byId, { tone: 500 });
      await heard(t, call, wavHz, 'moh-sound');
      await dial(t, box, byId, { tone: 700 });
      await heard(t, call, mp3Hz, 'play_entry_tone');
    })(),
    (async () => {
      const call = await dial(t, box, byUrl);
      await heard(t, call, webHz, 'alone-sound of a web server');
      await hears(call, 'music');
      t.pass('the default where the web server has nothing');
    })(),
    (async () => {
      const call = await dial(t, box, refused);
      await hears(call, 'conf-alone');
      t.pass('the default where the address is not allowed');
    })(),
  ]);
  const whys = box
    .log()
    .filter(({ msg }) => msg === 'sound not found')
    .map(({ why }) => String(why));
  for (const why of [/answered 404/, /may not be fetched from 127.0.0.2/]) {
    t.ok(
      whys.some((one) => why.test(one)),
      `the log says why: ${why.source}`,
    );
  }
});

void t.test('a sound whose file is gone: the default, and a line in the log', async (t) => {
  const number = newNumber();
  await kazoo.conference({ conference_numbers: [number], profile: { 'alone-sound': wavId } });
  const folder = join(box.data, 'media');
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  const call = await dial(t, box, number);
  await hearsNext(call, 'conf-alone');
  const lines = box.log().filter(({ msg, sound }) => msg === 'sound not found' && sound === wavId);
  t.equal(lines.length, 1);
});
