// Sounds through the API: named, given, read back, refused and deleted.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { played } from '../../call-rules/silent-room.js';
import { mp3Fixture, sine, wave16 } from '../../sounds/signals.js';
import { accountId } from '../credentials.js';
import { Api, type Reply } from './api.js';

const list = '/accounts/{A}/media';
const wav = (seconds = 1, hz = 440) => wave16(sine(hz, seconds, 8000), 8000);
const kept = (api: Api) => readdirSync(join(api.folder, 'media'));

async function named(api: Api, name = 'Door bell'): Promise<string> {
  const reply = await api.send('PUT', list, { data: { name } });
  return (reply.data as { id: string }).id;
}

function give(api: Api, id: string, sound: Buffer, type = 'audio/x-wav', method = 'POST'): Promise<Reply> {
  return api.send(method, `${list}/${id}/raw`, sound, { 'content-type': type });
}

function rawOf(api: Api, id: string) {
  const url = `/v2/accounts/${accountId}/media/${id}/raw`;
  return api.app.inject({ method: 'GET', url, headers: { 'x-auth-token': api.token } });
}

void t.test('a sound is named, given, heard and deleted', async (t) => {
  const api = await Api.start(t);
  const made = await api.send('PUT', list, { data: { name: 'Door bell', ui_metadata: { a: 1 }, id: 'x' } });
  t.match(made, { status: 201, headers: { location: /^[0-9a-f]{32}$/ } });
  const id = String(made.headers.location);
  t.match(made.data, { id, name: 'Door bell', streamable: true, ui_metadata: { a: 1 } });
  t.equal((await rawOf(api, id)).statusCode, 404, 'no sound yet');

  const given = await give(api, id, wav());
  t.match(given, {
    status: 200,
    data: { content_type: 'audio/x-wav', content_length: 32_044, _read_only: { duration_ms: 1000 } },
  });
  const raw = await rawOf(api, id);
  t.match(raw.headers, { 'content-type': 'audio/x-wav', 'content-length': '32044' });
  t.equal(raw.rawPayload.length, 32_044);
  t.equal(raw.rawPayload.readUInt32LE(24), 16_000);
  t.equal(
    raw.rawPayload.readInt16LE(44 + 2 * 9),
    readFileSync(await fileOf(api, id)).readInt16BE(32 + 2 * 9),
  );
  t.match((await api.get(`${list}/${id}`)).data, given.data as object);

  const again = await give(api, id, readFileSync(mp3Fixture), 'audio/mp3', 'PUT');
  t.match(again.data, { _read_only: { uploaded_as: 'audio/mp3' } });
  t.equal(kept(api).length, 1, 'the sound of before is gone');
  t.match(await api.send('DELETE', `${list}/${id}`), {
    status: 200,
    data: { id, _read_only: { deleted: true } },
  });
  t.equal((await api.get(`${list}/${id}`)).status, 404);
  t.strictSame(kept(api), []);
});

async function fileOf(api: Api, id: string): Promise<string> {
  return (await api.library.file(id)) ?? '';
}

void t.test('the same sound twice lies on disk once', async (t) => {
  const api = await Api.start(t);
  const [one, two] = [await named(api), await named(api)];
  await give(api, one, wav());
  await give(api, two, wav());
  t.equal(kept(api).length, 1);
  await api.send('DELETE', `${list}/${one}`);
  t.equal((await rawOf(api, two)).statusCode, 200, 'the other still has it');
});

void t.test('what is said of a sound is changed, the sound stays', async (t) => {
  const api = await Api.start(t);
  const id = await named(api);
  await give(api, id, wav());
  const patched = await api.send('PATCH', `${list}/${id}`, {
    data: { description: 'Ding', streamable: false },
  });
  t.match(patched, { status: 200, data: { name: 'Door bell', description: 'Ding', content_length: 32_044 } });
  const posted = await api.send('POST', `${list}/${id}`, {
    data: { ...(patched.data as object), name: 'Bell' },
  });
  t.match(posted.data, { name: 'Bell', description: 'Ding' });
  const stale = { 'if-match': String(patched.headers.etag) };
  t.equal((await api.send('PATCH', `${list}/${id}`, { data: { name: 'B' } }, stale)).status, 409);
  t.match(await api.send('PATCH', `${list}/${id}`, { data: { name: null } }), {
    status: 400,
    data: { name: { required: {} } },
  });
  t.equal((await api.send('PATCH', `${list}/${'0'.repeat(32)}`, { data: {} })).status, 404);
  t.equal((await api.send('PUT', list, { data: [] })).status, 400);
  t.equal((await api.send('PUT', list, { data: { name: 'n'.repeat(129) } })).status, 400);
  t.equal((await api.send('PUT', list, { data: { name: 'n', extra: 'x'.repeat(20_000) } })).status, 400);
});

