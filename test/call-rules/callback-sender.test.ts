import t, { type Test } from 'tap';
import { CallbackImpossible, CallbackSender } from '../../src/calls/index.js';
import type { CallbackMessage, Store } from '../../src/store/index.js';
import { FakeClock } from '../conference/fake-clock.js';
import { listeningLog, scratchStore } from '../store/scratch.js';

const target = { callbackUrl: 'http://one/' };

class Receiver {
  readonly clock = new FakeClock();
  readonly attempts: string[] = [];
  /** What each address does with it; absent = takes it. */
  readonly faults = new Map<string, Error>();
  readonly logged = listeningLog();

  sender(store: Store, more: { mostWaiting?: number; mostInStream?: number } = {}): CallbackSender {
    return new CallbackSender({
      queue: store.callbacks,
      deliver: (url, message) => this.take(url, message),
      clock: this.clock,
      log: this.logged.log,
      ...more,
    });
  }

  private take(url: string, { body }: CallbackMessage): Promise<void> {
    this.attempts.push(`${url} ${String(body.n)}`);
    const fault = this.faults.get(url);
    return fault ? Promise.reject(fault) : Promise.resolve();
  }
}

/** Until as many attempts were made, and what follows from them is done. */
async function settle(receiver: Receiver, count: number): Promise<void> {
  for (const deadline = Date.now() + 10_000; receiver.attempts.length < count;) {
    if (Date.now() > deadline) throw new Error(`too few attempts: ${receiver.attempts.join()}`);
    await new Promise(setImmediate);
  }
  for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
}

async function begin(t: Test, more: { mostWaiting?: number; mostInStream?: number } = {}) {
  const store = await scratchStore(t);
  const receiver = new Receiver();
  const sender = receiver.sender(store, more);
  await sender.start();
  return { store, receiver, sender };
}

void t.test('in order, and gone from the queue when they have arrived', async (t) => {
  const { store, receiver, sender } = await begin(t);
  for (const n of [1, 2, 3]) sender.post('s', target, { n });
  await settle(receiver, 3);
  t.same(receiver.attempts, ['http://one/ 1', 'http://one/ 2', 'http://one/ 3']);
  for (const deadline = Date.now() + 10_000; sender.waiting > 0 && Date.now() < deadline;) {
    await new Promise(setImmediate);
  }
  await sender.stop();
  t.same(await store.callbacks.all(), []);
  t.equal(sender.waiting, 0);
});

void t.test(
  'a dead receiver: again after 1, 2 and 4 s, what follows waits, other streams go on',
  async (t) => {
    const { receiver, sender } = await begin(t);
    receiver.faults.set('http://one/', new Error('down'));
    sender.post('s', target, { n: 1 });
    sender.post('s', target, { n: 2 });
    sender.post('other', { callbackUrl: 'http://two/' }, { n: 3 });
    await settle(receiver, 2);
    t.same(receiver.attempts.splice(0), ['http://one/ 1', 'http://two/ 3']);
    for (const pause of [1000, 2000, 4000]) {
      receiver.clock.advance(pause - 1);
      await settle(receiver, 0);
      t.same(receiver.attempts, []);
      receiver.clock.advance(1);
      await settle(receiver, 1);
      t.same(receiver.attempts.splice(0), ['http://one/ 1']);
    }
    receiver.faults.clear();
    receiver.clock.advance(8000);
    await settle(receiver, 2);
    t.same(receiver.attempts, ['http://one/ 1', 'http://one/ 2']);
    await sender.stop();
  },
);

void t.test('the fallback, when the first address fails', async (t) => {
  const { receiver, sender } = await begin(t);
  receiver.faults.set('http://one/', new Error('down'));
  sender.post('s', { ...target, fallbackUrl: 'http://two/' }, { n: 1 });
  sender.post('s', { ...target, fallbackUrl: 'http://two/' }, { n: 2 });
  await settle(receiver, 4);
  t.same(receiver.attempts, ['http://one/ 1', 'http://two/ 1', 'http://one/ 2', 'http://two/ 2']);
  await sender.stop();
});

void t.test('after a restart: nothing is lost, and the order stays', async (t) => {
  const { store, receiver, sender } = await begin(t);
  receiver.faults.set('http://one/', new Error('down'));
  for (const n of [1, 2, 3]) sender.post('s', target, { n });
  await settle(receiver, 1);
  await sender.stop();
  receiver.faults.clear();
  receiver.attempts.length = 0;
  const again = receiver.sender(store);
  await again.start();
  await settle(receiver, 3);
  t.same(receiver.attempts, ['http://one/ 1', 'http://one/ 2', 'http://one/ 3']);
  await again.stop();
});

void t.test('given up: what can never arrive, and what is a day old', async (t) => {
  const { receiver, sender } = await begin(t);
  receiver.faults.set('http://no/', new CallbackImpossible('not allowed'));
  sender.post('s', { callbackUrl: 'http://no/' }, { n: 1 });
  sender.post('s', target, { n: 2 });
  await settle(receiver, 2);
  t.same(receiver.attempts.splice(0), ['http://no/ 1', 'http://one/ 2']);
  receiver.faults.set('http://one/', new Error('down'));
  sender.post('s', target, { n: 3 });
  await settle(receiver, 1);
  receiver.clock.advance(86_400_000);
  await settle(receiver, 2);
  t.equal(receiver.logged.lines.filter(({ event }) => event === 'callback given up').length, 2);
  await sender.stop();
});

void t.test('bounded, and nobody to be told', async (t) => {
  const { receiver, sender } = await begin(t, { mostWaiting: 3, mostInStream: 2 });
  receiver.faults.set('http://one/', new Error('down'));
  for (const stream of ['a', 'a', 'a', 'b', 'c']) sender.post(stream, target, { n: stream });
  t.equal(sender.waiting, 3);
  t.equal(receiver.logged.lines.filter(({ event }) => event.startsWith('callback left out')).length, 2);
  sender.post('d', {}, {});
  sender.post('d', { callbackUrl: '' }, {});
  t.equal(sender.waiting, 3);
  await settle(receiver, 2);
  await sender.stop();
});
