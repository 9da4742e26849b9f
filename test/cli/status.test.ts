// partyline status, with a box that answers in every way a box can. A whole box is in test/calls/command-line.test.ts.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import t from 'tap';
import { buildApp } from '../../src/http/index.js';
import { webServer } from '../sounds/web-server.js';
import { run, scratchBox, type ScratchBox } from './run.js';

/** A port where nobody listens: it was just given back. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  await once(connect(port, '127.0.0.1'), 'error').catch(() => undefined);
  return port;
}

async function status(box: ScratchBox, port: number) {
  const env = { PARTYLINE_DATA: box.data, PARTYLINE_HTTP_PORT: String(port) };
  const ended = await run(['status', '--json'], { env });
  return { code: ended.code, err: ended.err, ...(JSON.parse(ended.out) as Record<string, unknown>) };
}

void t.test('down', async (t) => {
  const box = scratchBox(t);
  const port = await closedPort();
  t.match(await status(box, port), { code: 1, err: '', running: false, ok: false, message: /none was ever/ });
  await box.runWith({}, 'conference', 'put');
  t.match(await status(box, port), { code: 1, running: false, message: /is not running/ });
  const text = await run(['status'], {
    env: { PARTYLINE_DATA: box.data, PARTYLINE_HTTP_PORT: String(port) },
  });
  t.match(text, { code: 1, out: /^The box is not running\..*\n$/, err: '' });
});

void t.test('up', async (t) => {
  const box = scratchBox(t);
  await box.start();
  const up = { sip: true, media: true, store: true };
  const health = { ...up };
  const app = buildApp({ health: () => health });
  await app.ready();
  t.teardown(() => app.close());
  const { port } = await webServer(t, app.routing);
  t.match(await status(box, port), {
    code: 0,
    running: true,
    ok: true,
    message: 'The box takes calls.',
    parts: up,
  });
  health.media = false;
  t.match(await status(box, port), {
    code: 1,
    running: true,
    ok: false,
    message: 'The box takes no calls: rtpengine does not answer.',
    parts: { media: false, sip: true },
  });
  health.sip = false;
  t.match(await status(box, port), {
    message: /rtpengine does not answer, and the SIP server does not answer/,
  });
});

void t.test('up, but something is odd', async (t) => {
  const box = scratchBox(t);
  await box.runWith({}, 'conference', 'put');
  const { port: stranger } = await webServer(t, (_request, response) => response.end('hello'));
  t.match(await status(box, stranger), { code: 1, running: false, message: /another program answers/ });
  await box.start();
  t.match(await status(box, await closedPort()), {
    code: 1,
    running: true,
    message: /runs, but does not answer .*nothing listens there/,
  });
  const { port: broken } = await webServer(t, (_request, response) => {
    response.statusCode = 500;
    response.end('<html>');
  });
  t.match(await status(box, broken), { code: 1, ok: false, message: /its health is 500/ });
  const { port: endless } = await webServer(t, (_request, response) => {
    const more = () => {
      while (response.writable && response.write('x'.repeat(10_000)));
    };
    response.on('drain', more);
    more();
  });
  t.match(await status(box, endless), { code: 1, message: /too long/ });
  const { port: silent } = await webServer(t, () => undefined);
  t.match(await status(box, silent), { code: 1, message: /no answer within 3 s/ });
});
