// Calls out of the box without a network: what is placed and what is refused, and how each call ends.
import { EventEmitter } from 'node:events';
import t from 'tap';
import type { CallShop } from '../../src/calls/call-shop.js';
import { Dialler, DialRefused } from '../../src/calls/dialler.js';
import { ConferenceDirectory, SoundFiles, type DialOptions, type Invitation } from '../../src/calls/index.js';
import type { InvitedCall } from '../../src/calls/invited-call.js';
import { RunningConferences } from '../../src/calls/running-conferences.js';
import { silentLog } from '../../src/log.js';
import { PinGuard } from '../../src/reception/index.js';
import type { MediaEngine } from '../../src/rtp/index.js';
import {
  CallerGaveUp,
  DialFailed,
  type OutgoingCall,
  type OutgoingCallOptions,
  type PhoneDialog,
} from '../../src/sip/index.js';
import type { CallChanges, NewCall, OutboundPeer } from '../../src/store/index.js';
import { FakeClock } from '../conference/fake-clock.js';
import { documentOf } from '../store/scratch.js';
import { silentRoom } from './silent-room.js';

class FakeDialog extends EventEmitter {
  readonly id = 'dialog';
  hungUp = false;

  bye(): Promise<void> {
    this.hungUp = true;
    return Promise.resolve();
  }
}

/** The phone that is called, and the way to it. */
class FakeOutgoing extends EventEmitter {
  readonly identity;
  readonly sipCallId;
  readonly sourceAddress = 'peer';
  readonly sdp = undefined;
  readonly answerSdp = 'v=0';
  readonly dialog = new FakeDialog();
  cancelled = false;
  private settle!: { resolve: () => void; reject: (error: unknown) => void };
  private taken!: (dialog: PhoneDialog) => void;

  constructor(readonly options: OutgoingCallOptions) {
    super();
    this.sipCallId = options.sipCallId;
    this.identity = {
      callerNumber: options.callerNumber,
      callerName: options.callerName,
      calledNumber: '',
      calledHost: '',
    };
  }

  answer(_sdp: string, taken: (dialog: PhoneDialog) => void): Promise<void> {
    this.taken = taken;
    return new Promise((resolve, reject) => (this.settle = { resolve, reject }));
  }

  reject(): void {
    this.cancelled = true;
    this.settle.reject(new CallerGaveUp());
  }

  picksUp(): void {
    this.taken(this.dialog as unknown as PhoneDialog);
    this.settle.resolve();
  }

  refuses(status: number): void {
    this.settle.reject(new DialFailed(status, true, `${status}`));
  }
}

const peer: OutboundPeer = { host: 'pbx.example', transport: 'tcp', user: 'box', password: 'secret' };

