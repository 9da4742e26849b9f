import t from 'tap';
import { callOf } from '../../store/scratch.js';
import { Site, textOf } from './site.js';

async function recorded(t: Parameters<typeof Site.start>[0]) {
  const { site, browser } = await Site.start(t);
  const id = await site.conference({ name: 'Board <b>' });
  const { member } = await site.join(id);
  await browser.post(`/conferences/${id}/do`, { action: 'record' });
  const [recording] = (await site.recordings.list({})).recordings;
  return { site, browser, id, callId: member.callId, recording: recording! };
}

void t.test('a recording is listed, heard in parts, downloaded and deleted', async (t) => {
  const { site, browser, id, recording } = await recorded(t);
  const text = async (query = '') => textOf((await browser.get(`/recordings${query}`)).body);
  site.clock.advance(65_000);
  t.match(await text(), /Board <b> .* 01:05 · started by an admin or a program goes on Download/);
  await browser.post(`/conferences/${id}/do`, { action: 'unrecord' });
  t.match(await text(`?conference=${id}`), /Of all conferences Board <b> .* 00:01 · 0 MB/);
  t.match(await text(`?conference=${'0'.repeat(32)}`), 'Nothing was recorded yet.');

  const sound = `/recordings/${recording.id}/sound`;
  const whole = await browser.get(sound);
  t.match(whole, { status: 200, body: 'RIFFsound' });
  t.match(whole.headers, {
    'content-type': 'audio/x-wav',
    'content-length': '9',
    'accept-ranges': 'bytes',
    'content-disposition': `inline; filename="${recording.file}"`,
  });
  const part = await browser.get(sound, { range: 'bytes=4-6' });
  t.match(part, {
    status: 206,
    body: 'sou',
    headers: { 'content-range': 'bytes 4-6/9', 'content-length': '3' },
  });
  t.match(await browser.get(sound, { range: 'bytes=9-' }), {
    status: 416,
    headers: { 'content-range': 'bytes */9' },
  });
  t.match((await browser.get(`${sound}?download`)).headers['content-disposition'], /^attachment/);

  const { location } = await browser.post(`/recordings/${recording.id}/delete`);
  t.match(textOf((await browser.get(location)).body), 'The recording is deleted. Old ones');
  t.equal((await browser.get(sound)).status, 404);
  t.equal((await browser.post(`/recordings/${recording.id}/delete`)).status, 404);
  const changes = textOf((await browser.get('/box/changes')).body);
  t.match(changes, /Recording deleted : Board <b> .* by ada .* Recorded 2 Jan 2026, .* Seconds 1 –/);
});

void t.test('a call leads to what was recorded while it was in', async (t) => {
  const { site, browser, id, callId, recording } = await recorded(t);
  const now = site.clock.now();
  const call = { conferenceId: id, conferenceName: 'Board' };
  site.store.calls.begin(callOf(callId, { ...call, startedAt: now - 1000, joinedAt: now - 500 }));
  site.store.calls.begin(callOf('before', { ...call, startedAt: now - 9000, joinedAt: now - 8000 }));
  site.store.calls.end('before', { endReason: 'hangup', endedAt: now - 2000 });
  site.store.calls.begin(callOf('elsewhere', { startedAt: now - 1000, joinedAt: now - 500 }));
  site.clock.advance(1000);
  const { body } = await browser.get('/calls');
  t.same(body.match(/\/recordings\?conference=[^"]*/g), [`/recordings?conference=${id}#r${recording.id}`]);
});

void t.test('a visitor hears nothing', async (t) => {
  const { site, recording } = await recorded(t);
  const { status, location } = await site.browser().get(`/recordings/${recording.id}/sound`);
  t.equal(status, 303);
  t.match(location, /^\/login/);
});
