// One test for each rule of the conference, in the order of the source; more than 400 lines, as the source is.
import t from 'tap';
import {
  Conference,
  expandPlan,
  prompt,
  type ConferenceEvents,
  type JoinOptions,
  type Member,
  type Sound,
} from '../../src/conference/index.js';
import { documentWith, type DocumentWish } from './documents.js';
import { FakeClock } from './fake-clock.js';

const quiet: DocumentWish = {
  play_entry_tone: false,
  play_exit_tone: false,
  member: { play_entry_prompt: false },
  profile: { 'alone-sound': '', 'moh-sound': '', 'muted-sound': '', 'unmuted-sound': '' },
};

const eventNames = [
  'started',
  'member-joined',
  'member-left',
  'member-changed',
  'locked',
  'unlocked',
  'conference-changed',
  'conference-ended',
  'mix',
  'sound',
  'music',
  'dismiss',
] as const satisfies readonly (keyof ConferenceEvents)[];

/** A conference and everything it said, as short lines. */
class Meeting {
  readonly clock = new FakeClock();
  readonly conference: Conference;
  private lines: string[] = [];

  constructor(wish: DocumentWish = {}, options: { moderatorGraceMs?: number } = {}) {
    this.conference = new Conference({
      document: documentWith(wish),
      instanceId: 'one',
      clock: this.clock,
      ...options,
    });
    for (const name of eventNames) {
      this.conference.on(name, (...args: unknown[]) => this.lines.push(line(name, args[0])));
    }
  }

  join(wish: Partial<JoinOptions> = {}): Member {
    return this.conference.join({
      callId: 'call',
      role: 'member',
      callerName: 'Ann',
      callerNumber: '101',
      ...wish,
    });
  }

  /** What was said since last asked, without the mix. */
  said(...kinds: string[]): string[] {
    const said = this.lines.filter((text) => text !== 'mix');
    this.lines = [];
    return kinds.length === 0 ? said : said.filter((text) => kinds.some((kind) => text.startsWith(kind)));
  }

  /** Who hears whom: 'hearer: sources'. */
  heard(): string[] {
    return [...expandPlan(this.conference.plan())].map(([id, sources]) => `${id}: ${[...sources].join(' ')}`);
  }
}

function line(name: string, payload: unknown): string {
  const { member, reason, what, by, to, sound, memberId } = (payload ?? {}) as Record<string, unknown>;
  const parts: unknown[] = [name];
  if (member) parts.push((member as Member).id);
  if (memberId !== undefined) parts.push(memberId);
  if (what !== undefined) parts.push(what);
  if (to !== undefined) parts.push(to);
  if (reason !== undefined) parts.push(reason);
  if (by !== undefined) parts.push(`by ${String(by)}`);
  if (sound !== undefined) parts.push(spoken(sound as Sound | null));
  return parts.join(' ');
}

function spoken(sound: Sound | null): string {
  if (!sound) return 'none';
  switch (sound.kind) {
    case 'prompt':
      return sound.name;
    case 'sequence':
      return sound.sounds.map(spoken).join('+');
    case 'tone':
      return sound.tone.includes('523,659') ? 'entry' : sound.tone.includes('523,440') ? 'exit' : sound.tone;
    case 'media':
      return sound.id;
    case 'silence':
      return `${sound.ms}ms`;
    case 'music':
      return 'music';
    case 'file':
      return sound.path;
  }
}

void t.test('the life of a conference', (t) => {
  const meeting = new Meeting();
  t.equal(meeting.conference.startedAt, undefined);
  const ann = meeting.join();
  t.strictSame(meeting.said(), ['started', 'member-joined 1', 'sound 1 conf-alone', 'music 1 music']);
  t.equal(meeting.conference.startedAt, 1_000_000);
  meeting.clock.advance(1000);
  const bob = meeting.join();
  t.strictSame(meeting.said(), [
    'member-joined 2',
    'sound all entry',
    'sound 2 1100ms+conf-joining_conference',
    'music 1 none',
  ]);
  t.strictSame(meeting.heard(), ['1: 2 announcer', '2: 1 announcer']);
  t.ok(meeting.conference.leave(ann.id, 'hangup'));
  t.strictSame(meeting.said(), [
    'member-left 1 hangup',
    'sound all exit',
    'sound 2 conf-alone',
    'music 2 music',
  ]);
  t.notOk(meeting.conference.leave(ann.id, 'hangup'), 'leaving twice is no error');
  t.ok(meeting.conference.leave(bob.id, 'hangup'));
  t.strictSame(meeting.said(), ['member-left 2 hangup', 'conference-ended last-left']);
  t.ok(meeting.conference.ended);
  t.throws(() => meeting.join(), /has ended/);
  t.equal(meeting.clock.pending, 0);
  t.end();
});