function bench({ via = peer, mostRinging = 4 }: { via?: OutboundPeer | null; mostRinging?: number } = {}) {
  const clock = new FakeClock();
  const log = silentLog;
  const directory = new ConferenceDirectory({
    version: () => Promise.resolve(1),
    conferences: () =>
      Promise.resolve([
        { id: 'team', document: documentOf({ name: 'Team', conference_numbers: ['3001'] }) },
        { id: 'small', document: documentOf({ max_participants: 1 }) },
      ]),
    accessNumbers: () => Promise.resolve(['3999']),
  });
  const sounds = new SoundFiles({
    promptsFolder: '/nowhere',
    musicFile: '/nowhere',
    renderTone: () => Promise.resolve('/nowhere'),
    prepare: (file) => Promise.resolve(file),
    log,
  });
  let released = 0;
  const ingress = () =>
    Object.assign(new EventEmitter(), {
      phoneHold: false,
      offer: () => Promise.resolve('v=0'),
      acceptAnswer: () => Promise.resolve({ codec: 'PCMU' }),
      play: () => Promise.resolve({ stop: () => Promise.resolve(), done: Promise.resolve() }),
      release: () => Promise.resolve(void (released += 1)),
    });
  const media = { createRoom: () => silentRoom, createIngress: ingress } as unknown as MediaEngine;
  const conferences = new RunningConferences({ media, directory, sounds, clock, log });
  const records = new Map<string, Partial<NewCall> & CallChanges>();
  const update = (id: string, changes: CallChanges) =>
    void records.set(id, { ...records.get(id), ...changes });
  const calls = new Map<string, InvitedCall>();
  const placed: FakeOutgoing[] = [];
  const shop: CallShop = {
    media,
    directory,
    conferences,
    guard: new PinGuard({ clock }),
    sounds,
    records: { begin: (call) => update(call.id, call), update, end: update },
    clock,
    log,
    silenceMs: 60_000,
    recordings: { toggle: () => Promise.resolve() },
    names: { begin: () => t.fail('nobody is asked for a name') as never, forget: () => undefined },
    ended: ({ id }) => calls.delete(id),
  };
  const dialler = new Dialler({
    shop,
    sip: {
      connected: true,
      call: (options) => {
        placed.push(new FakeOutgoing(options));
        return placed.at(-1) as unknown as OutgoingCall;
      },
    },
    peer: () => Promise.resolve(via ?? undefined),
    box: { host: '192.0.2.1', port: 5080 },
    begun: (call) => calls.set(call.id, call),
    mostRinging,
  });
  const refusal = (target: string, options: DialOptions) =>
    dialler.dial(target, options).then(
      () => 'placed',
      (error: unknown) => (error instanceof DialRefused ? error.why : String(error)),
    );
  return { clock, conferences, records, calls, placed, dialler, refusal, released: () => released };
}

