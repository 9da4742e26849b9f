// Recordings as who downloads them hears them: every voice and the announcement at their level and their time, whatever
// dies meanwhile. Tones are measured in the WAV file as they are at a phone.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { amplitude, windowed } from '../phone/goertzel.js';
import { now } from '../phone/rtp-clock.js';
import { readWav } from '../phone/wav.js';
import { Box } from './box.js';
import { dial, hears, hearsNext, newNumber } from './callers.js';
import { adminPassword, KazooClient } from './kazoo-client.js';
import { soundHz } from './tone-sounds.js';

const box = await Box.start({ env: { PARTYLINE_ADMIN_PASSWORD: adminPassword } });
t.teardown(() => box.stop());
const kazoo = await KazooClient.login(box);
const folder = join(box.data, 'recordings');
const full = 3000;
/** What the jitter buffers on the way may add on a busy machine, ms (audio-buffer-length in rtpengine-config). */
const latest = 200;

interface Listed {
  readonly id: string;
  readonly conference_id: string;
  readonly duration_ms: number;
  readonly state: string;
  readonly origin: string;
  readonly bytes: number;
}

async function recordingOf(client: KazooClient, conference: string): Promise<Listed> {
  const { data } = await client.send('GET', `/recordings?filter_conference_id=${conference}`);
  const [recording, ...others] = data as Listed[];
  if (!recording || others.length > 0) throw new Error(JSON.stringify(data));
  return recording;
}

/** A recording that can be listened to. */
class Sound {
  private readonly samples: Int16Array;
  private readonly rate: number;
  readonly ms: number;

  constructor(file: Buffer) {
    ({ samples: this.samples, rate: this.rate } = readWav(file));
    this.ms = (this.samples.length * 1000) / this.rate;
  }

  /** Level of a tone in the window that begins at `from`, ms. */
  level(hz: number, from: number, ms = 200): number {
    const start = Math.round((from * this.rate) / 1000);
    const part = this.samples.subarray(start, start + Math.round((ms * this.rate) / 1000));
    return amplitude(windowed(part), hz, this.rate);
  }

  /** Where a tone begins, ms from the start and to 10 ms; undefined = nowhere. */
  onset(hz: number, from = 0): number | undefined {
    for (let at = from; at + 40 <= this.ms; at += 10) if (this.level(hz, at, 40) > full / 2) return at + 20;
    return undefined;
  }

  has(hz: number, from: number): boolean {
    const level = this.level(hz, from);
    return level > full * 0.9 && level < full * 1.1;
  }

  /** All of these at their level at once, somewhere in that second: a packet may be late on a busy machine. */
  hasAll(hz: readonly number[], from: number): boolean {
    for (let at = from; at < from + 1000 && at + 200 <= this.ms; at += 20) {
      if (hz.every((tone) => this.has(tone, at))) return true;
    }
    return false;
  }
}

void t.test('begun by the API: every voice and the announcement, over a restart of rtpengine', async (t) => {
  const number = newNumber();
  const id = await kazoo.conference({ conference_numbers: [number], name: 'Board' });
  t.match(await kazoo.act(id, '', 'record', { action: 'start' }), { status: 404 }, 'nobody is in it');
  const [a, b, c] = await Promise.all([
    dial(t, box, number, { tone: 500, codecs: ['PCMU'] }),
    dial(t, box, number, { tone: 700, codecs: ['G722'] }),
    dial(t, box, number, { tone: 900, codecs: ['PCMA'] }),
  ]);
  await Promise.all(
    [a, b, c].map((call) => call.rx.waitForTone(call === a ? 900 : 500, { min: 2700, ms: 300 })),
  );
  const asked = now();
  const told = Promise.all([a, b, c].map((call) => hears(call, 'conf-record_started')));
  t.match(await kazoo.act(id, '', 'record', { action: 'start' }), {
    status: 202,
    data: 'starting recording',
  });
  const answered = now();
  t.match(await kazoo.act(id, '', 'record', { action: 'start' }), { status: 202 }, 'once is enough');
  await told;
  const changed = await a.setTone(1100);
  await b.rx.waitForTone(1100, { min: 2700, ms: 200 });
  const late = await dial(t, box, number, { tone: 1300 });
  await hears(late, 'conf-record_started');

  const killed = now();
  process.kill(box.pid('rtpengine'), 'SIGKILL');
  await b.rx.waitForTone(1300, { min: 2700, ms: 200, since: killed + 100, timeoutMs: 10_000 });
  const changedAgain = await c.setTone(1000);
  await b.rx.waitForTone(1000, { min: 2700, ms: 300 });
  // Each voice is back in its own time.
  for (const hz of [700, 1000, 1100]) await late.rx.waitForTone(hz, { min: 2700, ms: 300 });

  const stopped = now();
  t.match(await kazoo.act(id, '', 'record', { action: 'stop' }), { status: 202, data: 'stopping recording' });
  const listed = await recordingOf(kazoo, id);
  t.match(listed, { state: 'finished', origin: 'api', name: 'Board', media_type: 'wav' });
  const file = await kazoo.download(`/recordings/${listed.id}`);
  t.equal(file.length, listed.bytes);
  const sound = new Sound(file);
  t.ok(Math.abs(sound.ms - listed.duration_ms) < 2);
  t.ok(
    sound.ms > stopped - answered - 100 && sound.ms < now() - asked,
    `${Math.round(sound.ms)} ms of ${Math.round(stopped - answered)}`,
  );
  const announced = sound.onset(soundHz('conf-record_started')) ?? NaN;
  t.ok(announced < 1000, `the announcement is in it, from ${announced} ms on`);
  const atFirst = [soundHz('conf-record_started'), 500, 700, 900];
  t.ok(sound.hasAll(atFirst, announced), 'at its level, with every voice at its own');

  const onset = sound.onset(1100) ?? NaN;
  t.ok(
    onset > changed - answered - 40 && onset < changed - asked + latest,
    `a change ${Math.round(changed - asked)} ms after it began is heard at ${onset} ms`,
  );
  t.notOk(sound.has(500, onset + 100), 'the old tone is gone');
  const again = sound.onset(1000) ?? NaN;
  t.ok(
    Math.abs(again - onset - (changedAgain - changed)) < latest,
    `times hold over the restart: ${Math.round(changedAgain - changed)} ms apart, ${again - onset} in the file`,
  );
  t.ok(
    sound.hasAll([700, 1000, 1100, 1300], Math.max(again, sound.ms - 1000)),
    'every voice after the restart',
  );

  t.match(await kazoo.send('DELETE', `/recordings/${listed.id}`), { status: 200 });
  t.match(await kazoo.send('GET', `/recordings/${listed.id}`), { status: 404 });
  t.strictSame(readdirSync(folder), [], 'the file is gone too');
});