void t.test('ids are never used twice', (t) => {
  const meeting = new Meeting(quiet);
  meeting.join();
  const second = meeting.join();
  meeting.conference.leave(second.id, 'hangup');
  t.equal(meeting.join().id, 3);
  t.end();
});

void t.test('mix is said once until the plan is made', (t) => {
  const meeting = new Meeting(quiet);
  let mixes = 0;
  meeting.conference.on('mix', () => mixes++);
  meeting.join();
  const bob = meeting.join();
  meeting.conference.setMuted(bob.id, true);
  t.equal(mixes, 1);
  meeting.conference.plan();
  t.equal(mixes, 1);
  meeting.conference.setHandRaised(bob.id, true);
  t.equal(mixes, 1, 'a raised hand changes no mix');
  meeting.conference.setMuted(bob.id, false);
  t.equal(mixes, 2);
  t.end();
});

void t.test('who may come in', (t) => {
  const { conference } = new Meeting();
  t.equal(conference.admit('member'), 'ok');
  const limited = new Meeting({ ...quiet, max_participants: 2 });
  limited.join();
  t.equal(limited.conference.admit('member'), 'ok');
  limited.join({ flags: { ghost: true } });
  t.equal(limited.conference.admit('member'), 'ok', 'a ghost does not count');
  limited.join({ role: 'moderator' });
  t.equal(limited.conference.admit('member'), 'full');
  t.equal(limited.conference.admit('moderator'), 'full');
  t.equal(limited.conference.admit('member', { invited: true }), 'full');
  limited.conference.leave(1, 'hangup');
  t.equal(limited.conference.admit('member'), 'ok');
  limited.conference.lock(true);
  t.equal(limited.conference.admit('member'), 'locked');
  t.equal(limited.conference.admit('moderator'), 'ok');
  t.equal(limited.conference.admit('member', { invited: true }), 'ok');
  limited.conference.lock(false);
  t.equal(limited.conference.admit('member'), 'ok');
  t.end();
});

void t.test('the lock is told to all, once', (t) => {
  const meeting = new Meeting(quiet);
  meeting.join();
  meeting.said();
  t.ok(meeting.conference.lock(true, 1));
  t.notOk(meeting.conference.lock(true));
  t.ok(meeting.conference.lock(false));
  t.strictSame(meeting.said(), [
    'locked by 1',
    'sound all conf-lock',
    'unlocked by api',
    'sound all conf-unlock',
  ]);
  t.end();
});

void t.test('join flags: the document by role, the call before it', (t) => {
  const meeting = new Meeting({
    member: { join_muted: true, join_deaf: true },
    moderator: { join_muted: false },
  });
  const ann = meeting.join();
  t.ok(ann.muted && ann.deaf);
  t.strictSame(meeting.said('sound 1'), ['sound 1 conf-you_are_muted+conf-deaf', 'sound 1 conf-alone']);
  const bob = meeting.join({ role: 'moderator', flags: { mute: true } });
  t.ok(bob.muted && !bob.deaf);
  t.strictSame(meeting.said('sound 2'), ['sound 2 1100ms+conf-joining_conference+conf-you_are_muted']);
  const eve = meeting.join({ flags: { mute: false, deaf: false, hold: true } });
  t.ok(!eve.muted && !eve.deaf && eve.held);
  t.end();
});

void t.test('mute and deaf answer the member, once per change', (t) => {
  const meeting = new Meeting();
  meeting.join();
  meeting.join();
  meeting.said();
  const { conference } = meeting;
  t.ok(conference.setMuted(1, true, 1));
  t.notOk(conference.setMuted(1, true));
  t.ok(conference.toggleDeaf(1));
  t.strictSame(meeting.said(), [
    'member-changed 1 muted by 1',
    'sound 1 conf-muted',
    'member-changed 1 deaf by api',
    'sound 1 conf-deaf',
  ]);
  t.strictSame(meeting.heard(), ['1: announcer', '2: announcer']);
  t.ok(conference.setVoice(1, { muted: false, deaf: false }));
  t.strictSame(meeting.said('sound'), ['sound 1 conf-unmuted+conf-undeaf']);
  t.ok(conference.toggleMuted(1));
  t.ok(conference.member(1)?.muted);
  t.notOk(conference.setMuted(99, true), 'nobody');
  t.notOk(conference.toggleMuted(99));
  t.end();
});

