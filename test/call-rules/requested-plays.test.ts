// Sounds that the APIs ask for in a running conference: to whom, and when they end.
import t from 'tap';
import { ConferenceControl } from '../../src/calls/index.js';
import { RunningConference } from '../../src/calls/running-conference.js';
import type { RunningConferences } from '../../src/calls/running-conferences.js';
import type { SoundFiles } from '../../src/calls/sound-files.js';
import { Conference, type Sound } from '../../src/conference/index.js';
import { silentLog } from '../../src/log.js';
import type { Ingress, Room } from '../../src/rtp/index.js';
import { FakeClock } from '../conference/fake-clock.js';
import { documentOf } from '../store/scratch.js';
import { FakeStage, settle } from './stage.js';

const tone = (text: string): Sound => ({ kind: 'tone', tone: text });

/** A conference with so many members and no sounds of its own; each place where sounds are played by itself. */
function meeting(members: number) {
  const stages = new Map<unknown, FakeStage>();
  const stage = (target: unknown): FakeStage => {
    const known = stages.get(target) ?? new FakeStage();
    stages.set(target, known);
    return known;
  };
  const room = {
    add: () => undefined,
    remove: () => Promise.resolve(),
    apply: () => Promise.resolve(),
    close: () => Promise.resolve(),
    taps: { listen: () => Promise.resolve(), energyOf: () => 0, reviewLevel: () => undefined },
    play: (target: unknown, files: string[], { repeat = 1, startAtMs = 0 }) =>
      stage(target).begin(files, { repeat, startAtMs }),
  } as unknown as Room;
  const sounds = {
    files: (sound: Sound) => Promise.resolve(sound.kind === 'tone' ? [sound.tone] : []),
  } as unknown as SoundFiles;
  const clock = new FakeClock(0);
  const document = documentOf({ profile_name: 'page', play_welcome: false });
  const conference = new Conference({ document, instanceId: 'i', clock });
  const running = new RunningConference({
    id: 'c',
    conference,
    room,
    sounds,
    clock,
    log: silentLog,
    onHeard: () => undefined,
    onEnded: () => undefined,
  });
  const ids = Array.from({ length: members }, (_, n) => {
    const call = { id: `call-${n}`, ingress: { phoneHold: false } as Ingress, sayGoodbye: () => undefined };
    return running.join(call, { role: 'member', callerName: '', callerNumber: '' }).id;
  });
  const control = new ConferenceControl({
    get: (id: string) => (id === 'c' ? running : undefined),
  } as Pick<RunningConferences, 'get'>);
  return { control, running, ids, stage };
}

void t.test('to all and to one, at the same time, each with its end', async (t) => {
  const { control, ids, stage } = meeting(2);
  const all = control.play('c', 'all', tone('all'), 2);
  const one = control.play('c', ids[1]!, tone('one'));
  await settle();
  t.strictSame([stage('all').heard, stage(ids[0]).heard, stage(ids[1]).heard], [['all x2'], [], ['one']]);
  t.equal(await all?.started, true);
  await stage(ids[1]).finish();
  t.equal(await one?.done, 'finished');
  control.stopPlaying('c', 'all');
  t.equal(await all?.done, 'stopped');
  t.strictSame(stage('all').heard, ['all x2', 'all stopped']);
});

void t.test('nobody to play to', (t) => {
  const { control } = meeting(1);
  t.equal(control.play('other', 'all', tone('a')), undefined);
  t.equal(control.play('c', 9, tone('a')), undefined);
  control.stopPlaying('other', 'all');
  control.stopPlaying('c', 9);
  t.end();
});

void t.test('it ends with the member and with the conference', async (t) => {
  const { control, running, ids } = meeting(2);
  const one = control.play('c', ids[0]!, tone('one'), Infinity);
  const all = control.play('c', 'all', tone('all'), Infinity);
  await settle();
  running.leave(ids[0]!, 'hangup');
  t.equal(await one?.done, 'stopped');
  running.leave(ids[1]!, 'hangup');
  t.equal(await all?.done, 'stopped');
});
