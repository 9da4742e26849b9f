import t from 'tap';
import { Conference, type Sound } from '../../src/conference/index.js';
import { rollCall } from '../../src/dtmf/roll-call.js';
import { documentWith } from '../conference/documents.js';
import { FakeClock } from '../conference/fake-clock.js';

function meeting(...names: (string | undefined)[]): Conference {
  const conference = new Conference({
    document: documentWith({}),
    instanceId: 'i',
    clock: new FakeClock(),
  });
  names.forEach((name, n) =>
    conference.join({
      callId: `call-${n}`,
      role: 'member',
      callerName: '',
      callerNumber: '',
      ...(name !== undefined && { name: { kind: 'media', id: name } }),
    }),
  );
  return conference;
}

function spoken(sound: Sound | undefined): string {
  if (!sound) return '';
  if (sound.kind === 'sequence') return sound.sounds.map(spoken).join(' ');
  if (sound.kind === 'silence') return '…';
  return sound.kind === 'prompt' ? sound.name : sound.kind === 'media' ? sound.id : sound.kind;
}

void t.test('the number of people; before it the names that were recorded', (t) => {
  t.equal(spoken(rollCall(meeting(undefined))), 'digit-1 conf-participant');
  t.equal(spoken(rollCall(meeting(undefined, undefined))), 'digit-2 conf-participants');
  t.equal(spoken(rollCall(meeting('ann', undefined, 'bob'))), 'ann … bob … digit-3 conf-participants');
  const ghost = meeting('ann');
  ghost.join({
    callId: 'ghost',
    role: 'member',
    callerName: '',
    callerNumber: '',
    name: { kind: 'media', id: 'boo' },
    flags: { ghost: true },
  });
  t.equal(spoken(rollCall(ghost)), 'ann … digit-1 conf-participant');
  t.end();
});

void t.test('who asks to speak, in their order', (t) => {
  const conference = meeting('ann', undefined, 'bob');
  const call = 'ann … bob … digit-3 conf-participants …';
  conference.setHandRaised(2, true);
  t.equal(spoken(rollCall(conference)), `${call} conf-somebody_asks`);
  conference.setHandRaised(3, true);
  conference.setHandRaised(1, true);
  t.equal(spoken(rollCall(conference)), `${call} digit-3 conf-ask_to_speak … bob … ann`);
  t.end();
});

void t.test('no more names than anybody listens to', (t) => {
  const sound = spoken(rollCall(meeting(...Array.from({ length: 30 }, () => 'x'))));
  t.equal(sound.match(/x/g)?.length, 20);
  t.match(sound, /digit-3 digit-0 conf-participants$/);
  t.end();
});