void t.test('hold: of the member, of the phone, of the conference', (t) => {
  const meeting = new Meeting(quiet);
  for (let count = 0; count < 3; count++) meeting.join();
  meeting.said();
  const { conference } = meeting;
  t.ok(conference.setHeld(1, true));
  t.strictSame(meeting.heard(), ['1: ', '2: 3 announcer', '3: 2 announcer']);
  t.ok(conference.setPhoneHold(2, true));
  t.strictSame(meeting.heard(), ['1: ', '2: ', '3: announcer']);
  t.strictSame(meeting.said(), ['member-changed 1 held by api', 'member-changed 2 phone-hold by phone']);
  conference.setHeld(1, false);
  conference.setPhoneHold(2, false);
  t.ok(conference.setConferenceHeld(true));
  t.notOk(conference.setConferenceHeld(true));
  t.strictSame(meeting.heard(), ['1: ', '2: ', '3: ']);
  conference.setConferenceHeld(false);
  conference.setMuted(1, true);
  conference.setConferenceMuted(true);
  t.strictSame(meeting.heard(), ['1: announcer', '2: announcer', '3: announcer']);
  conference.setConferenceMuted(false);
  t.strictSame(
    meeting.heard(),
    ['1: 2 3 announcer', '2: 3 announcer', '3: 2 announcer'],
    'the own flag stays',
  );
  t.end();
});

void t.test('mute all: members, not moderators; later ones too; a member may undo it for itself', (t) => {
  const meeting = new Meeting({ profile: { 'alone-sound': '', 'moh-sound': '' } });
  meeting.join({ role: 'moderator' });
  meeting.join();
  meeting.join({ flags: { mute: true } });
  meeting.said();
  const { conference } = meeting;
  conference.muteAll(1);
  t.strictSame(meeting.said(), [
    'conference-changed mute-all by 1',
    'member-changed 2 muted by 1',
    'sound 2 conf-muted',
  ]);
  t.ok(meeting.join().muted, 'a later member');
  t.notOk(meeting.join({ role: 'moderator' }).muted, 'a later moderator');
  t.ok(conference.setMuted(2, false, 2));
  conference.unmuteAll();
  t.strictSame(
    [...conference.members.values()].map(({ muted }) => muted),
    [false, false, false, false, false],
  );
  t.notOk(meeting.join().muted);
  t.end();
});

void t.test('levels are clamped, rounded and returned', (t) => {
  const meeting = new Meeting({ ...quiet, profile: { ...quiet.profile, 'energy-level': 300 } });
  const ann = meeting.join();
  meeting.said();
  const { conference } = meeting;
  t.equal(ann.energyLevel, 300);
  t.equal(conference.setTalkLevel(1, 7), 4);
  t.equal(conference.setTalkLevel(1, -9), -4);
  t.equal(conference.setListenLevel(1, 1.6), 2);
  t.equal(conference.setListenLevel(1, NaN), 0);
  t.equal(conference.setEnergyLevel(1, 5000), 1800);
  t.equal(conference.setEnergyLevel(1, -5), 0);
  t.equal(conference.setEnergyLevel(1, undefined), 300, 'back to the profile');
  t.equal(conference.setTalkLevel(99, 1), undefined);
  t.strictSame(conference.plan().bends, [{ id: 1, talkGain: -12, listenGain: 0, gate: 300 }]);
  t.equal(meeting.said('member-changed').length, 7);
  t.end();
});

void t.test('relations, and their end with the member', (t) => {
  const meeting = new Meeting(quiet);
  for (let count = 0; count < 3; count++) meeting.join();
  const { conference } = meeting;
  t.ok(conference.relate(1, 2, 'deaf'));
  t.ok(conference.relate(3, 1, 'mute'));
  t.strictSame(meeting.heard(), ['1: announcer', '2: 1 3 announcer', '3: 1 2 announcer']);
  t.ok(conference.relate(1, 2, 'clear'));
  t.strictSame(meeting.heard()[0], '1: 2 announcer');
  t.notOk(conference.relate(1, 99, 'deaf'));
  t.notOk(conference.relate(1, 1, 'deaf'));
  conference.leave(1, 'hangup');
  t.equal(conference.member(3)?.relations.size, 0);
  t.end();
});

