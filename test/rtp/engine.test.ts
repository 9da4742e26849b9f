import { once } from 'node:events';
import t from 'tap';
import { silentLog } from '../../src/log.js';
import { EngineDownError, MediaEngine } from '../../src/rtp/index.js';
import { addAll, Box, listen, mesh, plan, toneOf, until, type Caller } from './box.js';
import { soundFile } from './sounds.js';

interface Rebuilt {
  readonly ms: number;
  readonly ingresses: number;
  readonly rooms: number;
}

function rebuilt(box: Box): Promise<Rebuilt> {
  return once(box.engine, 'rebuilt').then(([event]) => event as Rebuilt);
}

void t.test('killed and back: twenty members hear each other again on the same ports', async (t) => {
  const box = await Box.open(t);
  const callers = await box.dialMany(20, { amplitude: 1000 });
  const room = box.engine.createRoom('big');
  addAll(room, callers);
  await room.apply(mesh(20));
  const ports = callers.map((caller) => caller.ingress.localSdp);
  let reinvites = 0;
  for (const { ingress } of callers) ingress.on('reinvite-needed', () => reinvites++);
  await listen(400);
  for (const { phone } of callers) phone.clear();
  await listen(100);
  const back = rebuilt(box);
  await box.server.restart();
  const event = await back;
  t.match(event, { ingresses: 20, rooms: 1 });
  t.ok(event.ms < 1000, `${event.ms} ms`);
  await until('they hear each other', () =>
    callers.every(({ phone }, n) =>
      callers.every((_, other) => other === n || phone.level(toneOf(other)) > 750),
    ),
  );
  const silence = Math.max(...callers.map(({ phone }) => phone.longestGap()));
  t.ok(silence < 2000, `${Math.round(silence)} ms of silence, rebuilt in ${event.ms} ms`);
  t.comment(`${Math.round(silence)} ms of silence, rebuilt in ${event.ms} ms`);
  for (const [n, { phone }] of callers.entries()) {
    t.ok(phone.level(toneOf(n)) < 200, `member ${n + 1} does not hear itself`);
  }
  t.equal(reinvites, 0, 'no phone notices more than silence');
  t.same(
    callers.map((caller) => caller.ingress.localSdp),
    ports,
  );
});

void t.test('buses, sounds, hold and a key that must be told come back too', async (t) => {
  const box = await Box.open(t);
  const talkers = await box.dialMany(2);
  const listener = await box.dial({ codec: 'PCMA', tone: 900 });
  const waiting = await box.dial({ tone: 1000 });
  const holding = await box.dial({ tone: 1100 });
  const secure = await box.dial({ tone: 1200, secure: true });
  const callers = [...talkers, listener];
  const room = box.engine.createRoom('bus');
  addAll(room, callers);
  await room.apply({
    buses: [{ id: 'b', inputs: [1, 2].map((id) => ({ kind: 'member', id })) }],
    hearers: [
      { id: 1, hears: [{ from: { kind: 'member', id: 2 }, gain: 0 }], forward: false },
      { id: 2, hears: [{ from: { kind: 'member', id: 1 }, gain: 0 }], forward: false },
      { id: 3, hears: [{ from: { kind: 'bus', id: 'b' }, gain: 0 }], forward: true },
    ],
    bends: [],
  });
  const music = await waiting.ingress.play(soundFile(1500, 300), { repeat: Infinity });
  const prompt = await secure.ingress.play([soundFile(1600, 500), soundFile(1700, 3000)]);
  await holding.ingress.reoffer(holding.phone.sdp(undefined, ['a=sendonly']));
  await listen(700);
  const back = rebuilt(box);
  const reinvite = once(secure.ingress, 'reinvite-needed') as Promise<[string]>;
  await box.server.restart();
  const [sdp] = await reinvite;
  await back;
  t.equal(sdp, secure.ingress.localSdp);
  t.match(sdp, / 2 IN IP4 /, 'a new version of the session');
  secure.phone.talkTo(sdp);
  await secure.ingress.acceptAnswer(secure.phone.secureSdp());
  const heard = (caller: Caller, ...tones: readonly number[]) =>
    tones.every((tone) => caller.phone.level(tone) > 2500);
  await until('the bus', () => heard(listener, toneOf(0), toneOf(1)));
  await until('the music', () => heard(waiting, 1500));
  await until('the second prompt, encrypted', () => heard(secure, 1700));
  t.ok(secure.phone.level(1600) < 300, 'not from the beginning');
  t.equal(holding.ingress.phoneHold, true);
  t.equal(await prompt.done, 'finished');
  await music.stop();
  t.equal(await music.done, 'stopped');
});

