// What comes before any operation: tokens, accounts, methods, addresses and bodies that are none, each in the envelope.
import { connect } from 'node:net';
import { once } from 'node:events';
import t, { type Test } from 'tap';
import { buildApp } from '../../../src/http/index.js';
import { accountId } from '../credentials.js';
import { Api, type Reply } from './api.js';

const list = '/accounts/{A}/conferences';
const one = `${list}/${'c'.repeat(32)}`;

/** An error in Kazoo's envelope. */
function isError(t: Test, reply: Reply, status: number, kind: string) {
  t.match(reply, {
    status,
    headers: { 'content-type': /^application\/json/ },
    body: {
      status: 'error',
      error: String(status),
      message: kind,
      data: { message: String },
      request_id: /^[0-9a-f]{32}$/,
      timestamp: /Z$/,
      version: '1.2.3',
      node: 'partyline@box',
      auth_token: String,
    },
  });
}

void t.test('without a token there is nothing, known or unknown', async (t) => {
  const api = await Api.start(t);
  api.token = '';
  const conference = await api.conference();
  const calls: [string, string][] = [
    ['GET', list],
    ['PUT', list],
    ['GET', `${list}/${conference}`],
    ['PUT', `${list}/${conference}`],
    ['POST', `${list}/${conference}`],
    ['PATCH', `${list}/${conference}`],
    ['DELETE', `${list}/${conference}`],
    ['GET', `${list}/${conference}/participants`],
    ['PUT', `${list}/${conference}/participants`],
    ['GET', `${list}/${conference}/participants/1`],
    ['PUT', `${list}/${conference}/participants/1`],
    ['GET', '/accounts/another/conferences'],
    ['DELETE', list],
    ['OPTIONS', list],
    ['GET', ''],
    ['GET', '/nothing/here'],
    ['GET', '/api_auth'],
  ];
  for (const [n, [method, path]] of calls.entries()) {
    isError(t, await api.send(method, path), 401, 'invalid_credentials');
    // From an address of its own each: wrong tokens are counted.
    const wrong = { 'x-auth-token': 'f'.repeat(64) };
    isError(t, await api.send(method, path, undefined, wrong, `192.0.2.${n}`), 401, 'invalid_credentials');
  }
  t.equal((await api.store.conferences.list()).conferences.length, 1, 'and nothing was done');
});

void t.test('the token may stand in the body', async (t) => {
  const api = await Api.start(t);
  const { token } = api;
  api.token = '';
  const created = await api.send('PUT', list, { auth_token: token, data: {} });
  t.match(created, { status: 201, body: { auth_token: token } });
  isError(t, await api.send('PUT', list, { auth_token: 5, data: {} }), 401, 'invalid_credentials');
});

void t.test('another account is forbidden', async (t) => {
  const api = await Api.start(t);
  for (const account of ['another', accountId.toUpperCase(), `${accountId}0`]) {
    isError(t, await api.get(`/accounts/${account}/conferences`), 403, 'forbidden');
  }
});

void t.test('a method that a resource does not have', async (t) => {
  const api = await Api.start(t);
  const cases: [string, string, string][] = [
    ['DELETE', list, 'GET, PUT'],
    ['POST', list, 'GET, PUT'],
    ['OPTIONS', list, 'GET, PUT'],
    ['PATCH', `${one}/participants`, 'GET, PUT'],
    ['DELETE', `${one}/participants/1`, 'GET, PUT'],
    ['OPTIONS', one, 'GET, PUT, POST, PATCH, DELETE'],
    ['GET', '/user_auth', 'PUT'],
  ];
  for (const [method, path, allow] of cases) {
    const reply = await api.send(method, path);
    isError(t, reply, 405, 'invalid_method');
    t.equal(reply.headers.allow, allow);
  }
});

void t.test('a POST may mean any method', async (t) => {
  const api = await Api.start(t);
  const created = await api.send('POST', list, { verb: 'put', data: { name: 'one' } });
  t.match(created, { status: 201, data: { name: 'one' } });
  const id = String(created.headers.location);
  t.match(await api.send('POST', list, { verb: 'GET' }), { status: 200, data: [{ id }] });
  t.match(await api.send('POST', `${list}/${id}`, { verb: 'PATCH', data: { name: 'two' } }), {
    status: 200,
    data: { name: 'two' },
  });
  t.match(await api.send('PUT', `${list}/${id}`, { verb: 'DELETE' }), { status: 404 }, 'no other may');
  for (const verb of ['TRACE', '', 5, { toString: 1 }]) {
    isError(t, await api.send('POST', `${list}/${id}`, { verb, data: {} }), 405, 'invalid_method');
  }
  t.equal((await api.send('POST', `${list}/${id}`, { verb: 'DELETE' })).status, 200);
  t.equal((await api.get(`${list}/${id}`)).status, 404);
});