void t.test('waiting for a moderator', (t) => {
  const meeting = new Meeting({ wait_for_moderator: true });
  const ann = meeting.join();
  t.ok(ann.waiting);
  t.strictSame(meeting.said(), [
    'started',
    'member-joined 1',
    'sound 1 conf-waiting_for_moderator',
    'music 1 music',
  ]);
  meeting.join();
  t.strictSame(meeting.heard(), ['1: ', '2: ']);
  meeting.said();
  meeting.join({ role: 'moderator' });
  t.strictSame(meeting.said(), [
    'conference-changed open by conference',
    'member-changed 1 waiting by conference',
    'music 1 none',
    'member-changed 2 waiting by conference',
    'music 2 none',
    'member-joined 3',
    'sound all entry',
    'sound 3 1100ms+conf-joining_conference',
  ]);
  t.strictSame(meeting.heard(), ['1: 2 3 announcer', '2: 1 3 announcer', '3: 1 2 announcer']);
  meeting.conference.leave(3, 'hangup');
  t.notOk(meeting.conference.member(1)?.waiting, 'nobody goes back to the music');
  t.notOk(meeting.join().waiting, 'it stays open');
  t.end();
});

void t.test('a waiting member who leaves makes no noise, and a promoted one opens', (t) => {
  const meeting = new Meeting({ wait_for_moderator: true });
  meeting.join();
  meeting.join();
  meeting.join();
  meeting.said();
  meeting.conference.leave(3, 'hangup');
  t.strictSame(meeting.said(), ['member-left 3 hangup']);
  t.ok(meeting.conference.setRole(2, 'moderator'));
  t.strictSame(meeting.said(), [
    'member-changed 2 role by api',
    'member-changed 2 waiting by conference',
    'music 2 none',
    'conference-changed open by conference',
    'member-changed 1 waiting by conference',
    'music 1 none',
  ]);
  t.end();
});

void t.test('a moderator alone with people who wait no more', (t) => {
  const meeting = new Meeting({ wait_for_moderator: true });
  meeting.join({ role: 'moderator' });
  t.strictSame(meeting.said('sound', 'music'), ['sound 1 conf-alone', 'music 1 music']);
  meeting.join();
  t.strictSame(meeting.said('music'), ['music 1 none']);
  t.end();
});

void t.test('the document that no longer waits lets everybody in', (t) => {
  const meeting = new Meeting({ ...quiet, wait_for_moderator: true });
  meeting.join();
  meeting.join();
  meeting.conference.setDocument(documentWith({ ...quiet, max_participants: 2 }));
  t.strictSame(meeting.heard(), ['1: 2 announcer', '2: 1 announcer']);
  t.equal(meeting.conference.admit('member'), 'full', 'and its limit holds');
  t.end();
});

void t.test('requiring a moderator: told, then ended', (t) => {
  const meeting = new Meeting({ require_moderator: true });
  meeting.join({ role: 'moderator' });
  meeting.join();
  meeting.join();
  meeting.said();
  const { conference, clock } = meeting;
  conference.leave(1, 'hangup');
  t.strictSame(meeting.said(), ['member-left 1 hangup', 'sound all exit+conf-moderator_left']);
  t.equal(conference.endsWithoutModeratorAt, clock.now() + 60_000);
  clock.advance(59_999);
  t.notOk(conference.ended);
  clock.advance(1);
  t.strictSame(meeting.said(), [
    'member-left 2 moderator-left',
    'dismiss 2 moderator-left conf-ended',
    'member-left 3 moderator-left',
    'dismiss 3 moderator-left conf-ended',
    'conference-ended moderator-left',
  ]);
  t.ok(conference.ended);
  t.equal(conference.members.size, 0);
  t.end();
});

void t.test('a moderator who returns, or is made, stops the end', (t) => {
  const meeting = new Meeting({ ...quiet, require_moderator: true }, { moderatorGraceMs: 5000 });
  const { conference, clock } = meeting;
  meeting.join({ role: 'moderator' });
  meeting.join();
  conference.leave(1, 'hangup');
  clock.advance(4000);
  meeting.join({ role: 'moderator' });
  t.equal(conference.endsWithoutModeratorAt, undefined);
  clock.advance(60_000);
  t.notOk(conference.ended);
  t.ok(conference.setRole(3, 'member'), 'the last moderator is made a member');
  t.equal(conference.endsWithoutModeratorAt, clock.now() + 5000);
  t.ok(conference.setRole(2, 'moderator'));
  clock.advance(60_000);
  t.notOk(conference.ended);
  t.equal(clock.pending, 0);
  t.end();
});

