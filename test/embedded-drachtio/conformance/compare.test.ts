// The comparison itself is tested: every capture equals itself, and a small lie anywhere in one is found.
import t from 'tap';
import { Bindings, compareFrame, compareSip } from './support/compare.js';
import { applyDifferences } from './support/differences.js';
import { expectations } from './support/expectations.js';
import { parseSip } from './support/sip-text.js';
import { readTrace, traceNames, type Trace } from './support/trace-reader.js';

const ports = { server: 5060, udp: 5070, tcp: 54004 };

/** Plays a capture against itself, with one edit of what the server said. */
function compareWith(trace: Trace, edit: (text: string, line: number) => string): string[] {
  const bindings = new Bindings({ server: 5060, udp: 5070, tcp: '54004' }, ports);
  const sizes = new Set(
    trace.events.filter((event) => event.direction === 'in').map((event) => event.text.length),
  );
  return trace.events
    .filter((event) => event.direction === 'out' && event.text.trim() !== '')
    .flatMap((event) => {
      const live = edit(bindings.withPorts(event.text), event.line);
      return event.channel === 'admin'
        ? compareFrame(event.text, live, bindings, sizes)
        : compareSip(parseSip(event.text), parseSip(live), bindings);
    })
    .filter((wrong) => !/^(size|an id with a bar)/.test(wrong));
}

void t.test('every capture equals itself', async (t) => {
  // Capture 24 has Call-IDs with bars, which shift its tokens: that is what it is there to show.
  for (const name of traceNames().filter((other) => !other.startsWith('24-'))) {
    t.same(
      compareWith(readTrace(name), (text) => text),
      [],
      name,
    );
  }
});

void t.test('a lie is found', async (t) => {
  const trace = readTrace('03-uas-invite-180-200-ack-info-reinvite-bye-from-peer');
  const lies: Array<[string, (text: string) => string]> = [
    ['a header is missing', (text) => text.replace(/^Contact: <sip:127.*\r\n/m, '')],
    ['a header is too many', (text) => text.replace(/^CSeq: 2 INFO\r\n/m, 'CSeq: 2 INFO\r\nX-Extra: 1\r\n')],
    ['another status', (text) => text.replace(/^SIP\/2\.0 180/m, 'SIP/2.0 183')],
    ['another CSeq', (text) => text.replace(/^CSeq: 3 INVITE/m, 'CSeq: 4 INVITE')],
    ['another body', (text) => text.replace('m=audio 50000', 'm=audio 50001')],
    ['a wrong Content-Length', (text) => text.replace('Content-Length: 161', 'Content-Length: 160')],
    ['another rport', (text) => text.replace('rport=5070', 'rport=5071')],
    ['another transaction', (text) => text.replace('|e530482e-', '|00000000-')],
    ['no dialog', (text) => text.replace(/\|call-1795390639907-1@ua;from-tag=ft1\|$/m, '||')],
    ['a token too few', (text) => text.replace('|127.0.0.1|5060|', '|')],
    ['not OK', (text) => text.replace('|OK|', '|NOK|')],
  ];
  for (const [what, lie] of lies) {
    let told = false;
    const wrong = compareWith(trace, (text) => {
      const changed = told ? text : lie(text);
      told ||= changed !== text;
      return changed;
    });
    t.ok(told && wrong.length > 0, what);
  }
  // One To tag for 180 and 200: the same capture with another tag in the 200 alone.
  const twoTags = compareWith(trace, (text) =>
    text.startsWith('SIP/2.0 200 OK') ? text.replace('tag=Up3Z37cvpDm8B', 'tag=another') : text,
  );
  t.ok(twoTags.length > 0, 'another tag in the 200');
});

void t.test('every difference names an event of its capture, and says why', async (t) => {
  for (const [name, { differences = [] }] of Object.entries(expectations)) {
    const trace = readTrace(name);
    t.doesNotThrow(() => applyDifferences(trace, differences), name);
    for (const { why } of differences) t.ok(why.length > 20);
  }
  t.throws(() => applyDifferences(readTrace('02-connect-wrong-secret'), [{ lines: [1], why: 'no event' }]));
});
