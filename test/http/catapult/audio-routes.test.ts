import t from 'tap';
import { Api } from './api.js';

const callbackUrl = 'http://example.com/';
const time = '2026-01-02T03:04:05.000Z';
const turn = () => new Promise(setImmediate);

void t.test('a sentence for all: told when it begins and when it is done', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference({ callbackUrl, tag: 'conference' });
  await api.member(path);
  api.told.length = 0;
  const reply = await api.post(`${path}/audio`, { sentence: 'Hello', tag: 'audio', loopEnabled: 'true' });
  t.match(reply, { status: 200, text: '' });
  await turn();
  const conferenceId = path.split('/').at(-1);
  const [play] = api.stage.plays;
  t.match(play, { target: { conferenceId, memberId: undefined }, file: 'en female Hello', loop: true });
  const event = {
    eventType: 'conference-speak',
    conferenceId,
    conferenceUri: `http://192.0.2.1:8000/v1/users/u-ada${path}`,
    time,
    tag: 'audio',
  };
  t.same(
    api.told.map(({ body }) => body),
    [{ ...event, status: 'started' }],
  );
  play?.finish();
  await turn();
  t.same(api.told[1]?.body, { ...event, status: 'done' });
});

void t.test('a file for one member', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference({ callbackUrl });
  const call = api.call();
  const member = await api.member(path, {}, call);
  api.told.length = 0;
  t.match(await api.post(`${member}/audio`, { fileUrl: 'http://example.com/a.mp3' }), { status: 200 });
  await turn();
  t.match(api.stage.plays, [
    { target: { memberId: call.member?.id }, file: 'fetched http://example.com/a.mp3', loop: false },
  ]);
  api.stage.plays[0]?.finish();
  await turn();
  const callUri = `http://192.0.2.1:8000/v1/users/u-ada/calls/${call.id}`;
  t.same(
    api.told.map(({ body }) => body),
    ['started', 'done'].map((status) => ({ eventType: 'playback', callId: call.id, callUri, status, time })),
  );
  await api.post(`${member}/audio`, { sentence: 'Psst' });
  await turn();
  t.match(api.told.at(-1)?.body, { eventType: 'speak', state: 'PLAYBACK_START', status: 'started' });
});

void t.test('an empty string stops what it names', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference({ callbackUrl });
  const member = await api.member(path);
  for (const body of [{ sentence: 'Hello' }, { fileUrl: 'http://example.com/a.wav' }]) {
    await api.post(`${path}/audio`, body);
  }
  await api.post(`${member}/audio`, { sentence: 'Psst' });
  await turn();
  const done = () => api.told.filter(({ body }) => body.status === 'done').map(({ body }) => body.eventType);
  t.match(await api.post(`${path}/audio`, { sentence: '' }), { status: 200 });
  await turn();
  t.same(done(), ['conference-speak']);
  await api.post(`${path}/audio`, { fileUrl: '' });
  await api.post(`${member}/audio`, { sentence: '' });
  await turn();
  t.same(done(), ['conference-speak', 'conference-playback', 'speak']);
});

void t.test('locale, gender and voice', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  await api.member(path);
  const cases: [Record<string, string>, string][] = [
    [{}, 'en female'],
    [{ gender: 'male' }, 'en male'],
    [{ locale: 'en_UK' }, 'en-gb female'],
    [{ locale: 'es' }, 'es female'],
    [{ locale: 'es_MX', gender: 'male' }, 'es-419 male'],
    [{ locale: 'fr' }, 'fr female'],
    [{ locale: 'fr_FR' }, 'fr female'],
    [{ locale: 'de' }, 'de female'],
    [{ locale: 'de_de' }, 'de female'],
    [{ locale: 'it' }, 'it female'],
    [{ locale: 'it_IT' }, 'it female'],
    [{ voice: 'dave' }, 'en male'],
    [{ voice: 'Stefan' }, 'de male'],
    [{ voice: 'Jorge', locale: 'es_MX' }, 'es-419 male'],
    [{ voice: 'Susan', gender: 'male' }, 'en male'],
  ];
  for (const [body, spoken] of cases) {
    await api.post(`${path}/audio`, { sentence: 'x', ...body });
    await turn();
    const play = api.stage.plays.pop();
    t.equal(play?.file, `${spoken} x`, JSON.stringify(body));
    play?.finish();
    await turn();
  }
});

void t.test('what cannot be played', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  const audio = `${path}/audio`;
  t.match(await api.post(audio, { sentence: 'x' }), { status: 403, body: { code: 'conference-error' } });
  const member = await api.member(path);
  const cases: [unknown, number, string][] = [
    [{}, 400, 'validation-error'],
    [{ sentence: 'x', fileUrl: 'http://example.com' }, 400, 'validation-error'],
    [{ sentence: 'x'.repeat(1001) }, 400, 'validation-error'],
    [{ sentence: 'x', locale: 'tlh' }, 400, 'validation-error'],
    [{ sentence: 'x', voice: 'HAL' }, 400, 'validation-error'],
    [{ sentence: 'x', gender: 'robot' }, 400, 'validation-error'],
    [{ sentence: 'x', loopEnabled: 'often' }, 400, 'validation-error'],
    [{ fileUrl: `http://example.com/${'x'.repeat(2048)}` }, 400, 'validation-error'],
    [{ fileUrl: 'http://example.com/404' }, 403, 'media-invalid-url'],
    [{ fileUrl: 'http://example.com/a.txt' }, 403, 'media-not-supported'],
  ];
  for (const [body, status, code] of cases) {
    t.match(await api.post(audio, body), { status, body: { code } }, JSON.stringify(body).slice(0, 60));
  }
  t.match(await api.post(`${path}/members/none/audio`, { sentence: 'x' }), {
    status: 404,
    body: { code: 'conference-member-not-found' },
  });
  await api.post(member, { state: 'completed' });
  t.match(await api.post(`${member}/audio`, { sentence: 'x' }), { status: 403 });
});

void t.test('so many sounds may wait', async (t) => {
  const api = await Api.start(t);
  const path = await api.conference();
  await api.member(path);
  for (let n = 0; n < 16; n++) t.match(await api.post(`${path}/audio`, { sentence: 'x' }), { status: 200 });
  t.match(await api.post(`${path}/audio`, { sentence: 'x' }), {
    status: 403,
    body: { category: 'limit', code: 'too-many-sounds' },
  });
});