void t.test('commands given while it is away are carried out by the rebuild', async (t) => {
  const box = await Box.open(t, {}, { pingMs: 100 });
  const callers = await box.dialMany(3);
  const [a, b, c] = callers as [Caller, Caller, Caller];
  const room = box.engine.createRoom('away');
  addAll(room, [a, b]);
  await room.apply(mesh(2));
  const down = once(box.engine, 'down');
  await box.server.kill();
  await down;
  t.equal(box.engine.up, false);
  room.add(3, c.ingress);
  const applied = room.apply(mesh(3));
  const played = a.ingress.play(soundFile(1500, 2000));
  const released = b.ingress.release();
  await released;
  const newcomer = box.engine.createIngress('new');
  // It is described as the first phone, which must not hear a second stream: so it holds the call.
  const answered = newcomer.answer(a.phone.sdp(undefined, ['a=sendonly']));
  const back = rebuilt(box);
  box.server.launch();
  await Promise.all([back, applied, played, answered]);
  await until(
    'the newcomer and the sound',
    () => a.phone.level(toneOf(2)) > 2500 && a.phone.level(1500) > 2500,
  );
  t.ok(a.phone.level(toneOf(1)) < 100, 'who left is gone');
  await newcomer.release();
  t.equal((await box.engine.ng.list(300)).filter((id) => id.includes('-i-')).length, 2);
});

void t.test(
  'a hang is noticed, commands fail in bounded time, and nothing is lost when it goes on',
  async (t) => {
    const box = await Box.open(t, {}, { pingMs: 100, pingTimeoutMs: 100, waitMs: 300 });
    const callers = await box.dialMany(2);
    const room = box.engine.createRoom('hang');
    addAll(room, callers);
    await room.apply(mesh(2));
    const down = once(box.engine, 'down');
    box.server.signal('SIGSTOP');
    await down;
    await t.rejects(room.apply(plan({ 1: [], 2: [1] })), EngineDownError);
    const up = once(box.engine, 'up');
    box.server.signal('SIGCONT');
    await up;
    const [a, b] = callers as [Caller, Caller];
    await until(
      'the plan is carried out all the same',
      () => a.phone.level(toneOf(1)) < 100 && b.phone.level(toneOf(0)) > 2500,
    );
    t.equal(box.engine.epoch, 1, 'that was no restart');
  },
);

void t.test('calls that an earlier run left behind are deleted, those of others are not', async (t) => {
  const box = await Box.open(t, {}, { box: 'ours' });
  const make = (name: string) =>
    new MediaEngine({
      ng: { host: '127.0.0.1', port: box.server.ngPort },
      address: '127.0.0.1',
      layout: { ...box.server.layout, slots: box.server.layout.slots.slice(-3) },
      log: silentLog,
      box: name,
    });
  const theirs = make('theirs');
  await theirs.start();
  const caller = (await box.dialMany(1))[0] as Caller;
  await theirs.createIngress('their call').answer(caller.phone.sdp());
  const before = await box.engine.ng.list(300);
  t.equal(before.length, 4, 'two canaries and two calls');
  // As after a crash of the box: another engine of the same name, with nothing in its memory.
  const again = make('ours');
  await again.start();
  const after = await again.ng.list(300);
  t.equal(after.length, 3);
  t.equal(after.filter((id) => id.endsWith('their call')).length, 1);
  t.equal(again.ingressIdOf(caller.ingress.id), caller.ingress.callId);
  t.equal(theirs.ingressIdOf(caller.ingress.id), undefined);
  await again.stop();
  await theirs.stop();
});

void t.test('start fails when nobody answers', async (t) => {
  const engine = new MediaEngine({
    ng: { host: '127.0.0.1', port: 9 },
    address: '127.0.0.1',
    layout: { slots: [], inner: 'inner' },
    log: silentLog,
    startTimeoutMs: 200,
  });
  await t.rejects(engine.start(), EngineDownError);
  await engine.stop();
});
