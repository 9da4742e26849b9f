import t from 'tap';
import { NgError } from '../../src/rtp/index.js';
import { Player, type Stage } from '../../src/rtp/playback.js';
import { soundFile } from './sounds.js';
import { until } from './box.js';

interface FakeStage extends Stage {
  readonly played: { file: string; start: number; times: number; at: number }[];
  stops: number;
}

/** Each file lasts `length` ms. */
function stage(length: number): FakeStage {
  const fake: FakeStage = {
    played: [],
    stops: 0,
    play(file, start, times) {
      if (file === 'missing') {
        return Promise.reject(
          new NgError('play media', 'rejected', 'Failed to start media playback from file'),
        );
      }
      fake.played.push({ file, start, times, at: performance.now() });
      return Promise.resolve(length);
    },
    stop() {
      fake.stops += 1;
      return Promise.resolve();
    },
  };
  return fake;
}

const files = (fake: FakeStage) => fake.played.map(({ file }) => file);

void t.test('a sequence goes on exactly when a file ends, as often as asked', async (t) => {
  const fake = stage(40);
  const player = new Player(fake, (error) => t.fail(String(error)));
  const playback = await player.play(['a', 'b'], { repeat: 2 });
  t.equal(playback.durationMs, 160);
  t.ok(player.playing);
  t.equal(await playback.done, 'finished');
  t.same(files(fake), ['a', 'b', 'a', 'b']);
  for (const [n, { at }] of fake.played.entries()) {
    t.ok(Math.abs(at - (fake.played[0]?.at ?? 0) - 40 * n) < 30, `file ${n}`);
  }
  t.notOk(player.playing);
  t.equal(fake.stops, 0, 'it stops by itself');
});

void t.test('one file is repeated by rtpengine', async (t) => {
  const fake = stage(20);
  const player = new Player(fake, (error) => t.fail(String(error)));
  const playback = await player.play('a', { repeat: 3 });
  t.equal(playback.durationMs, 60);
  t.equal(await playback.done, 'finished');
  t.match(fake.played, [{ file: 'a', times: 3 }]);
  const endless = await player.play('b', { repeat: Infinity });
  t.equal(endless.durationMs, Infinity);
  t.match(fake.played[1], { file: 'b', times: 1_000_000 });
  await endless.stop();
  t.equal(await endless.done, 'stopped');
});

void t.test('the next sound ends the last, and stopping an old one does not stop the new', async (t) => {
  const fake = stage(5000);
  const player = new Player(fake, (error) => t.fail(String(error)));
  const first = await player.play('a');
  const second = await player.play('b');
  t.equal(await first.done, 'stopped');
  await first.stop();
  t.equal(fake.stops, 0);
  await second.stop();
  t.equal(fake.stops, 1);
  t.equal(await second.done, 'stopped');
  await player.stop();
  t.equal(fake.stops, 1, 'nothing plays any more');
});

void t.test('nothing to play is over at once', async (t) => {
  const playback = await new Player(stage(10), () => undefined).play([]);
  t.equal(await playback.done, 'finished');
  await playback.stop();
});

void t.test(
  'a first file that cannot be played is told to the caller, a later one is passed over',
  async (t) => {
    const fake = stage(20);
    const failures: unknown[] = [];
    const player = new Player(fake, (error) => failures.push(error));
    await t.rejects(player.play('missing'), NgError);
    t.notOk(player.playing);
    const playback = await player.play(['a', 'missing', 'c']);
    t.equal(await playback.done, 'finished');
    t.same(files(fake), ['a', 'c']);
    t.equal(failures.length, 1);
  },
);

void t.test('after a restart it goes on where it was, by samples; a loop begins anew', async (t) => {
  const fake = stage(10_000);
  const player = new Player(fake, (error) => t.fail(String(error)));
  const wav = soundFile(440, 100);
  await player.play(wav, { startAtMs: 5000 });
  t.equal(fake.played[0]?.start, 80_000, '16 kHz');
  await player.resume();
  const start = fake.played[1]?.start ?? 0;
  t.ok(start >= 80_000 && start < 84_000, `${start}`);
  await player.play('no-wav.mp3', { startAtMs: 5000 });
  t.equal(fake.played[2]?.start, 0, 'where samples cannot be counted it begins anew');
  await player.play(wav, { repeat: Infinity });
  await player.resume();
  t.match(fake.played[4], { start: 0, times: 1_000_000 });
  await player.stop();
  await player.resume();
  t.equal(fake.played.length, 5, 'what was stopped stays so');
});

void t.test('when rtpengine vanishes in a sequence it waits for resume()', async (t) => {
  const fake = stage(30);
  const player = new Player(fake, (error) => t.fail(String(error)));
  const playback = await player.play(['a', 'b']);
  let asked = false;
  const { play } = fake;
  fake.play = () => {
    asked = true;
    return Promise.reject(new NgError('play media', 'unreachable', 'gone'));
  };
  await until('the second was asked for', () => asked);
  t.ok(player.playing);
  fake.play = play;
  await player.resume();
  t.equal(await playback.done, 'finished');
  t.same(files(fake), ['a', 'b']);
});
