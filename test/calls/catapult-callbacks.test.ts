// Callbacks of Catapult's API when the receiver, or the box, is killed: nothing lost, nothing out of order, and what came
// twice can be told by its id.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { Store } from '../../src/store/index.js';
import { Phone } from '../phone/phone.js';
import { scratchFolder } from '../store/scratch.js';
import { Box } from './box.js';
import { CatapultClient, catapultEnv, type Event } from './catapult-client.js';
import { dial, newNumber } from './callers.js';

const program = fileURLToPath(new URL('./callback-receiver.js', import.meta.url));

interface Received {
  readonly id: string;
  readonly method: string;
  readonly authorization?: string;
  readonly event: Event;
}

/** On one port for as long as the test runs. */
class ReceiverProcess {
  private readonly file: string;
  private child: ChildProcess | undefined;
  private port = 0;

  constructor(t: Test) {
    this.file = join(scratchFolder(t), 'received');
    t.teardown(() => this.kill());
  }

  /** @param credentials `user:password@` */
  url(credentials = ''): string {
    return `http://${credentials}127.0.0.1:${this.port}/`;
  }

  async start(): Promise<this> {
    const child = spawn(process.execPath, [program, this.file, String(this.port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child = child;
    const [port] = (await once(createInterface(child.stdout), 'line')) as [string];
    this.port = Number(port);
    return this;
  }

  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Everything so far, each once. */
  received(): Received[] {
    if (!existsSync(this.file)) return [];
    const lines = readFileSync(this.file, 'utf8').trim().split('\n');
    const all = lines.map((line) => JSON.parse(line) as Received);
    return [...new Map(all.map((one) => [one.id, one])).values()];
  }

  /** All that came, once this event has come. */
  async until(event: Event, timeoutMs = 10_000): Promise<Received[]> {
    const fits = (one: Received) => Object.entries(event).every(([name, value]) => one.event[name] === value);
    for (const deadline = Date.now() + timeoutMs; ;) {
      const all = this.received();
      if (all.some(fits)) return all;
      if (Date.now() > deadline)
        throw new Error(`not told ${JSON.stringify(event)}, but ${JSON.stringify(all)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

const box = await Box.start({ env: catapultEnv });
t.teardown(() => box.stop());
const client = await CatapultClient.login(box);
const completed = { eventType: 'conference', status: 'completed' };

/** What a receiver can tell apart: where the conference or its member stands, and whether it is muted. */
function told(all: readonly Received[]): unknown[] {
  return all.map(({ event }) => [event.status ?? event.state, event.mute]);
}

/** Callbacks that wait in the box's own store. */
async function waiting(): Promise<number> {
  const store = new Store({ file: join(box.data, 'partyline.db'), tool: true });
  await store.start();
  try {
    return (await store.callbacks.all()).length;
  } finally {
    await store.stop();
  }
}

void t.test('a receiver that is killed while sixty changes are told', async (t) => {
  const receiver = await new ReceiverProcess(t).start();
  const from = newNumber();
  const path = await client.make('/conferences', { from, callbackUrl: receiver.url() });
  await dial(t, box, from);
  await receiver.until({ state: 'active' });
  const [member] = await client.get<{ id: string }[]>(`${path}/members`);
  const changes = 60;
  for (let n = 0; n < changes; n++) {
    await client.post(`${path}/members/${member?.id}`, { mute: n % 2 === 0 });
    if (n === 20) await receiver.kill();
    if (n === 40) await receiver.start();
  }
  await client.post(path, { state: 'completed' });
  t.same(told(await receiver.until(completed)), [
    ['created', undefined],
    ['active', false],
    ...Array.from({ length: changes }, (_, n) => ['active', n % 2 === 0]),
    ['completed', false],
    ['completed', undefined],
  ]);
});

void t.test('the fallback, by GET, with Basic from its URL and the tag', async (t) => {
  const receiver = await new ReceiverProcess(t).start();
  const from = newNumber();
  await client.make('/conferences', {
    from,
    callbackUrl: 'http://127.0.0.1:1/',
    fallbackUrl: receiver.url('ada:s%20t@'),
    callbackHttpMethod: 'GET',
    tag: 'a & b',
  });
  const call = await dial(t, box, from);
  await receiver.until({ state: 'active' });
  await call.hangup();
  const all = await receiver.until(completed);
  t.same(told(all), [
    ['created', undefined],
    ['active', 'false'],
    ['completed', 'false'],
    ['completed', undefined],
  ]);
  const authorization = `Basic ${Buffer.from('ada:s t').toString('base64')}`;
  for (const one of all) t.match(one, { method: 'GET', authorization, event: { tag: 'a & b' } });
});

void t.test('the box is killed while nobody takes its callbacks', async (t) => {
  const receiver = await new ReceiverProcess(t).start();
  const from = newNumber();
  const path = await client.make('/conferences', { from, callbackUrl: receiver.url() });
  await receiver.until({ status: 'created' });
  const ada = await new Phone().start();
  t.teardown(() => ada.stop());
  const conferenceId = path.split('/').at(-1);
  await client.make('/calls', { from, to: ada.uri, conferenceId, callbackUrl: receiver.url() });
  const placed = await ada.nextCall();
  await placed.answer();
  await receiver.until({ eventType: 'answer' });
  await receiver.kill();
  const call = await dial(t, box, from);
  await box.logged(({ msg }) => msg === 'callback not delivered');
  const [member] = await client.get<{ id: string }[]>(`${path}/members`);
  await client.post(`${path}/members/${member?.id}`, { mute: true });
  for (const deadline = Date.now() + 5000; (await waiting()) < 2 && Date.now() < deadline;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  process.kill(box.pid('application'), 'SIGKILL');
  await receiver.start();
  await Promise.all([call.ended(), placed.ended()]);
  await box.well();
  const all = await receiver.until(completed);
  t.match(
    all.map(({ event }) => event).filter(({ eventType }) => eventType === 'hangup'),
    [{ cause: 'NORMAL_TEMPORARY_FAILURE' }],
  );
  t.same(told(all.filter(({ event }) => /^conference/.test(String(event.eventType)))), [
    ['created', undefined],
    ['active', false],
    ['active', true],
    ['completed', true],
    ['completed', undefined],
  ]);
  t.match(await client.get(path), { state: 'completed', activeMembers: 0 });
  await client.make('/conferences', { from });
});