void t.test('the list, by name and in pages', async (t) => {
  const api = await Api.start(t);
  for (const name of ['c', 'A', 'b']) await named(api, name);
  const names = ({ data }: Reply) => (data as { name: string }[]).map(({ name }) => name);
  t.strictSame(names(await api.get(list)), ['A', 'b', 'c']);
  t.strictSame(names(await api.get(`${list}?ascending=false`)), ['c', 'b', 'A']);
  const first = await api.get(`${list}?page_size=2`);
  t.strictSame(names(first), ['A', 'b']);
  t.strictSame(names(await api.get(`${list}?start_key=${String(first.body.next_start_key)}`)), ['c']);
  t.equal((await api.get(`${list}?start_key=nonsense`)).status, 400);
});

void t.test('what is no sound, too large, too long, or for nobody', async (t) => {
  const api = await Api.start(t);
  const id = await named(api);
  t.match(await give(api, id, Buffer.from('hello')), {
    status: 400,
    body: {
      message: 'validation error',
      data: { data: { invalid: { message: /neither a WAV nor an MP3/ } } },
    },
  });
  t.match(await give(api, id, Buffer.alloc(400_001)), {
    status: 413,
    body: { message: 'request_too_large' },
  });
  t.match(await give(api, id, wav(6)), { status: 400 }, 'longer than the limit');
  t.equal((await give(api, '0'.repeat(32), wav())).status, 404);
  t.equal((await give(api, id, Buffer.from('{}'), 'application/json')).status, 415);
  t.equal((await api.send('PUT', list, wav(), { 'content-type': 'audio/x-wav' })).status, 415);
  t.strictSame(kept(api), [], 'nothing is left behind');
  api.token = 'wrong';
  t.equal((await give(api, id, wav())).status, 401);
});

void t.test('all sounds together have a limit', async (t) => {
  const api = await Api.start(t);
  const [one, two] = [await named(api), await named(api)];
  t.equal((await give(api, one, wav(4, 440))).status, 200);
  t.match(await give(api, two, wav(4, 880)), { status: 413, data: { cause: /full/ } });
  t.equal((await give(api, two, wav(4, 440))).status, 200, 'one that is here already takes no room');
});

void t.test('a sound that a conference names is not deleted', async (t: Test) => {
  const api = await Api.start(t);
  const id = await named(api);
  const conference = await api.conference({ name: 'Team', profile: { 'moh-sound': `/media/${id}` } });
  t.match(await api.send('DELETE', `${list}/${id}`), {
    status: 409,
    body: { message: 'datastore_conflict', data: { cause: 'The sound is played by Team.' } },
  });
  await api.send('DELETE', `/accounts/{A}/conferences/${conference}`);
  t.equal((await api.send('DELETE', `${list}/${id}`)).status, 200);
});

void t.test("play: to all and to one, with Kazoo's errors", async (t) => {
  const api = await Api.start(t);
  const id = await named(api);
  await give(api, id, wav());
  const file = await api.library.file(id);
  const conference = await api.conference();
  const path = `/accounts/{A}/conferences/${conference}`;
  const play = (data?: unknown, at = '') =>
    api.send('PUT', `${path}${at}`, { action: 'play', ...(data !== undefined && { data }) });
  t.match(await play({ media_id: id }), { status: 202, data: 'ok' }, 'nobody is in: as Kazoo');
  await api.join(conference);
  played.length = 0;
  t.match(await play({ media_id: id }), { status: 202, data: 'ok' });
  t.match(await play({ media_id: `/media/${id}` }, '/participants/1'), { status: 202, data: 'ok' });
  t.equal(
    (await api.send('PUT', path, { data: { action: 'play', data: { media_id: 'silence_stream://9' } } }))
      .status,
    202,
  );
  const targets = () => played.filter(({ files }) => files[0] === file).map(({ target }) => target);
  while (targets().length < 2) await new Promise((resolve) => setImmediate(resolve));
  t.strictSame(targets(), ['all', 1]);
  t.match(await play({}), { status: 400, data: { media_id: { required: {} } } });
  t.match(await play(), { status: 400, data: { media_id: { required: {} } } });
  t.equal((await play({ media_id: ['a'] })).status, 400);
  t.match(await play({ media_id: '0'.repeat(32) }), { status: 404, body: { message: 'bad_identifier' } });
  t.equal((await play({ media_id: id }, '/participants/9')).status, 404);
});
