// Logging in, and what becomes of who cannot.
import t from 'tap';
import { accountId, admin, apiKey, credentialsHash } from '../credentials.js';
import { Api, type Reply } from './api.js';

async function loggedOut(t: Parameters<typeof Api.start>[0]): Promise<Api> {
  const api = await Api.start(t);
  api.token = '';
  return api;
}

const list = '/accounts/{A}/conferences';
const refused = {
  status: 401,
  body: {
    status: 'error',
    error: '401',
    message: 'invalid_credentials',
    data: { message: 'invalid credentials' },
    auth_token: '',
    request_id: /^[0-9a-f]{32}$/,
    timestamp: '2026-01-02T03:04:05Z',
    version: '1.2.3',
    node: 'partyline@box',
  },
};

void t.test('with an API key', async (t) => {
  const api = await loggedOut(t);
  const login = await api.send('PUT', '/api_auth', { data: { api_key: apiKey } });
  t.match(login, {
    status: 201,
    body: {
      status: 'success',
      revision: 'automatic',
      auth_token: /^[0-9a-f]{64}$/,
      data: {
        account_id: accountId,
        account_name: 'Partyline',
        owner_id: 'key-1',
        reseller_id: accountId,
        is_reseller: false,
        language: 'en-us',
        apps: [],
      },
    },
  });
  const token = String(login.body.auth_token);
  t.equal((await api.send('GET', list, undefined, { 'x-auth-token': token })).status, 200);
  t.match(await api.send('PUT', '/api_auth', { data: { api_key: 'no' } }), refused);
});

void t.test('with user and password, by each method and each way to name the account', async (t) => {
  const api = await loggedOut(t);
  const good: Record<string, unknown>[] = [
    { account_name: 'partyline' },
    { account_name: 'Party Line', method: 'md5' },
    { account_realm: 'box' },
    { account_realm: '192.0.2.1' },
    { account_name: 'partyline', method: 'sha1', credentials: credentialsHash('sha1') },
    { account_name: 'partyline', method: 'sha', credentials: credentialsHash('sha1') },
    { account_name: 'partyline', credentials: credentialsHash('md5').toUpperCase() },
  ];
  for (const data of good) {
    const login = await api.send('PUT', '/user_auth', {
      data: { credentials: credentialsHash('md5'), ...data },
    });
    t.match(login, { status: 201, data: { owner_id: admin.id } }, JSON.stringify(data));
    t.match(login.body.auth_token, /^[0-9a-f]{64}$/);
  }
});

void t.test('a wrong password, a wrong account: the same answer', async (t) => {
  const api = await loggedOut(t);
  const credentials = credentialsHash('md5');
  for (const data of [
    { account_name: 'partyline', credentials: credentialsHash('md5', 'wrong') },
    { account_name: 'another', credentials },
    { account_name: 'partyline', account_realm: 'elsewhere', credentials },
  ]) {
    t.match(await api.send('PUT', '/user_auth', { data }), refused);
  }
});

void t.test('a login that says too little names the field', async (t) => {
  const api = await loggedOut(t);
  const cases: [string, unknown, Record<string, unknown>][] = [
    ['/api_auth', undefined, { api_key: { required: { message: 'Field is required but missing' } } }],
    ['/api_auth', { data: { api_key: 5 } }, { api_key: { type: { target: 'string', value: 5 } } }],
    ['/api_auth', { data: { api_key: 'x'.repeat(129) } }, { api_key: { maxLength: { target: 128 } } }],
    ['/user_auth', { data: { account_name: 'partyline' } }, { credentials: { required: {} } }],
    ['/user_auth', { data: { credentials: 'x' } }, { account_name: { required: {} } }],
    [
      '/user_auth',
      { data: { credentials: 'x', account_name: 'a', method: 'crc' } },
      { method: { enum: {} } },
    ],
    ['/user_auth', { data: [] }, { data: { type: { target: 'object' } } }],
  ];
  for (const [path, body, data] of cases) {
    const reply = await api.send('PUT', path, body);
    t.match(reply, { status: 400, data, body: { message: 'validation error' } }, JSON.stringify(body));
  }
});

void t.test('a token holds an hour after its last use', async (t) => {
  const api = await Api.start(t);
  api.clock.advance(3_599_000);
  t.equal((await api.get(list)).status, 200);
  api.clock.advance(3_599_000);
  t.equal((await api.get(list)).status, 200);
  api.clock.advance(3_600_000);
  t.equal((await api.get(list)).status, 401);
});

