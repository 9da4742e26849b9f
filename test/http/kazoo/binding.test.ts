// Which bindings there are, and whose events they are for.
import t from 'tap';
import type { FeedEvent } from '../../../src/calls/index.js';
import { fits, readBinding, type Binding } from '../../../src/http/kazoo/binding.js';

void t.test('one conference or all, one call or all', (t) => {
  t.same(readBinding('conference.event.c1.*'), {
    key: 'conference.event.c1.*',
    topic: 'c1',
    callId: undefined,
  });
  t.match(readBinding('conference.event.*.*'), { topic: 'all', callId: undefined });
  t.match(readBinding('conference.event.c1.call-1'), { topic: 'c1', callId: 'call-1' });
  t.match(readBinding('conference.command.c1'), { topic: undefined });
  t.end();
});

void t.test('anything else is refused with a sentence', (t) => {
  for (const key of ['', 'call.CHANNEL_CREATE.*', 'object.doc_edited.*']) {
    t.equal(readBinding(key), 'no available subscriptions to requested binding', key);
  }
  for (const key of [
    'conference',
    'conference.event',
    'conference.event.c1',
    'conference.event..*',
    'conference.event.c1.*.more',
    'conference.event.#.*',
    'conference.event.c1.a b',
    'conference.other.c1.*',
    `conference.event.${'c'.repeat(1_000_000)}.*`,
  ]) {
    const said = readBinding(key);
    t.match(said, /^invalid format for conference subscription : conference/);
    t.ok(String(said).length < 200);
  }
  t.end();
});

void t.test('events of one call', (t) => {
  const own = readBinding('conference.event.c1.call-1') as Binding;
  const all = readBinding('conference.event.c1.*') as Binding;
  const of = (callId: string) => ({ kind: 'talk-started', member: { callId } }) as FeedEvent;
  const whole = { kind: 'locked' } as FeedEvent;
  t.same(
    [of('call-1'), of('call-2'), whole].map((event) => fits(own, event)),
    [true, false, false],
  );
  t.same(
    [of('call-1'), of('call-2'), whole].map((event) => fits(all, event)),
    [true, true, true],
  );
  t.end();
});