void t.test('what is nowhere', async (t) => {
  const api = await Api.start(t);
  for (const path of ['', '/', '/nothing', '/accounts/{A}', `${one}/participants/1/2`]) {
    isError(t, await api.get(path), 404, 'not_found');
  }
  t.equal((await api.get(`${list}/`)).status, 200, 'a slash at the end is nothing');
});

void t.test('bodies that are no JSON object, or too large', async (t) => {
  const api = await Api.start(t);
  for (const body of ['{', '[]', '"text"', '5', 'data=1', '{"data":{}}x']) {
    isError(t, await api.send('PUT', list, body), 400, 'parse_error');
    isError(t, await api.send('PUT', '/nothing', body), 400, 'parse_error');
  }
  const large = JSON.stringify({ data: { name: 'x'.repeat(1024 * 1024) } });
  isError(t, await api.send('PUT', list, large), 413, 'request_too_large');
});

void t.test('bodies that are very deep', async (t) => {
  const api = await Api.start(t);
  const id = await api.conference();
  const deep = `${'['.repeat(300_000)}${']'.repeat(300_000)}`;
  const cases: [string, string, string][] = [
    ['PUT', '/api_auth', `{"data":{"api_key":${deep}}}`],
    ['PUT', '/user_auth', `{"data":${deep}}`],
    ['PUT', list, `{"data":${deep}}`],
    ['PUT', list, `{"data":{"name":${deep}}}`],
    ['PATCH', `${list}/${id}`, `{"data":{"x":${deep}}}`],
    ['POST', `${list}/${id}`, `{"data":{"x":${deep}}}`],
    ['PUT', `${list}/${id}/participants`, `{"data":{"action":"relate","data":{"participant_id":${deep}}}}`],
  ];
  for (const [method, path, body] of cases) {
    const reply = await api.send(method, path, body);
    t.match(reply, { status: 400, body: { message: 'validation error' } }, `${method} ${path}`);
  }
  t.equal((await api.send('PUT', `${list}/${id}`, `{"data":${deep}}`)).status, 404, 'no action');
  t.equal((await api.send('POST', list, `{"verb":${deep}}`)).status, 405, 'no method');
});

void t.test('JSON is JSON whatever it is called', async (t) => {
  const api = await Api.start(t);
  for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain']) {
    const reply = await api.send('PUT', list, { data: { name: type } }, { 'content-type': type });
    t.match(reply, { status: 201, data: { name: type } });
  }
  const nonsense = await api.send('PUT', list, { data: {} }, { 'content-type': 'nonsense' });
  isError(t, nonsense, 400, 'bad_request');
  const id = await api.conference();
  t.equal(
    (await api.send('DELETE', `${list}/${id}`, undefined, { 'content-type': 'application/json' })).status,
    200,
    'a client that always says so',
  );
});

void t.test('addresses that are too long, or none', async (t) => {
  const api = await Api.start(t);
  isError(t, await api.get(`${list}?start_key=${'x'.repeat(2100)}`), 414, 'uri_too_long');
  isError(t, await api.get(`${list}/${'c'.repeat(200)}`), 414, 'uri_too_long');
  isError(t, await api.get('/accounts/%zz/conferences'), 400, 'bad_request');
});

void t.test('HEAD is a GET without the body', async (t) => {
  const api = await Api.start(t);
  const reply = await api.send('HEAD', list);
  t.match(reply, { status: 200, body: {} });
});

void t.test('a fault of ours says nothing but that, and is logged', async (t) => {
  const api = await Api.start(t);
  await api.store.stop();
  const reply = await api.get(list);
  isError(t, reply, 500, 'unspecified_fault');
  t.strictSame(reply.data, { message: 'unspecified fault' });
  t.match(
    api.logged.find(({ level }) => level === 'error'),
    {
      event: 'API request failed',
      fields: { request: reply.body.request_id },
    },
  );
});

void t.test('without credentials there is no API', async (t) => {
  const app = buildApp({ health: () => ({ sip: true, media: true, store: true }) });
  t.teardown(() => app.close());
  for (const url of ['/v2/api_auth', '/v2/openapi.json', `/v2/accounts/${accountId}/conferences`]) {
    const reply = await app.inject(url);
    t.equal(reply.statusCode, 404);
  }
  t.equal((await app.inject('/v2/%zz')).statusCode, 400);
});

void t.test('outside /v2 nothing is Kazoo', async (t) => {
  const api = await Api.start(t);
  t.match((await api.app.inject('/nothing')).json(), { statusCode: 404 });
  t.match((await api.app.inject('/v2x')).json(), { statusCode: 404 });
  t.match((await api.app.inject('/%zz')).json(), { statusCode: 400 });
});

void t.test('who sends a request in drops is given up', async (t) => {
  const api = await Api.start(t);
  t.equal(api.app.server.headersTimeout, 30_000);
  t.equal(api.app.server.maxConnections, 200);
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = api.app.server.address() as { port: number };
  const socket = connect(port, '127.0.0.1');
  socket.write('nonsense\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  t.match(answer.toString(), /^HTTP\/1\.1 400 /);
  socket.destroy();
});
