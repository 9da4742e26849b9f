// Sounds that the APIs ask for: one after the other, paused by others, stopped at any time.
import t from 'tap';
import { PlayQueue } from '../../src/calls/play-queue.js';
import { PlayRequest } from '../../src/calls/play-request.js';
import { silentLog } from '../../src/log.js';
import { FakeStage, settle } from './stage.js';

function request(file: string, turns = 1): PlayRequest {
  return new PlayRequest(Promise.resolve(file === '' ? [] : [file]), turns, silentLog);
}

/** A queue that has the stage whenever it wants it. */
function alone() {
  const stage = new FakeStage();
  const queue: PlayQueue = new PlayQueue({ begin: stage.begin, due: () => void queue.resume() });
  return { stage, queue };
}

void t.test('one after the other, and each tells when it begins and ends', async (t) => {
  const { stage, queue } = alone();
  const told: string[] = [];
  for (const name of ['a', 'b']) {
    const play = request(name);
    void play.started.then((heard) => told.push(`${name} ${heard ? 'began' : 'never began'}`));
    void play.done.then((end) => told.push(`${name} ${end}`));
    queue.add(play);
  }
  await settle();
  t.strictSame(stage.heard, ['a']);
  t.strictSame(told, ['a began']);
  await stage.finish();
  t.strictSame(stage.heard, ['a', 'b']);
  t.strictSame(told, ['a began', 'a finished', 'b began']);
  await stage.finish();
  t.equal(told.at(-1), 'b finished');
  t.equal(await queue.resume(), false);
});

void t.test('goes on where it was after another sound', async (t) => {
  const stage = new FakeStage();
  const queue = new PlayQueue({ begin: stage.begin, due: () => undefined });
  const play = request('a', 3);
  queue.add(play);
  await queue.resume();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await stage.interrupt();
  t.notOk(play.over);
  await queue.resume();
  t.strictSame(stage.heard, ['a x3', 'a goes on'], 'the turn that was begun');
  await stage.finish();
  await queue.resume();
  t.strictSame(stage.heard, ['a x3', 'a goes on', 'a x2'], 'then those that are left');
  await stage.finish();
  t.equal(await play.done, 'finished');
});

void t.test('an endless one is ended by the next', async (t) => {
  const { stage, queue } = alone();
  const [music, word] = [request('music', Infinity), request('word')];
  queue.add(music);
  await settle();
  queue.add(word);
  t.equal(await music.done, 'stopped');
  await settle();
  t.strictSame(stage.heard, ['music x1000000', 'music stopped', 'word']);
});

void t.test('stopped before its turn, while it plays, and after its end', async (t) => {
  const { stage, queue } = alone();
  const [a, b, c] = [request('a'), request('b'), request('c')];
  for (const play of [a, b, c]) queue.add(play);
  await settle();
  b.stop();
  t.strictSame([await b.started, await b.done], [false, 'stopped']);
  a.stop();
  t.strictSame([await a.started, await a.done], [true, 'stopped']);
  await settle();
  t.strictSame(stage.heard, ['a', 'a stopped', 'c']);
  a.stop();
  queue.stop();
  t.equal(await c.done, 'stopped');
  const late = request('late');
  queue.add(late);
  t.equal(await late.done, 'stopped');
});

void t.test('what cannot be played fails, and the next has its turn', async (t) => {
  const { stage, queue } = alone();
  const nothing = request('');
  queue.add(nothing);
  t.strictSame([await nothing.started, await nothing.done], [false, 'failed']);
  stage.failing = true;
  const bad = request('bad');
  queue.add(bad);
  t.equal(await bad.done, 'failed');
  stage.failing = false;
  const rejected = new PlayRequest(Promise.reject(new Error('gone')), 1, silentLog);
  queue.add(rejected);
  t.equal(await rejected.done, 'failed');
  const good = request('good');
  queue.add(good);
  t.equal(await good.started, true);
});

void t.test('too many that wait are not played', async (t) => {
  const { queue } = alone();
  const plays = Array.from({ length: 18 }, (_, n) => request(String(n)));
  for (const play of plays) queue.add(play);
  await settle();
  t.strictSame(
    plays.map(({ over }) => over),
    plays.map((_, n) => n === 17),
  );
});
