import t from 'tap';
import { Conference, type Sound } from '../../src/conference/index.js';
import { applyAction, type ActionName } from '../../src/dtmf/index.js';
import { documentWith, type DocumentWish } from '../conference/documents.js';
import { FakeClock } from '../conference/fake-clock.js';

function meeting(size = 2, wish: DocumentWish = {}) {
  const conference = new Conference({
    document: documentWith(wish),
    instanceId: 'i',
    clock: new FakeClock(),
  });
  for (let count = 1; count <= size; count++) {
    conference.join({
      callId: `call-${count}`,
      role: count === 1 ? 'moderator' : 'member',
      callerName: '',
      callerNumber: `+49 10${count}`,
    });
  }
  const answers: string[] = [];
  conference.on('sound', ({ to, sound }) => answers.push(`${String(to)}: ${spoken(sound)}`));
  const press = (name: ActionName, id = 2, data?: string) =>
    applyAction(conference, id, { name, ...(data !== undefined && { data }) });
  const state = (id = 2) => conference.member(id);
  return { conference, answers, press, state };
}

function spoken(sound: Sound): string {
  if (sound.kind === 'sequence') return sound.sounds.map(spoken).join(' ');
  return sound.kind === 'prompt' ? sound.name : sound.kind;
}

void t.test('0: mute toggle; who unmutes hears again', (t) => {
  const { press, state, answers, conference } = meeting();
  press('mute-toggle');
  t.ok(state()?.muted);
  press('mute-toggle');
  t.notOk(state()?.muted);
  conference.setVoice(2, { muted: true, deaf: true });
  press('mute-toggle');
  t.notOk(state()?.muted || state()?.deaf);
  t.strictSame(answers, [
    '2: conf-muted',
    '2: conf-unmuted',
    '2: conf-muted conf-deaf',
    '2: conf-unmuted conf-undeaf',
  ]);
  t.end();
});

void t.test('*: mute and deaf together, as the mute stands', (t) => {
  const { press, state, answers } = meeting();
  press('deaf-mute-toggle');
  t.ok(state()?.muted && state()?.deaf);
  press('deaf-mute-toggle');
  t.notOk(state()?.muted || state()?.deaf);
  press('deaf');
  press('deaf-mute-toggle');
  t.ok(state()?.muted && state()?.deaf);
  t.strictSame(answers, [
    '2: conf-muted conf-deaf',
    '2: conf-unmuted conf-undeaf',
    '2: conf-deaf',
    '2: conf-muted',
  ]);
  t.end();
});

void t.test('mute and deaf, on and off', (t) => {
  const { press, state, answers } = meeting();
  press('mute');
  press('mute');
  t.ok(state()?.muted);
  press('unmute');
  press('unmute');
  t.notOk(state()?.muted);
  press('deaf');
  t.ok(state()?.deaf);
  press('deaf');
  press('undeaf');
  press('undeaf');
  t.notOk(state()?.deaf);
  const twice = ['muted', 'unmuted', 'deaf', 'undeaf'].flatMap((what) =>
    Array<string>(2).fill(`2: conf-${what}`),
  );
  t.strictSame(answers, twice, 'every press is answered, also one that changes nothing');
  press('deaf-toggle');
  t.ok(state()?.deaf);
  t.end();
});

void t.test('#: leave', (t) => {
  const { press, conference } = meeting();
  const dismissed: unknown[] = [];
  conference.on('dismiss', ({ callId, reason, sound }) => dismissed.push([callId, reason, sound]));
  t.strictSame(press('leave'), { kind: 'done' });
  t.strictSame(dismissed, [['call-2', 'left', { kind: 'prompt', name: 'conf-goodbye' }]]);
  t.equal(conference.members.size, 1);
  t.strictSame(press('leave'), { kind: 'nothing' });
  t.end();
});

void t.test('1 to 6: levels, spoken, with an end', (t) => {
  const { press, state, answers } = meeting();
  for (let count = 0; count < 5; count++) press('talk-up');
  t.equal(state()?.talkLevel, 4);
  t.strictSame(answers.splice(0), ['2: digit-1', '2: digit-2', '2: digit-3', '2: digit-4', '2: digit-4']);
  press('talk-reset');
  press('talk-down');
  t.equal(state()?.talkLevel, -1);
  t.strictSame(answers.splice(0), ['2: digit-0', '2: negative digit-1']);
  press('listen-up');
  press('listen-down');
  press('listen-down');
  t.equal(state()?.listenLevel, -1);
  press('listen-reset');
  t.strictSame(answers.splice(0), ['2: digit-1', '2: digit-0', '2: negative digit-1', '2: digit-0']);
  t.end();
});