void t.test(
  'where a moderator was never there, none is missed; where the rest is gone, no timer stays',
  (t) => {
    const meeting = new Meeting({ ...quiet, require_moderator: true });
    const { conference, clock } = meeting;
    meeting.join();
    meeting.join();
    conference.leave(1, 'hangup');
    t.equal(clock.pending, 0);
    meeting.join({ role: 'moderator' });
    conference.leave(3, 'hangup');
    t.equal(clock.pending, 1);
    conference.leave(2, 'hangup');
    t.ok(conference.ended);
    t.equal(clock.pending, 0);
    t.end();
  },
);

void t.test('kicked members are out at once, the goodbye comes after', (t) => {
  const meeting = new Meeting(quiet);
  meeting.join();
  meeting.join({ callId: 'second' });
  meeting.said();
  let dismissed: unknown;
  meeting.conference.on('dismiss', (payload) => (dismissed = payload));
  t.ok(meeting.conference.kick(2));
  t.strictSame(meeting.said(), ['member-left 2 kicked', 'dismiss 2 kicked conf-kicked']);
  t.strictSame(dismissed, { memberId: 2, callId: 'second', reason: 'kicked', sound: prompt('conf-kicked') });
  t.notOk(meeting.conference.kick(2));
  t.ok(meeting.conference.dismiss(1, 'left'));
  t.strictSame(meeting.said(), ['member-left 1 left', 'dismiss 1 left', 'conference-ended last-left']);
  t.end();
});

void t.test('end: everybody is dismissed, once', (t) => {
  const meeting = new Meeting(quiet);
  meeting.join();
  meeting.join();
  meeting.said();
  meeting.conference.end();
  t.strictSame(meeting.said(), [
    'member-left 1 conference-ended',
    'dismiss 1 conference-ended conf-ended',
    'member-left 2 conference-ended',
    'dismiss 2 conference-ended conf-ended',
    'conference-ended conference-ended',
  ]);
  meeting.conference.end();
  t.notOk(meeting.conference.leave(1, 'hangup'));
  t.notOk(meeting.conference.lock(true));
  t.strictSame(meeting.said(), []);
  const hurried = new Meeting(quiet);
  hurried.join();
  hurried.conference.end('shutdown');
  t.ok(hurried.said().includes('dismiss 1 shutdown'), 'no sound at a shutdown');
  t.end();
});

void t.test('ghosts: unheard of, uncounted, and keep nothing running', (t) => {
  const meeting = new Meeting();
  meeting.join();
  meeting.said();
  meeting.join({ flags: { ghost: true, mute: true } });
  t.strictSame(meeting.said(), ['member-joined 2'], 'no tone, and the music goes on');
  t.equal(meeting.conference.participantCount, 1);
  meeting.conference.leave(1, 'hangup');
  t.strictSame(meeting.said(), [
    'member-left 1 hangup',
    'member-left 2 conference-ended',
    'dismiss 2 conference-ended',
    'conference-ended last-left',
  ]);
  const haunted = new Meeting({ ...quiet, wait_for_moderator: true });
  haunted.join();
  haunted.join({ role: 'moderator', flags: { ghost: true } });
  t.ok(haunted.conference.member(1)?.waiting, 'a ghost opens nothing');
  t.end();
});

void t.test('tones: of the document, of the call, none', (t) => {
  const own = new Meeting({ ...quiet, play_entry_tone: '%(9,0,9)', play_exit_tone: true });
  own.join();
  own.join();
  own.clock.advance(600);
  own.join({ joinTone: false });
  own.join({ joinTone: '%(8,0,8)', leavingTone: false });
  t.strictSame(own.said('sound'), ['sound all %(9,0,9)', 'sound all %(8,0,8)']);
  own.conference.leave(4, 'hangup');
  own.conference.leave(3, 'hangup');
  t.strictSame(own.said('sound'), ['sound all exit']);
  own.clock.advance(600);
  own.conference.setTones(2, { leavingTone: '%(7,0,7)' });
  own.conference.leave(2, 'hangup');
  t.strictSame(own.said('sound'), ['sound all %(7,0,7)']);
  const silent = new Meeting(quiet);
  silent.join();
  silent.join({ joinTone: true });
  t.strictSame(silent.said('sound'), [], 'true = the tone of the conference, which has none');
  t.end();
});

