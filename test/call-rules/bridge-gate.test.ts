// Who may call a conference with a bridge password, without a phone: asked, proven, wrong, too often, and from elsewhere.
import { createHash } from 'node:crypto';
import t from 'tap';
import { BridgeGate } from '../../src/calls/bridge-gate.js';
import { ConferenceDirectory } from '../../src/calls/index.js';
import { PinGuard } from '../../src/reception/index.js';
import type { CallChanges, NewCall } from '../../src/store/index.js';
import { FakeClock } from '../conference/fake-clock.js';
import { documentOf } from '../store/scratch.js';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

class Invite {
  readonly identity;
  readonly sipCallId = 'call@phone';
  status = 0;
  challenge = '';

  constructor(
    calledNumber: string,
    readonly authorization?: string,
    readonly sourceAddress = '192.0.2.50',
    calledHost = '192.0.2.1',
  ) {
    this.identity = { calledNumber, calledHost, callerNumber: '201', callerName: 'Ada' };
  }

  header(name: string): string | undefined {
    return name === 'Authorization' ? this.authorization : undefined;
  }

  reject(status: number, headers: Record<string, string> = {}): void {
    this.status = status;
    this.challenge = headers['WWW-Authenticate'] ?? '';
  }
}

function bench() {
  const clock = new FakeClock(1_767_323_045_000);
  const documents = [
    { id: 'open', document: documentOf({ conference_numbers: ['1'] }) },
    {
      id: 'both',
      document: documentOf({ conference_numbers: ['2'], bridge_username: 'pbx', bridge_password: 'secret' }),
    },
    {
      id: 'domain',
      document: documentOf({ conference_numbers: ['3'], bridge_password: 'secret', domain: 'a.example' }),
    },
    { id: 'name', document: documentOf({ conference_numbers: ['4'], bridge_username: 'pbx' }) },
  ];
  const directory = new ConferenceDirectory({
    version: () => Promise.resolve(1),
    conferences: () => Promise.resolve(documents),
    accessNumbers: () => Promise.resolve([]),
  });
  const guard = new PinGuard({ clock });
  const records: (Partial<NewCall> & CallChanges)[] = [];
  const gate = new BridgeGate({
    directory,
    guard,
    clock,
    records: {
      begin: (call) => void records.push(call),
      end: (_id, changes) => void records.push({ ...records.pop(), ...changes }),
    },
  });
  return { clock, guard, gate, records };
}

/** What a phone answers to that challenge. */
function answerTo(challenge: string, password = 'secret', user = 'pbx'): string {
  const value = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  const [realm, nonce, uri] = [value('realm'), value('nonce'), 'sip:2@192.0.2.1'];
  const response = md5(`${md5(`${user}:${realm}:${password}`)}:${nonce}:1:c:auth:${md5(`INVITE:${uri}`)}`);
  return `Digest username="${user}",realm="${realm}",nonce="${nonce}",uri="${uri}",qop=auth,nc=1,cnonce="c",response="${response}"`;
}

/** The challenge of a first INVITE. */
async function asked({ gate }: ReturnType<typeof bench>, number = '2', host?: string): Promise<string> {
  const invite = new Invite(number, undefined, undefined, host);
  if (await gate.directoryFor(invite)) throw new Error('not asked');
  return invite.challenge;
}

void t.test('without a bridge password nothing is asked', async (t) => {
  const { gate } = bench();
  for (const number of ['1', '4']) {
    const directory = await gate.directoryFor(new Invite(number));
    t.match(directory?.findByNumber(number), { document: {} }, number);
  }
  t.equal((await gate.directoryFor(new Invite('7')))?.findByNumber('7'), undefined);
});

void t.test('asked, proven, let in; the proof works once', async (t) => {
  const box = bench();
  const first = new Invite('2');
  t.equal(await box.gate.directoryFor(first), undefined);
  t.equal(first.status, 401);
  t.match(first.challenge, /^Digest realm="partyline", nonce="[0-9a-f]{60}", algorithm=MD5, qop="auth"$/);
  t.same(box.records, [], 'a question is no call');
  const proof = answerTo(first.challenge);
  const directory = await box.gate.directoryFor(new Invite('2', proof));
  t.match(directory?.findByNumber('2'), { conferenceId: 'both' });

  const again = new Invite('2', proof);
  t.equal(await box.gate.directoryFor(again), undefined);
  t.match(again.challenge, /stale=true/, 'overheard and sent again: asked anew');
  t.equal(again.status, 401);
});

void t.test(
  'a nonce of another address, or too old: asked again, and nothing is told or counted',
  async (t) => {
    const box = bench();
    for (const password of ['secret', 'wrong']) {
      const elsewhere = new Invite('2', answerTo(await asked(box), password), '192.0.2.51');
      t.equal(await box.gate.directoryFor(elsewhere), undefined);
      t.match(elsewhere, { status: 401, challenge: /stale=true/ });
      const proof = answerTo(await asked(box), password);
      box.clock.advance(60_000);
      const late = new Invite('2', proof);
      t.equal(await box.gate.directoryFor(late), undefined);
      t.match(late, { status: 401, challenge: /stale=true/ });
    }
    t.match(box.guard.check('192.0.2.50 201', 'both'), { kind: 'go', delayMs: 0 });
  },
);

void t.test('a wrong password or name: 403, a record, and counted as a wrong PIN is', async (t) => {
  const box = bench();
  for (const [password, user] of [
    ['wrong', 'pbx'],
    ['secret', 'other'],
    ['', ''],
  ] as const) {
    const invite = new Invite('2', answerTo(await asked(box), password, user));
    t.equal(await box.gate.directoryFor(invite), undefined);
    t.equal(invite.status, 403);
  }
  t.match(box.records, [{ calledNumber: '2', direction: 'inbound', endReason: 'rejected' }, {}, {}]);
  t.match(box.guard.check('192.0.2.50 201', 'both'), { kind: 'go', delayMs: 1000 });

  const patient = new Invite('2', answerTo(await asked(box)));
  const answered = box.gate.directoryFor(patient);
  while (box.clock.pending === 0) await Promise.resolve();
  t.equal(patient.status, 0, 'the fourth waits');
  box.clock.advance(1000);
  t.ok(await answered);
  t.match(box.guard.check('192.0.2.50 201', 'both'), { kind: 'go', delayMs: 0 }, 'and is forgiven');
});

void t.test('who is blocked is not listened to', async (t) => {
  const box = bench();
  for (let n = 0; n < 10; n += 1) box.guard.wrong('192.0.2.50 201', 'both');
  const invite = new Invite('2', answerTo(await asked(box)));
  t.equal(await box.gate.directoryFor(invite), undefined);
  t.equal(invite.status, 403);
  t.match(box.records, [{ endReason: 'blocked' }]);
});

void t.test('with a domain: asked there only, in its name, and any user name will do', async (t) => {
  const box = bench();
  const elsewhere = await box.gate.directoryFor(new Invite('3'));
  t.equal(elsewhere?.findByNumber('3'), undefined, 'elsewhere the number leads nowhere');
  const challenge = await asked(box, '3', 'a.example');
  t.match(challenge, /realm="a\.example"/);
  const invite = new Invite('3', answerTo(challenge, 'secret', 'anybody'), undefined, 'a.example');
  t.match((await box.gate.directoryFor(invite))?.findByNumber('3'), { conferenceId: 'domain' });
});
