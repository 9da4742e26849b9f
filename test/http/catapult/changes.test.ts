// Everything that Catapult's API changes and that lasts is in the record of changes, with the key it was done with: a route
// that is not in this list fails the test, and so does one that writes nothing down.
import t from 'tap';
import type { ChangeKind } from '../../../src/store/index.js';
import { Api, type Reply } from './api.js';

const recorded: Record<string, [ChangeKind, (api: Api) => Promise<Reply>]> = {
  'POST /conferences': ['conference-created', (api) => api.post('/conferences', { from: '+15550009' })],
  'POST /conferences/:conference': [
    'conference-removed',
    async (api) => {
      const reply = await api.post(await api.conference(), { state: 'completed' });
      await api.meetings.stop();
      return reply;
    },
  ],
};

/** What they do is over with the conference or the call. */
const unrecorded = [
  'POST /conferences/:conference/members',
  'POST /conferences/:conference/members/:member',
  'POST /conferences/:conference/audio',
  'POST /conferences/:conference/members/:member/audio',
  'POST /calls',
];

void t.test('every route that changes what lasts is in the record, with the key', async (t) => {
  const api = await Api.start(t);
  const routes: string[] = [];
  for (const url of api.addresses) {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const path = url.replace('/v1/users/:user', '');
      const { status } = await api.send(method, path.replaceAll(/:[a-z]+/g, 'nowhere'), {});
      if (status !== 405) routes.push(`${method} ${path}`);
    }
  }
  t.same(routes.sort(), [...Object.keys(recorded), ...unrecorded].sort());
  for (const [route, [what, act]] of Object.entries(recorded)) {
    const { status, text } = await act(api);
    t.ok(status < 300, `${route}: ${status} ${text}`);
    const [change] = (await api.store.changes.list({ limit: 1 })).changes;
    t.match(change, { what, author: 'key: key' }, route);
  }
});

void t.test('a conference whose last member has left is removed by the box', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  const call = api.call();
  await api.member(path, {}, call);
  call.hangUp();
  await api.meetings.stop();
  const [change] = (await api.store.changes.list({ limit: 1 })).changes;
  t.match(change, { what: 'conference-removed', author: 'box: itself' });
});
