// An INVITE of ours without a network: given up before, while and after it is on its way.
import { EventEmitter } from 'node:events';
import type Srf from 'drachtio-srf';
import t from 'tap';
import { CallerGaveUp, DialFailed, OutgoingCall, type PhoneDialog } from '../../src/sip/index.js';

type Sent = Parameters<Srf['createUAC']>;

/** drachtio-srf as far as it is needed; a test says what the phone does. */
class FakeSrf {
  sent: { uri: string; options: { headers: Record<string, string>; auth?: object } } | undefined;
  cancels = 0;
  byes = 0;
  private progress!: { cbRequest: (error: unknown, request?: object) => void; cbProvisional: () => void };
  private done!: (error: unknown, dialog?: object) => void;

  createUAC(...[uri, options, progress, done]: Sent): void {
    this.sent = { uri, options } as unknown as NonNullable<FakeSrf['sent']>;
    this.progress = progress as unknown as FakeSrf['progress'];
    this.done = done as FakeSrf['done'];
  }

  goesOut(): void {
    this.progress.cbRequest(null, { cancel: () => (this.cancels += 1) });
  }

  rings(): void {
    this.progress.cbProvisional();
  }

  answers(): void {
    const destroy = (_options: object, done: () => void) => {
      this.byes += 1;
      done();
    };
    this.done(null, Object.assign(new EventEmitter(), { destroy, req: {}, remote: { sdp: 'v=0 theirs' } }));
  }

  refuses(status: number): void {
    this.done(Object.assign(new Error(`Sip non-success response: ${status}`), { status }));
  }

  cannotSend(): void {
    this.progress.cbRequest(new Error('no such host'));
    this.done(new Error('no such host'));
  }
}

function call(srf: object = new FakeSrf()) {
  const outgoing = new OutgoingCall(srf as Srf, {
    uri: 'sip:ada@192.0.2.7:5070',
    sipCallId: 'id',
    callerName: 'Team "A"\r\nX: y',
    callerNumber: '3001',
    callerHost: '192.0.2.1',
    credentials: { username: 'box', password: 'secret' },
  });
  const dialogs: PhoneDialog[] = [];
  const answered = outgoing.answer('v=0', (dialog) => dialogs.push(dialog));
  answered.catch(() => undefined);
  return { srf: srf as FakeSrf, outgoing, answered, dialogs };
}

void t.test('answered', async (t) => {
  const { srf, outgoing, answered, dialogs } = call();
  let ringing = 0;
  outgoing.on('ringing', () => (ringing += 1));
  t.match(srf.sent, {
    uri: 'sip:ada@192.0.2.7:5070',
    options: {
      headers: {
        From: '"Team \\"A\\"X: y" <sip:3001@192.0.2.1>',
        To: '<sip:ada@192.0.2.7:5070>',
        'Call-ID': 'id',
      },
      auth: { username: 'box', password: 'secret' },
      localSdp: 'v=0',
    },
  });
  t.match(outgoing, {
    sourceAddress: '192.0.2.7:5070',
    identity: { calledNumber: 'ada', callerNumber: '3001' },
  });
  srf.goesOut();
  srf.rings();
  srf.rings();
  srf.answers();
  await answered;
  t.equal(ringing, 1);
  t.equal(dialogs.length, 1);
  t.equal(outgoing.answerSdp, 'v=0 theirs');
  outgoing.reject();
  t.equal(srf.cancels + srf.byes, 0, 'an answered call is not cancelled');
});

void t.test('given up: before it is out, while it rings, and crossing the answer', async (t) => {
  const early = call();
  early.outgoing.reject();
  early.srf.goesOut();
  t.equal(early.srf.cancels, 1, 'cancelled as soon as it can be');
  early.srf.refuses(487);
  await t.rejects(early.answered, new CallerGaveUp());

  const crossing = call();
  crossing.srf.goesOut();
  crossing.srf.rings();
  crossing.outgoing.reject();
  crossing.outgoing.reject();
  t.equal(crossing.srf.cancels, 1);
  crossing.srf.answers();
  await t.rejects(crossing.answered, new CallerGaveUp());
  t.equal(crossing.srf.byes, 1, 'the answer is hung up');
  t.same(crossing.dialogs, []);
});

void t.test('not answered', async (t) => {
  const failure = async (happens: (srf: FakeSrf) => void): Promise<unknown> => {
    const { srf, answered } = call();
    happens(srf);
    return answered.catch((error: unknown) => error);
  };
  t.match(await failure((srf) => srf.refuses(486)), { status: 486, rang: false });
  const rang = (srf: FakeSrf) => {
    srf.rings();
    srf.refuses(408);
  };
  t.match(await failure(rang), { status: 408, rang: true });
  const unsent = await failure((srf) => srf.cannotSend());
  t.ok(unsent instanceof DialFailed);
  t.match(unsent, { status: 0, message: 'no such host' });
  const gone = call({
    createUAC: () => {
      throw new Error('no connection');
    },
  });
  await t.rejects(gone.answered, { status: 0, message: 'no connection' });
});
