import t from 'tap';
import { MemberSounds } from '../../src/calls/member-sounds.js';
import { PlayRequest } from '../../src/calls/play-request.js';
import type { Sound } from '../../src/conference/index.js';
import { silentLog } from '../../src/log.js';
import type { Playback } from '../../src/rtp/index.js';

const music: Sound = { kind: 'music' };
const prompt = (name: string): Sound => ({ kind: 'prompt', name });

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

/** A member whose sounds end when the test says so; `heard` is what was begun, and what was stopped. */
function listening(failing: readonly string[] = []) {
  const heard: string[] = [];
  let finish: () => void = () => undefined;
  let interrupt: () => void = () => undefined;
  const sounds = new MemberSounds({
    files: (sound) => Promise.resolve([sound.kind === 'prompt' ? sound.name : sound.kind]),
    play: (files, repeat) => {
      const name = files.join();
      if (failing.includes(name)) return Promise.reject(new Error('no such file'));
      heard.push(repeat === Infinity ? `${name} for ever` : name);
      let end: (how: 'finished' | 'stopped') => void = () => undefined;
      const done = new Promise<'finished' | 'stopped'>((resolve) => (end = resolve));
      // What comes next ends it, as a phone's Player does.
      interrupt();
      interrupt = () => end('stopped');
      finish = () => end('finished');
      const playback: Playback = {
        durationMs: 0,
        done,
        stop: () => {
          heard.push(`${name} stopped`);
          end('stopped');
          return Promise.resolve();
        },
      };
      return Promise.resolve(playback);
    },
    log: silentLog,
  });
  return { sounds, heard, finish: async () => (finish(), settle()) };
}

void t.test('sounds come one after the other, and each tells its end', async (t) => {
  const { sounds, heard, finish } = listening();
  const ends: string[] = [];
  void sounds.play(prompt('a')).then(() => ends.push('a'));
  void sounds.play(prompt('b')).then(() => ends.push('b'));
  await settle();
  t.strictSame(heard, ['a']);
  await finish();
  t.strictSame([heard, ends], [['a', 'b'], ['a']]);
  await finish();
  t.strictSame(ends, ['a', 'b']);
});

void t.test('music makes room for a sound and comes back', async (t) => {
  const { sounds, heard, finish } = listening();
  sounds.setMusic(music);
  await settle();
  void sounds.play(prompt('a'));
  await settle();
  t.strictSame(heard, ['music for ever', 'a']);
  await finish();
  t.strictSame(heard, ['music for ever', 'a', 'music for ever']);
  sounds.setMusic(undefined);
  await settle();
  t.equal(heard.at(-1), 'music stopped', 'at once');
});

void t.test('music that is not wanted any more while a sound plays does not come back', async (t) => {
  const { sounds, heard, finish } = listening();
  void sounds.play(prompt('a'));
  await settle();
  sounds.setMusic(music);
  sounds.setMusic(undefined);
  await finish();
  t.strictSame(heard, ['a']);
});

void t.test('of a flood the newest are heard', async (t) => {
  const { sounds, heard, finish } = listening();
  for (const name of ['1', '2', '3', '4', '5', '6', '7']) void sounds.play(prompt(name));
  await settle();
  for (let n = 0; n < 7; n++) await finish();
  t.strictSame(heard, ['1', '4', '5', '6', '7']);
});

void t.test('a sound that cannot be played holds nothing up', async (t) => {
  const { sounds, heard } = listening(['bad']);
  await sounds.play(prompt('bad'));
  void sounds.play(prompt('good'));
  await settle();
  t.strictSame(heard, ['good']);
});

void t.test('at the end everything is stopped and told', async (t) => {
  const { sounds, heard } = listening();
  const ends: string[] = [];
  void sounds.play(prompt('a')).then(() => ends.push('a'));
  void sounds.play(prompt('b')).then(() => ends.push('b'));
  await settle();
  sounds.stop();
  await settle();
  t.strictSame(heard, ['a', 'a stopped']);
  t.strictSame(ends.sort(), ['a', 'b']);
  await sounds.play(prompt('c'));
  sounds.setMusic(music);
  await settle();
  t.strictSame(heard, ['a', 'a stopped']);
});

void t.test('what an API asks for pauses for a sound and goes before the music', async (t) => {
  const { sounds, heard, finish } = listening();
  sounds.setMusic(music);
  await settle();
  const play = new PlayRequest(Promise.resolve(['asked']), 1, silentLog);
  sounds.request(play);
  await settle();
  t.equal(await play.started, true);
  void sounds.play(prompt('a'));
  await settle();
  t.strictSame(heard, ['music for ever', 'asked', 'a'], 'the sound comes at once');
  await finish();
  t.strictSame(heard, ['music for ever', 'asked', 'a', 'asked']);
  await finish();
  t.equal(await play.done, 'finished');
  await settle();
  t.strictSame(heard, ['music for ever', 'asked', 'a', 'asked', 'music for ever']);
  sounds.stop();
});
