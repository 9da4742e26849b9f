// The reader of the captures is proved against the captures: every admin frame says how many bytes it has,
// every SIP message how long its body is.
import t from 'tap';
import { parseSip, header } from './support/sip-text.js';
import { parseTrace, readTrace, traceNames } from './support/trace-reader.js';

void t.test('all captures are read whole', async (t) => {
  t.equal(traceNames().length, 35);
  for (const name of traceNames()) {
    const { events } = readTrace(name);
    const cut = events.filter((event) => event.truncated).map((event) => event.line);
    t.same(cut, name === '24-raw-admin-probes' ? [127] : [], name);
    for (const event of events) {
      if (event.channel === 'admin' || !event.text.trim()) continue;
      const message = parseSip(event.text);
      t.equal(Number(header(message, 'content-length')), message.body.length, `${name} line ${event.line}`);
    }
  }
});

void t.test('a network frame names the size its message had on the wire', async (t) => {
  const { events } = readTrace('03-uas-invite-180-200-ack-info-reinvite-bye-from-peer');
  const invite = events[0]?.text ?? '';
  const frame = events[2]?.text.split('|') ?? [];
  t.equal(frame[3], String(invite.length));
});

void t.test('a frame that is cut short is marked, a line that is no heading is not an event', async (t) => {
  const { events, title } = parseTrace(
    'x',
    '# title\n\n--- +    5ms ADM app->srv\n30#too short\n\n### note\n',
  );
  t.equal(title, 'title');
  t.same(
    events.map(({ line, truncated }) => ({ line, truncated })),
    [{ line: 3, truncated: true }],
  );
});