/** All that is under way has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function endOf(invitation: Invitation): string | undefined {
  return invitation.endReason;
}

void t.test('a number goes to the peer, an address straight to it', async (t) => {
  const { dialler, placed } = bench();
  await dialler.dial('+49*30#', { conferenceId: 'team' });
  t.match(placed[0]?.options, {
    uri: 'sip:+49*30%23@pbx.example;transport=tcp',
    callerHost: 'pbx.example',
    callerNumber: 'box',
    callerName: 'Team',
    credentials: { username: 'box', password: 'secret' },
  });
  await dialler.dial('sip:ada@192.0.2.7:5070', {
    conferenceId: 'team',
    callerName: 'Ops',
    callerNumber: '+1 2',
  });
  t.match(placed[1]?.options, {
    uri: 'sip:ada@192.0.2.7:5070',
    callerHost: '192.0.2.1:5080',
    callerNumber: '+1%202',
    callerName: 'Ops',
  });
  t.notOk(placed[1]?.options.credentials, 'the password goes to the peer alone');
  await dialler.dial('sip:bob@192.0.2.7', { conferenceId: 'team' });
  t.match(placed[2]?.options, { callerNumber: '3001', callerName: 'Team' }, 'who calls back gets there');
});

void t.test('what is refused', async (t) => {
  const { dialler, refusal, placed } = bench({ mostRinging: 1 });
  const team = { conferenceId: 'team' };
  t.equal(await refusal('ada', team), 'bad-target');
  t.equal(await refusal('3001', team), 'own-number');
  t.equal(await refusal('3999', team), 'own-number', 'the access number');
  t.equal(await refusal('sip:3001@192.0.2.1:5080', team), 'own-number');
  t.equal(await refusal('17', { conferenceId: 'nowhere' }), 'no-conference');
  t.equal(await refusal('17', { ...team, joinExisting: true }), 'nobody-in');
  t.equal(await refusal('17', team), 'placed');
  t.equal(await refusal('18', team), 'too-many');
  placed[0]?.refuses(486);
  await settled();
  t.equal(dialler.underWay, 0);
  dialler.stop();
  t.equal(await refusal('18', team), 'not-now');
  const itself = bench({ via: { host: '192.0.2.1', port: 5080, transport: 'udp' } });
  t.equal(await itself.refusal('17', team), 'own-number', 'a peer that is the box');
  t.equal(await bench({ via: null }).refusal('17', team), 'no-peer');
});

void t.test('who answers is in, with the flags given and past the lock', async (t) => {
  const { dialler, placed, conferences, records, calls } = bench();
  const first = await dialler.dial('17', { conferenceId: 'team' });
  const told: string[] = [];
  for (const event of ['ringing', 'answered', 'ended'] as const) first.on(event, () => told.push(event));
  placed[0]?.emit('ringing');
  t.equal(first.state, 'ringing');
  placed[0]?.picksUp();
  await settled();
  t.equal(first.state, 'answered');
  const conference = conferences.get('team')!.conference;
  t.match(conference.member(1), {
    role: 'member',
    muted: false,
    deaf: false,
    invited: true,
    callerNumber: '17',
  });
  t.match(records.get(first.id), {
    direction: 'outbound',
    calledNumber: '17',
    callerNumber: 'box',
    conferenceId: 'team',
    participantId: 1,
    codec: 'PCMU',
  });
  conference.lock(true);
  const flags = { mute: true, deaf: true, disableMusic: true };
  await dialler.dial('18', { conferenceId: 'team', flags });
  await dialler.dial('19', { conferenceId: 'team', role: 'moderator', joinExisting: true });
  placed[1]?.picksUp();
  placed[2]?.picksUp();
  await settled();
  t.match(conference.member(2), { muted: true, deaf: true, disableMusic: true });
  t.match(conference.member(3), { role: 'moderator' });

  first.cancel();
  t.equal(conference.members.size, 3, 'who is in is not called off');
  placed[0]?.dialog.emit('ended', { noAck: false, reason: '' });
  t.equal(endOf(first), 'hangup');
  t.same(told, ['ringing', 'answered', 'ended']);
  t.match(records.get(first.id), { endReason: 'hangup' });
  t.equal(conference.members.size, 2);
  t.notOk(calls.has(first.id));
});

void t.test('full is full for the invited too', async (t) => {
  const { dialler, placed, conferences } = bench();
  const first = await dialler.dial('17', { conferenceId: 'small' });
  const second = await dialler.dial('18', { conferenceId: 'small' });
  placed[0]?.picksUp();
  placed[1]?.picksUp();
  await settled();
  await settled();
  t.equal(first.state, 'answered');
  t.equal(endOf(second), 'full');
  t.ok(placed[1]?.dialog.hungUp);
  t.equal(conferences.get('small')?.conference.members.size, 1);
});

void t.test('not answered: refused, too late, called off, shut down', async (t) => {
  const { dialler, placed, records, calls, clock, released } = bench();
  const options = { conferenceId: 'team', timeoutMs: 5000 };
  const busy = await dialler.dial('17', options);
  const slow = await dialler.dial('18', options);
  const wrong = await dialler.dial('19', options);
  const last = await dialler.dial('20', { conferenceId: 'team' });
  placed[0]?.refuses(486);
  wrong.cancel();
  await settled();
  clock.advance(5000);
  calls.get(last.id)?.end('shutdown');
  await settled();
  t.same([busy, slow, wrong, last].map(endOf), ['busy', 'no-answer', 'cancelled', 'shutdown']);
  t.ok(placed.slice(1).every(({ cancelled }) => cancelled));
  t.match(records.get(slow.id), { endReason: 'no-answer' });
  t.equal(calls.size, 0);
  t.equal(dialler.underWay, 0);
  t.equal(released(), 4, 'nothing is left in rtpengine');
  t.equal(clock.pending, 0);
});

void t.test('the conference ends: whoever still rings is called off', async (t) => {
  const { dialler, placed } = bench();
  const first = await dialler.dial('17', { conferenceId: 'team' });
  const second = await dialler.dial('18', { conferenceId: 'team' });
  const other = await dialler.dial('19', { conferenceId: 'small' });
  placed[0]?.picksUp();
  await settled();
  placed[0]?.dialog.emit('ended', { noAck: false, reason: '' });
  t.equal(endOf(first), 'hangup');
  t.equal(endOf(second), 'conference-ended');
  t.ok(placed[1]?.cancelled);
  t.equal(other.state, 'calling');
});
