// Who is talking, as the domain sees it.
import t from 'tap';
import { Conference } from '../../src/conference/index.js';
import { documentWith } from './documents.js';
import { FakeClock } from './fake-clock.js';

/** A conference of so many, and what was told of their talking. */
function talkers(count: number) {
  const conference = new Conference({
    document: documentWith(),
    instanceId: 'i',
    clock: new FakeClock(),
  });
  const told: string[] = [];
  conference.on('talk-started', ({ member }) => told.push(`+${member.id}`));
  conference.on('talk-stopped', ({ member }) => told.push(`-${member.id}`));
  for (let n = 1; n <= count; n++) {
    conference.join({
      callId: `c${n}`,
      role: 'member',
      callerName: '',
      callerNumber: '',
      flags: { mute: false },
    });
  }
  return { conference, speech: conference.speech, told };
}

void t.test('who is loud talks, told once', (t) => {
  const { conference, speech, told } = talkers(2);
  for (const loud of [true, true, false, false]) conference.heard(1, loud);
  conference.heard(7, true);
  t.same(told, ['+1', '-1']);
  t.same([...speech.talking], []);
  t.end();
});

void t.test('whom nobody can hear speaks in vain', (t) => {
  const { conference, speech, told } = talkers(2);
  conference.heard(1, true);
  conference.setMuted(1, true);
  t.same(told, ['+1', '-1']);
  t.ok(speech.inVain(1));
  conference.setMuted(1, false);
  t.notOk(speech.inVain(1));
  conference.setDeaf(1, true);
  t.ok(speech.talking.has(1), 'the deaf may talk');
  conference.setHeld(1, true);
  conference.setHeld(1, false);
  conference.setPhoneHold(1, true);
  conference.setPhoneHold(1, false);
  t.same(told, ['+1', '-1', '+1', '-1', '+1', '-1', '+1']);
  t.end();
});

void t.test('all at once, when the conference is muted or held', (t) => {
  const { conference, told } = talkers(2);
  conference.heard(1, true);
  conference.heard(2, true);
  conference.setConferenceMuted(true);
  conference.setConferenceHeld(true);
  conference.setConferenceMuted(false);
  conference.setConferenceHeld(false);
  t.same(told, ['+1', '+2', '-1', '-2', '+1', '+2']);
  t.end();
});

void t.test('the floor stays over a pause and passes to who talks then', (t) => {
  const { conference, speech } = talkers(3);
  t.equal(speech.floor, undefined);
  conference.heard(2, true);
  conference.heard(1, true);
  t.equal(speech.floor, 2, 'who began has it');
  conference.heard(2, false);
  t.equal(speech.floor, 1, 'who talks still gets it');
  conference.heard(1, false);
  t.equal(speech.floor, 1, 'a pause');
  conference.heard(3, true);
  t.equal(speech.floor, 3);
  conference.heard(1, true);
  conference.leave(3, 'hangup');
  t.equal(speech.floor, 1, 'who leaves gives it up');
  t.same([...speech.talking], [1]);
  conference.leave(1, 'hangup');
  t.equal(speech.floor, undefined);
  t.end();
});
