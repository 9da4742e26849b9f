import t from 'tap';
import { Keypad } from '../../src/calls/keypad.js';
import { Conference } from '../../src/conference/index.js';
import { documentWith } from '../conference/documents.js';
import { FakeClock } from '../conference/fake-clock.js';

function phone() {
  const clock = new FakeClock();
  const toReception: string[] = [];
  const keypad = new Keypad(clock, (digit) => toReception.push(digit));
  return { clock, keypad, toReception };
}

function conferenceWith(clock: FakeClock, wish = {}): Conference {
  return new Conference({ document: documentWith(wish), instanceId: 'i', clock });
}

const caller = { callerName: '', callerNumber: '201' };

void t.test('keys go to reception, each press once, and nothing but keys', async (t) => {
  const { clock, keypad, toReception } = phone();
  keypad.pressed('1', 'rtp', 100);
  keypad.pressed('1', 'info', 100);
  clock.advance(1000);
  keypad.pressed('1', 'info');
  keypad.pressed('!', 'rtp');
  keypad.pressed('12', 'rtp');
  t.strictSame(toReception, ['1', '1']);
});

void t.test('a member: keys are buttons of its group, which changes with its role', async (t) => {
  const { clock, keypad, toReception } = phone();
  const conference = conferenceWith(clock, {
    controls: { boss: [{ action: 'lock', digits: '0' }] },
    moderator_controls: 'boss',
  });
  const member = conference.join({ ...caller, callId: 'a', role: 'member' });
  keypad.control(conference, member.id, 0);
  keypad.pressed('0', 'rtp');
  t.ok(member.muted);
  t.strictSame(toReception, []);
  conference.setRole(member.id, 'moderator');
  clock.advance(1000);
  keypad.pressed('0', 'rtp');
  t.ok(conference.locked);
});

void t.test('the # that still belongs to the PIN does not hang up, the next one does', async (t) => {
  const { clock, keypad } = phone();
  const conference = conferenceWith(clock);
  const member = conference.join({ ...caller, callId: 'a', role: 'member' });
  keypad.control(conference, member.id, clock.now() + 3000);
  keypad.pressed('#', 'rtp');
  t.ok(conference.member(member.id));
  clock.advance(500);
  keypad.pressed('#', 'rtp');
  t.equal(conference.member(member.id), undefined);
});

void t.test('a document that changes brings its keys', async (t) => {
  const { clock, keypad } = phone();
  const conference = conferenceWith(clock);
  const member = conference.join({ ...caller, callId: 'a', role: 'member' });
  keypad.control(conference, member.id, 0);
  conference.setDocument(documentWith({ caller_controls: 'none' }));
  keypad.pressed('0', 'rtp');
  t.notOk(member.muted);
});

void t.test('every key is told to who listens, also the buttons', async (t) => {
  const clock = new FakeClock();
  const heard: string[] = [];
  const keypad = new Keypad(
    clock,
    () => undefined,
    (digit) => heard.push(digit),
  );
  const conference = conferenceWith(clock);
  const member = conference.join({ callId: 'c', role: 'member', ...caller });
  keypad.pressed('1', 'rtp');
  keypad.control(conference, member.id, 0);
  keypad.pressed('0', 'rtp');
  keypad.pressed('x', 'rtp');
  t.same(heard, ['1', '0']);
  keypad.stop();
});