/** Lets what is under way come to the point where it waits for the clock. */
async function delayed(api: Api): Promise<void> {
  for (let turn = 0; turn < 50 && api.clock.pending === 0; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

void t.test('guessing is slowed, then refused with Retry-After; others are not', async (t) => {
  const api = await loggedOut(t);
  const guess = (address: string): Promise<Reply> =>
    api.send('PUT', '/api_auth', { data: { api_key: 'guess' } }, {}, address);
  for (let n = 0; n < 3; n++) t.equal((await guess('192.0.2.50')).status, 401);
  for (const ms of [1000, 2000, 4000, 8000, 8000, 8000, 8000]) {
    let answered = false;
    const pending = guess('192.0.2.50').finally(() => (answered = true));
    await delayed(api);
    api.clock.advance(ms - 1);
    await new Promise((resolve) => setImmediate(resolve));
    t.notOk(answered, `not before ${ms} ms`);
    api.clock.advance(1);
    t.equal((await pending).status, 401);
  }
  const reply = await guess('192.0.2.50');
  t.match(reply, {
    status: 429,
    body: { error: '429', message: 'too_many_requests', data: { message: 'too many requests' } },
  });
  const wait = Number(reply.headers['retry-after']);
  t.ok(wait > 0 && wait <= 900);
  const right = { data: { api_key: apiKey } };
  t.equal((await api.send('PUT', '/api_auth', right, {}, '192.0.2.50')).status, 429, 'a right key too');
  t.equal((await api.send('PUT', '/api_auth', right, {}, '192.0.2.51')).status, 201);
  api.clock.advance(wait * 1000);
  const again = api.send('PUT', '/api_auth', right, {}, '192.0.2.50');
  await delayed(api);
  api.clock.advance(8000);
  t.equal((await again).status, 201, 'who waits as told is heard again');
  t.ok(
    api.logged.some(({ level, event }) => level === 'warn' && event === 'wrong API credentials'),
    'it is logged',
  );
  t.notMatch(JSON.stringify(api.logged), /guess"|kkkk/, 'without what was tried');
});

void t.test('many guesses at once are not faster', async (t) => {
  const api = await loggedOut(t);
  const pending = Array.from({ length: 40 }, () =>
    api.send('PUT', '/api_auth', { data: { api_key: 'guess' } }),
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  api.clock.advance(8000);
  const statuses = (await Promise.all(pending)).map(({ status }) => status);
  t.ok(statuses.filter((status) => status === 401).length <= 10);
  t.ok(statuses.filter((status) => status === 429).length >= 30);
});

void t.test('wrong tokens are slowed and refused; a right one passes, and a login too', async (t) => {
  const api = await Api.start(t);
  const wrong = () => api.send('GET', list, undefined, { 'x-auth-token': 'f'.repeat(64) });
  for (let n = 0; n < 10; n++) t.match(await wrong(), refused);
  const pending = Array.from({ length: 30 }, wrong);
  await new Promise((resolve) => setTimeout(resolve, 50));
  api.clock.advance(4000);
  const statuses = (await Promise.all(pending)).map(({ status }) => status);
  t.strictSame([...new Set(statuses)], [401, 429]);
  t.equal(statuses.filter((status) => status === 401).length, 20);
  const reply = await wrong();
  t.equal(reply.status, 429);
  t.ok(Number(reply.headers['retry-after']) <= 60);
  t.equal((await api.get(list)).status, 200, 'who has logged in goes on');
  t.equal((await api.send('PUT', '/api_auth', { data: { api_key: apiKey } })).status, 201);
});

void t.test('logins without end are refused too', async (t) => {
  const api = await loggedOut(t);
  let reply: Reply | undefined;
  for (let n = 0; n < 300; n++) {
    reply = await api.send('PUT', '/api_auth', { data: { api_key: apiKey } });
  }
  t.equal(reply?.status, 429);
});

void t.test('a token ends with the key or the admin whose it is', async (t) => {
  const api = await loggedOut(t);
  for (const [owner, path, data] of [
    ['key-1', '/api_auth', { api_key: apiKey }],
    [admin.id, '/user_auth', { credentials: credentialsHash('md5'), account_name: 'partyline' }],
  ] as const) {
    const token = String((await api.send('PUT', path, { data })).body.auth_token);
    const use = () => api.send('GET', list, undefined, { 'x-auth-token': token });
    t.equal((await use()).status, 200);
    api.credentials.gone.add(owner);
    t.match(await use(), refused);
    api.credentials.gone.delete(owner);
    t.match(await use(), refused, 'for good');
  }
});