void t.test('7 to 9: the gate in steps of 200', (t) => {
  const { press, state, answers } = meeting(2, { profile: { 'energy-level': 300 } });
  press('sensitivity-down');
  t.equal(state()?.energyLevel, 500);
  press('sensitivity-reset');
  t.equal(state()?.energyLevel, 300);
  press('sensitivity-up');
  press('sensitivity-up');
  t.equal(state()?.energyLevel, 0);
  for (let count = 0; count < 10; count++) press('sensitivity-down');
  t.equal(state()?.energyLevel, 1800);
  t.strictSame(answers.slice(0, 4), ['2: digit-3', '2: digit-2', '2: digit-1', '2: digit-0']);
  t.equal(answers.at(-1), '2: digit-9');
  t.end();
});

void t.test('the lock is heard by all', (t) => {
  const { press, conference, answers } = meeting();
  t.strictSame(press('lock-toggle'), { kind: 'done' });
  t.ok(conference.locked);
  press('lock');
  press('unlock');
  t.notOk(conference.locked);
  t.strictSame(answers, ['all: conf-lock', '2: conf-lock', 'all: conf-unlock']);
  t.end();
});

void t.test('mute all', (t) => {
  const { press, state, answers } = meeting(3);
  press('mute-all-toggle', 1);
  t.equal(answers.at(-1), '1: conf-all_muted');
  t.ok(state(2)?.muted && state(3)?.muted && !state(1)?.muted);
  press('mute-all-toggle', 1);
  t.equal(answers.at(-1), '1: conf-all_unmuted');
  t.notOk(state(2)?.muted || state(3)?.muted);
  press('mute-all', 1);
  press('mute-all', 1);
  t.ok(state(2)?.muted);
  press('unmute-all', 1);
  t.notOk(state(2)?.muted);
  t.end();
});

void t.test('the last member is thrown out, not a moderator, nor who pressed', (t) => {
  const { press, conference } = meeting(3);
  conference.setRole(3, 'moderator');
  t.strictSame(press('kick-last', 1), { kind: 'done' });
  t.strictSame([...conference.members.keys()], [1, 3]);
  t.strictSame(press('kick-last', 1), { kind: 'nothing' });
  t.end();
});

void t.test('count and roll call are told to who asks', (t) => {
  const { press, answers } = meeting(11);
  press('count', 1);
  t.equal(answers[0], '1: digit-1 digit-1 conf-participants');
  t.strictSame(press('roll-call', 3), { kind: 'done' });
  t.equal(answers[1], '3: digit-1 digit-1 conf-participants');
  t.end();
});

void t.test('the floor and the music', (t) => {
  const { press, state, answers, conference } = meeting(3);
  press('mute', 2);
  press('raise-hand-toggle', 2);
  answers.length = 0;
  press('next-speaker', 1);
  t.notOk(state(2)?.muted);
  press('next-speaker', 1);
  t.ok(state(2)?.muted);
  t.strictSame(answers, [
    '2: conf-your_turn',
    '1: conf-next_speaker',
    '2: conf-muted',
    '1: conf-nobody_asks',
  ]);
  press('moh-toggle', 1);
  t.notOk(conference.music);
  press('moh-toggle', 1);
  t.ok(conference.music);
  t.end();
});

void t.test('a hand, the end, and what others must do', (t) => {
  const { press, state, conference } = meeting();
  press('raise-hand-toggle');
  t.ok(state()?.handRaised);
  press('raise-hand-toggle');
  t.notOk(state()?.handRaised);
  t.strictSame(press('record-toggle'), { kind: 'record-toggle' });
  t.strictSame(press('dial-out', 2, '4711'), { kind: 'dial-out', to: '4711' });
  t.strictSame(press('dial-out'), { kind: 'nothing' });
  t.strictSame(press('mute', 99), { kind: 'nothing' });
  press('end-conference');
  t.ok(conference.ended);
  t.end();
});