void t.test('begun by a key: the application is killed, and the file is whole', async (t) => {
  const [spoken, secret] = [newNumber(), newNumber()];
  const controls = { mine: [{ action: 'record', digits: '9' }] };
  const [id, hidden] = await Promise.all([
    kazoo.conference({
      conference_numbers: [spoken],
      controls,
      moderator_controls: 'mine',
      caller_controls: 'none',
      moderator: { pins: ['1'] },
    }),
    kazoo.conference({ conference_numbers: [secret], record: true, record_announce: false }),
  ]);
  const moderator = await dial(t, box, spoken, { tone: 500, user: '201' });
  await hears(moderator, 'conf-enter_conf_pin');
  await moderator.press('1#');
  const member = await dial(t, box, spoken, { tone: 700 });
  await hears(member, 'conf-enter_conf_pin');
  await member.press('#');
  const [x, y] = await Promise.all([
    dial(t, box, secret, { tone: 500 }),
    dial(t, box, secret, { tone: 700 }),
  ]);
  await Promise.all([
    member.rx.waitForTone(500, { min: 2700, ms: 200 }),
    y.rx.waitForTone(500, { min: 2700, ms: 200 }),
    x.rx.waitForTone(700, { min: 2700, ms: 200 }),
  ]);
  await member.press('9');
  await moderator.press('9');
  await hearsNext(member, 'conf-record_started');
  const begun = now();
  t.match(await recordingOf(kazoo, id), { origin: '201', state: 'recording' });
  t.match(await recordingOf(kazoo, hidden), { origin: 'conference', state: 'recording' });
  t.equal(y.rx.level(soundHz('conf-record_started')) < 60, true, 'nobody is told where the document says so');

  const changed = await moderator.setTone(1100);
  await member.rx.waitForTone(1100, { min: 2700, ms: 1500 });
  process.kill(box.pid('application'), 'SIGKILL');
  const killed = now();
  for (const name of readdirSync(folder))
    t.equal(statSync(join(folder, name)).mode & 0o077, 0, 'closed to others');

  await moderator.ended();
  await box.well();
  const client = await KazooClient.login(box);
  const listed = await recordingOf(client, id);
  t.equal(listed.state, 'interrupted');
  const sound = new Sound(await client.download(`/recordings/${listed.id}`));
  t.ok(Math.abs(sound.ms - listed.duration_ms) < 2);
  t.ok(
    sound.ms > killed - begun - 1000,
    `${Math.round(sound.ms)} ms of at least ${Math.round(killed - begun)}`,
  );
  const onset = sound.onset(1100) ?? NaN;
  t.ok(sound.ms - onset > killed - changed - 1000, 'whole up to the last second');
  t.ok(sound.hasAll([700, 1100], sound.ms - 500), 'both voices to the end');
  const untold = new Sound(await client.download(`/recordings/${(await recordingOf(client, hidden)).id}`));
  t.ok(untold.hasAll([500, 700], untold.ms - 500), 'both voices where nobody was told');
});
