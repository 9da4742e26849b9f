// Recordings as clients ask for them; no phone and no recorder.
import t from 'tap';
import { accountId } from '../credentials.js';
import { Api } from './api.js';

const list = '/accounts/{A}/recordings';

interface Listed {
  readonly id: string;
}

/** A conference with somebody in it. */
async function meeting(t: Parameters<typeof Api.start>[0]): Promise<{ api: Api; id: string; path: string }> {
  const api = await Api.start(t);
  t.teardown(() => api.recordings.stop());
  const id = await api.conference({ name: 'Board' });
  await api.join(id);
  return { api, id, path: `/accounts/{A}/conferences/${id}` };
}

void t.test('record: start and stop, with the action in either place', async (t) => {
  const { api, id, path } = await meeting(t);
  const start = { status: 202, data: 'starting recording' };
  t.match(await api.send('PUT', path, { action: 'record', data: { action: 'start' } }), start);
  t.equal(api.control.find(id)?.recorded, true);
  t.match(await api.send('PUT', path, { data: { action: 'record', data: { action: 'stop' } } }), {
    status: 202,
    data: 'stopping recording',
  });
  t.equal(api.control.find(id)?.recorded, false);
  for (const data of [{ action: 'pause' }, {}, { action: 5 }]) {
    const reply = await api.send('PUT', path, { action: 'record', data });
    t.match(reply, { status: 400, data: { action: {} } }, JSON.stringify(data));
  }
  t.match(await api.send('PUT', path, { action: 'record', data: { action: 'pause' } }), {
    data: { action: { enum: { target: ['start', 'stop'] } } },
  });
});

void t.test('record: nobody is in it, or there is no room', async (t) => {
  const { api, path } = await meeting(t);
  const idle = `/accounts/{A}/conferences/${await api.conference()}`;
  const start = { action: 'record', data: { action: 'start' } };
  t.match(await api.send('PUT', idle, start), { status: 404, body: { message: 'not_found' } });
  t.match(await api.send('PUT', idle, { action: 'record', data: { action: 'stop' } }), { status: 202 });
  api.recorder.refusal = 'the disk is nearly full';
  t.match(await api.send('PUT', path, start), { status: 503, body: { message: 'datastore_unreachable' } });
});

void t.test('the list, one, its sound, and its end', async (t) => {
  const { api, id, path } = await meeting(t);
  for (const action of ['start', 'stop', 'start'])
    await api.send('PUT', path, { action: 'record', data: { action } });
  api.clock.advance(2500);
  const listed = await api.get(list);
  t.match(listed, {
    body: { page_size: 2 },
    data: [
      {
        state: 'recording',
        duration: 2,
        duration_ms: 2500,
        start: Math.floor(api.clock.now() / 1000) - 2 + 62167219200,
      },
      {
        name: 'Board',
        conference_id: id,
        state: 'finished',
        duration_ms: 1000,
        bytes: 9,
        media_type: 'wav',
        content_type: 'audio/x-wav',
        origin: 'api',
      },
    ],
  });
  const [going, finished] = listed.data as [Listed, Listed];
  t.strictSame((await api.get(`${list}/${finished.id}`)).data, (listed.data as unknown[])[1]);
  const sound = async (query: string, headers: Record<string, string>) =>
    api.app.inject({
      url: `/v2/accounts/${accountId}/recordings/${finished.id}${query}`,
      headers: { 'x-auth-token': api.token, ...headers },
    });
  for (const reply of [await sound('', { accept: 'audio/x-wav' }), await sound('?accept=audio/mpeg', {})]) {
    t.equal(reply.body, 'RIFFsound');
    t.match(reply.headers, {
      'content-type': 'audio/x-wav',
      'content-length': '9',
      'content-disposition': `attachment; filename="${finished.id}.wav"`,
      'cache-control': 'no-store',
    });
  }
  t.match((await sound('?inline=true', { accept: 'audio/*' })).headers, { 'content-disposition': /^inline/ });
  t.match((await sound('', { accept: '*/*' })).json(), { status: 'success' });
  t.match(await api.get(`${list}?page_size=1`), { body: { next_start_key: String, page_size: 1 } });
  t.match(await api.get(`${list}?filter_conference_id=other`), { data: [] });
  t.match(await api.get(`${list}?paginate=false&ascending=true`), {
    data: [{ id: finished.id }, { id: going.id }],
  });
  const gregorian = Math.floor(api.clock.now() / 1000) + 62167219200;
  t.match(await api.get(`${list}?created_from=${gregorian}`), { data: [] });
  t.equal(((await api.get(`${list}?created_to=${gregorian}`)).data as unknown[]).length, 2);
  t.match(await api.get(`${list}?start_key=nonsense`), { status: 400, data: { start_key: { invalid: {} } } });

  const removed = await api.send('DELETE', `${list}/${going.id}`);
  t.match(removed, { status: 200, data: { id: going.id, state: 'finished', _read_only: { deleted: true } } });
  t.equal(api.control.find(id)?.recorded, false, 'it has ended');
  t.match(await api.get(`${list}/${going.id}`), { status: 404, body: { message: 'bad_identifier' } });
  t.match(await api.send('DELETE', `${list}/${going.id}`), { status: 404 });
  t.match(await api.get(`${list}/..%2Fbox.db`), { status: 404 });
  api.token = '';
  t.match(await api.get(`${list}/${finished.id}`), { status: 401 });
});