void t.test('names and the count', (t) => {
  const name: Sound = { kind: 'media', id: 'name-of-bob' };
  const meeting = new Meeting({ ...quiet, play_name: true, play_entry_tone: true, play_exit_tone: true });
  meeting.join();
  meeting.join({ name });
  t.strictSame(meeting.said('sound all'), ['sound all entry+name-of-bob+conf-has_joined']);
  meeting.conference.leave(2, 'hangup');
  t.strictSame(meeting.said('sound all'), ['sound all exit+name-of-bob+conf-has_left']);
  const counted = new Meeting({ ...quiet, play_entry_tone: true, profile: { 'announce-count': 2 } });
  counted.join();
  counted.join({ name });
  counted.clock.advance(1000);
  counted.join();
  t.strictSame(counted.said('sound all'), ['sound all entry', 'sound all entry+digit-3']);
  t.end();
});

void t.test('thirty at once: one tone, one mix', (t) => {
  const meeting = new Meeting();
  let mixes = 0;
  meeting.conference.on('mix', () => mixes++);
  for (let count = 0; count < 30; count++) meeting.join();
  const said = meeting.said();
  t.equal(said.filter((text) => text.startsWith('sound all')).length, 1);
  t.equal(said.filter((text) => text.startsWith('music')).length, 2);
  t.equal(said.filter((text) => text.startsWith('member-changed')).length, 0);
  t.equal(mixes, 1);
  t.end();
});

void t.test('no music for who wants none; the alone sound of the document', (t) => {
  const meeting = new Meeting({
    profile: { 'alone-sound': 'conf-goodbye', 'moh-sound': 'http://box/moh.mp3' },
  });
  meeting.join();
  t.strictSame(meeting.said('sound', 'music'), ['sound 1 conf-goodbye', 'music 1 http://box/moh.mp3']);
  const bare = new Meeting();
  bare.join({ flags: { disableMusic: true } });
  t.strictSame(bare.said('music'), []);
  t.end();
});

void t.test('announcements need somebody to hear them, and carry their id', (t) => {
  const meeting = new Meeting({ ...quiet, wait_for_moderator: true });
  meeting.join();
  meeting.said();
  meeting.conference.announce(prompt('conf-record_started'));
  t.strictSame(meeting.said(), [], 'who waits hears nothing of the room');
  meeting.join({ role: 'moderator' });
  let heard: unknown;
  meeting.conference.on('sound', (payload) => (heard = payload));
  meeting.conference.announce(prompt('conf-record_started'), 'a');
  t.strictSame(heard, { to: 'all', sound: prompt('conf-record_started'), id: 'a' });
  t.ok(meeting.conference.tell(2, prompt('conf-muted'), 'b'));
  t.strictSame(heard, { to: 2, sound: prompt('conf-muted'), id: 'b' });
  t.notOk(meeting.conference.tell(99, prompt('conf-muted')));
  t.end();
});

void t.test('a bus that is in use stays when a listener or two speak up', (t) => {
  const meeting = new Meeting({ ...quiet, member: { ...quiet.member, join_muted: true } });
  meeting.join({ role: 'moderator' });
  for (let count = 0; count < 8; count++) meeting.join();
  t.equal(meeting.conference.plan().buses.length, 1);
  meeting.conference.setMuted(2, false);
  meeting.conference.setMuted(3, false);
  t.equal(meeting.conference.plan().buses.length, 1);
  meeting.conference.setMuted(4, false);
  meeting.conference.setMuted(5, false);
  t.equal(meeting.conference.plan().buses.length, 0);
  meeting.conference.setMuted(5, true);
  t.equal(meeting.conference.plan().buses.length, 0, 'and does not come back at once');
  t.end();
});

void t.test('a listener of the events may act on the conference', (t) => {
  const meeting = new Meeting(quiet);
  const { conference } = meeting;
  conference.on('dismiss', ({ memberId, reason }) => conference.leave(memberId, reason));
  conference.on('member-joined', ({ member }) => {
    if (member.callerNumber === '666') conference.kick(member.id);
  });
  meeting.join();
  meeting.join();
  conference.kick(1);
  t.equal(conference.members.size, 1);
  meeting.said();
  meeting.join({ callerNumber: '666' });
  t.strictSame(meeting.said(), ['member-joined 3', 'member-left 3 kicked', 'dismiss 3 kicked conf-kicked']);
  conference.end();
  t.equal(conference.members.size, 0);
  t.equal(meeting.said('conference-ended').length, 1);
  t.end();
});
