// Every capture of a real drachtio-server is one test: the same words must get the same answers from ours.
// The captures that need several connections or long silences are played by hand in the traces-*.test.ts beside this.
import t from 'tap';
import { expectations } from './support/expectations.js';
import { secret, startServer } from './support/live-server.js';
import { playTrace } from './support/trace-player.js';
import { readTrace, traceNames } from './support/trace-reader.js';

// The tests mostly wait for timers: several wait at once.
t.jobs = 4;

// What the captured application had routed.
const routes = ['invite', 'register', 'options', 'message'];
const byHand = new Set([
  '20-app-disconnect',
  '24-raw-admin-probes',
  '26-app-never-answers',
  '34-frame-size-limits',
]);

for (const name of traceNames().filter((other) => !byHand.has(other))) {
  void t.test(name, { buffered: true }, async (t) => {
    const trace = readTrace(name);
    const { routed, timers, captured, differences } = expectations[name] ?? {};
    const server = await startServer(t, timers ? { timers } : {});
    const wrong = await playTrace(server, trace, {
      secret,
      routed: routed === false ? undefined : routes,
      captured,
      differences,
    });
    t.same(wrong, [], trace.title);
  });
}
