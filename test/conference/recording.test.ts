// Who is told that a conference is being recorded, and when; and what the recorder hears.
import t from 'tap';
import { Conference, planMix, type Member } from '../../src/conference/index.js';
import { documentWith, type DocumentWish } from './documents.js';
import { FakeClock } from './fake-clock.js';

class Meeting {
  readonly conference: Conference;
  private lines: string[] = [];

  constructor(wish: DocumentWish = {}) {
    this.conference = new Conference({
      document: documentWith(wish),
      instanceId: 'i',
      clock: new FakeClock(),
    });
    this.conference.on('sound', ({ to, sound }) => {
      if (sound.kind !== 'prompt' || !sound.name.startsWith('conf-record')) return;
      this.lines.push(`${JSON.stringify(to)} ${sound.name.slice('conf-record_'.length)}`);
    });
  }

  join(role: Member['role'] = 'member'): Member {
    return this.conference.join({ callId: 'call', role, callerName: '', callerNumber: '1' });
  }

  begin(): void {
    this.conference.setRecorded(true, 'api');
    this.conference.announceRecording();
  }

  /** What was said of the recording since last asked. */
  said(): string[] {
    return this.lines.splice(0);
  }
}

void t.test('all are told when it begins and ends, and each who comes in between', (t) => {
  const meeting = new Meeting();
  meeting.join();
  meeting.join();
  t.ok(meeting.conference.setRecorded(true, 'api'));
  t.notOk(meeting.conference.setRecorded(true, 'api'), 'once');
  t.strictSame(meeting.said(), [], 'the recorder has to hear it first');
  meeting.conference.announceRecording();
  t.strictSame(meeting.said(), ['"all" started']);
  meeting.join();
  t.strictSame(meeting.said(), ['3 started']);
  meeting.conference.setMuted(3, true);
  t.strictSame(meeting.said(), [], 'once');
  meeting.conference.setRecorded(false);
  meeting.conference.announceRecording();
  t.strictSame(meeting.said(), ['"all" stopped']);
  meeting.join();
  t.strictSame(meeting.said(), []);
  t.end();
});

void t.test('who could not hear it is told as soon as they can', (t) => {
  const meeting = new Meeting({ wait_for_moderator: true });
  const { conference } = meeting;
  meeting.join();
  meeting.begin();
  meeting.join();
  t.strictSame(meeting.said(), [], 'they wait for the moderator');
  meeting.join('moderator');
  t.strictSame(meeting.said().sort(), ['1 started', '2 started', '3 started']);
  conference.setRecorded(false);
  conference.setPhoneHold(1, true);
  conference.setHeld(2, true);
  meeting.begin();
  t.strictSame(meeting.said(), ['"all" started']);
  conference.setMuted(3, true);
  conference.setPhoneHold(1, false);
  conference.setHeld(2, false);
  t.strictSame(meeting.said(), ['1 started', '2 started']);
  conference.setConferenceHeld(true);
  conference.setRecorded(false);
  meeting.begin();
  meeting.said();
  conference.setConferenceHeld(false);
  t.equal(meeting.said().length, 3);
  t.end();
});

void t.test('nobody is told where the document says so', (t) => {
  const meeting = new Meeting({ record_announce: false });
  meeting.join();
  meeting.begin();
  meeting.join();
  meeting.conference.setRecorded(false);
  meeting.conference.announceRecording();
  t.strictSame(meeting.said(), []);
  t.end();
});

void t.test('the recorder hears every source and the announcer, whatever relations say', (t) => {
  const meeting = new Meeting();
  const { conference } = meeting;
  for (let count = 0; count < 3; count++) meeting.join();
  t.notOk('recorder' in conference.plan());
  let stale = 0;
  conference.on('mix', () => (stale += 1));
  meeting.begin();
  t.equal(stale, 1);
  conference.setMuted(2, true);
  conference.relate(1, 3, 'deaf');
  t.strictSame(conference.plan().recorder, [
    { kind: 'member', id: 1 },
    { kind: 'member', id: 3 },
    { kind: 'announcer' },
  ]);
  conference.setRecorded(false);
  t.notOk('recorder' in conference.plan());
  t.strictSame(planMix({ members: [], recorded: true, options: { announcer: false } }).recorder, []);
  t.end();
});

void t.test('an ended conference is not recorded', (t) => {
  const meeting = new Meeting();
  meeting.join();
  meeting.conference.end();
  t.notOk(meeting.conference.setRecorded(true));
  meeting.conference.announceRecording();
  t.strictSame(meeting.said(), []);
  t.end();
});
