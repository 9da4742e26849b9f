// Everything that Kazoo's API changes and that lasts is in the record of changes, with the key it was done with: an
// operation that is not in this list fails the test, and so does one that writes nothing down.
import t from 'tap';
import type { ChangeKind } from '../../../src/store/index.js';
import { sine, wave16 } from '../../sounds/signals.js';
import { Api, type Reply } from './api.js';

type Act = (api: Api) => Promise<Reply>;

const sound = wave16(sine(440, 0.2, 8000), 8000);
const asSound = { 'content-type': 'audio/x-wav' };

async function mediaOf(api: Api): Promise<string> {
  return `/accounts/{A}/media/${(await api.store.media.create({ name: 'Bell' })).id}`;
}

async function conferenceOf(api: Api): Promise<string> {
  return `/accounts/{A}/conferences/${await api.conference({ name: 'Board' })}`;
}

const conference = '/accounts/{account}/conferences';
const media = '/accounts/{account}/media';

const recorded: Record<string, [ChangeKind, Act]> = {
  [`PUT ${conference}`]: [
    'conference-created',
    (api) => api.send('PUT', '/accounts/{A}/conferences', { data: { name: 'New' } }),
  ],
  [`POST ${conference}/{conference}`]: [
    'conference-changed',
    async (api) => api.send('POST', await conferenceOf(api), { data: { name: 'Other' } }),
  ],
  [`PATCH ${conference}/{conference}`]: [
    'conference-changed',
    async (api) => api.send('PATCH', await conferenceOf(api), { data: { name: 'Other' } }),
  ],
  [`DELETE ${conference}/{conference}`]: [
    'conference-removed',
    async (api) => api.send('DELETE', await conferenceOf(api)),
  ],
  [`PUT ${media}`]: [
    'sound-added',
    (api) => api.send('PUT', '/accounts/{A}/media', { data: { name: 'Bell' } }),
  ],
  [`POST ${media}/{media}`]: [
    'sound-changed',
    async (api) => api.send('POST', await mediaOf(api), { data: { name: 'Gong' } }),
  ],
  [`PATCH ${media}/{media}`]: [
    'sound-changed',
    async (api) => api.send('PATCH', await mediaOf(api), { data: { name: 'Gong' } }),
  ],
  [`DELETE ${media}/{media}`]: ['sound-removed', async (api) => api.send('DELETE', await mediaOf(api))],
  [`PUT ${media}/{media}/raw`]: [
    'sound-changed',
    async (api) => api.send('PUT', `${await mediaOf(api)}/raw`, sound, asSound),
  ],
  [`POST ${media}/{media}/raw`]: [
    'sound-changed',
    async (api) => api.send('POST', `${await mediaOf(api)}/raw`, sound, asSound),
  ],
  ['DELETE /accounts/{account}/recordings/{recording}']: [
    'recording-removed',
    async (api) => {
      const id = await api.conference();
      await api.join(id);
      await api.control.record(id, true);
      const [recording] = (await api.recordings.list({})).recordings;
      return api.send('DELETE', `/accounts/{A}/recordings/${recording!.id}`);
    },
  ],
};

/** What they do is over with the conference or the token. */
const unrecorded = [
  'PUT /api_auth',
  'PUT /user_auth',
  `PUT ${conference}/{conference}`,
  `PUT ${conference}/{conference}/participants`,
  `PUT ${conference}/{conference}/participants/{participant}`,
];

void t.test('every operation that changes what lasts is in the record, with the key', async (t) => {
  const api = await Api.start(t);
  const { body } = await api.get('/openapi.json');
  const operations = Object.entries(body.paths as Record<string, Record<string, unknown>>).flatMap(
    ([path, methods]) =>
      Object.keys(methods)
        .filter((method) => ['put', 'post', 'patch', 'delete'].includes(method))
        .map((method) => `${method.toUpperCase()} ${path}`),
  );
  t.same(operations.sort(), [...Object.keys(recorded), ...unrecorded].sort());
  for (const [operation, [what, act]] of Object.entries(recorded)) {
    const { status, body } = await act(api);
    t.ok(status < 300, `${operation}: ${status} ${JSON.stringify(body)}`);
    const [change] = (await api.store.changes.list({ limit: 1 })).changes;
    t.match(change, { what, author: 'kazoo key-1' }, operation);
  }
});

void t.test('before and after of a sound', async (t) => {
  const api = await Api.start(t);
  const path = await mediaOf(api);
  await api.send('PATCH', path, { data: { description: 'Ding' } });
  await api.send('PUT', `${path}/raw`, sound, asSound);
  const [given, named] = (await api.store.changes.list({ limit: 2 })).changes;
  t.match(named, { name: 'Bell', before: { name: 'Bell' }, after: { name: 'Bell', description: 'Ding' } });
  t.match(given, { before: { sound: null }, after: { sound: { seconds: 0.2, sha256: /^[0-9a-f]{64}$/ } } });
});
