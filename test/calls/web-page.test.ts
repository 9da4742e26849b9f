// The web page of a whole box, from its first start to a restore, as the person in front of it and the phones notice it.
import { X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import t from 'tap';
import { assertHears } from '../phone/measure.js';
import type { PhoneCall } from '../phone/phone-call.js';
import { now } from '../phone/rtp-clock.js';
import { sine, wave16 } from '../sounds/signals.js';
import { Box, freePort } from './box.js';
import { dial, hears, meet, newNumber, quietConference } from './callers.js';
import { speechIn } from './speech-in.js';
import { WebVisitor } from './web-visitor.js';

/** Of a sound of our own. */
const soundHz = 1300;
const password = 'correct horse battery';
const httpsPort = await freePort();
const box = await Box.start({ env: { PARTYLINE_HTTPS_PORT: String(httpsPort) } });
t.teardown(() => box.stop());
const visitor = new WebVisitor(box);

await t.test('a new box is set up with the code from its console', async (t) => {
  t.equal((await visitor.get('/')).location, '/setup');
  const code = /the start code is (\S+)/.exec(box.said)?.[1] ?? '';
  await visitor.get('/setup');
  const done = await visitor.post('/setup', { code, box: 'Office', name: 'ada', password, repeat: password });
  t.equal(done.location, '/conferences');
  t.match((await visitor.get('/conferences')).body, 'Demo');
});

await t.test('HTTPS shows the same page with the certificate of the box', async (t) => {
  t.match(box.said, `Web: https://127.0.0.1:${httpsPort}/`);
  const ca = readFileSync(join(box.data, 'certificate', 'certificate.pem'));
  t.ok(new X509Certificate(ca).checkIP('127.0.0.1'));
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: httpsPort, path: '/login', ca }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.once('error', reject);
    sent.end();
  });
  t.equal(status, 200);
});

await t.test('a conference that was created there is dialled, and a mute there is heard', async (t) => {
  const number = newNumber();
  await visitor.get('/conferences/new');
  const { location } = await visitor.post('/conferences', { name: 'Web', conference_numbers: number });
  const path = /^\/conferences\/[0-9a-f]{32}/.exec(location)?.[0] ?? '';
  const calls = await meet(t, box, number, 2);
  await assertHears(t, calls, () => true, { timeoutMs: 15_000, message: 'both are heard' });
  const { body } = await visitor.get(path);
  t.match(body, '2 people are in');
  const first = body.split('<li class="member').find((item) => item.includes('>200<')) ?? '';
  const member = /\/members\/(\d+)"/.exec(first)?.[1] ?? '';
  await visitor.post(`${path}/members/${member}`, { action: 'mute' });
  await hears(calls[0]!, 'conf-muted');
  await assertHears(t, calls, (_, talker) => talker === 1, { timeoutMs: 8000, message: 'one is silent' });
  await visitor.post(`${path}/do`, { action: 'end' });
  await Promise.all(calls.map((call) => call.ended()));
});

await t.test('a sentence is heard by whom it is for, and by nobody else', async (t) => {
  const number = await quietConference(box, { member: { play_entry_prompt: false } });
  const [one, two] = [await dial(t, box, number), await dial(t, box, number)];
  const { body } = await visitor.get('/conferences');
  const path =
    new RegExp(`(/conferences/[0-9a-f]{32})"(?:(?!</tr>)[^])*\\b${number}\\b`).exec(body)?.[1] ?? '';
  await visitor.get(path);
  await Promise.all([one, two].map((call) => call.rx.waitForSilence({ ms: 500 })));
  const say = async (to: string) => {
    const begun = now();
    const sentence = 'The meeting ends in ten minutes. Please come to an end.';
    const { location } = await visitor.post(`${path}/say`, { to, sentence, language: 'en' });
    t.equal(location, `${path}?done=played`);
    return begun;
  };
  const heardBy = async (call: PhoneCall, since: number) => {
    await call.rx.waitForAudio({ min: 500, since, timeoutMs: 8000 });
    await call.rx.waitForSilence({ ms: 800, timeoutMs: 8000 });
    const { samples, rate } = call.rx.window(now() - since);
    return speechIn(samples, rate);
  };
  const toAll = await say('all');
  for (const heard of await Promise.all([one, two].map((call) => heardBy(call, toAll)))) {
    t.ok(heard.seconds > 1.5, `${heard.seconds} s of sound`);
    t.ok(heard.syllables >= 3, `${heard.syllables} syllables`);
    t.ok(heard.tonePart < 0.4, `of which ${heard.tonePart} is one tone`);
  }
  const member = /\/members\/(\d+)"/.exec((await visitor.get(path)).body)?.[1] ?? '';
  const toOne = await say(member);
  const heard = await heardBy(one, toOne);
  t.ok(heard.seconds > 1.5 && heard.syllables >= 3 && heard.tonePart < 0.4, 'one alone hears it');
  const { samples, rate } = two.rx.window(now() - toOne);
  t.equal(speechIn(samples, rate).seconds, 0, 'the other one hears nothing');
});

/** A certificate of one's own. */
function certificateOf(organisation: string): { files: Record<string, Blob>; fingerprint: string } {
  const folder = mkdtempSync(join(tmpdir(), 'partyline-certificate-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [chain, key] = [join(folder, 'chain.pem'), join(folder, 'key.pem')];
  // prettier-ignore
  execFileSync('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30',
    '-subj', `/O=${organisation}/CN=box.example`, '-keyout', key, '-out', chain,
  ], { stdio: 'ignore' });
  const files = { chain: new Blob([readFileSync(chain)]), key: new Blob([readFileSync(key)]) };
  return { files, fingerprint: new X509Certificate(readFileSync(chain)).fingerprint256 };
}

/** Fingerprint of the certificate that HTTPS is served with. */
function shown(): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: httpsPort, rejectUnauthorized: false };
    const socket = connect(options, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

await t.test('a backup brings back what was deleted, and the box starts anew with it', async (t) => {
  const number = newNumber();
  const conference = await box.conference({ conference_numbers: [number], play_welcome: false });
  await visitor.get('/box/sounds');
  const wav = new Blob([wave16(sine(soundHz, 3, 16_000, 0.8), 16_000)]);
  await visitor.upload('/box/sounds', { name: 'Bell' }, 'file', wav);
  const sound = /\/box\/sounds\/([0-9a-f]{32})/.exec((await visitor.get('/box/sounds')).body)?.[1] ?? '';
  const [own, other] = [certificateOf('Office'), certificateOf('Attic')];
  await visitor.get('/box/certificate');
  await visitor.uploadAll('/box/certificate', own.files);
  t.equal(await shown(), own.fingerprint);
  await visitor.get('/box/backup');
  const backup = await visitor.download('/box/backup');
  await visitor.get('/box/certificate');
  await visitor.uploadAll('/box/certificate', other.files);
  t.equal(await shown(), other.fingerprint);
  const before = (await visitor.get('/conferences')).body;
  const id = /\/conferences\/([0-9a-f]{32})"/.exec(before)?.[1] ?? '';
  await visitor.post(`/conferences/${id}/delete`);
  t.notMatch((await visitor.get('/conferences')).body, id);
  await visitor.post(`/box/sounds/${sound}/delete`);
  t.same(readdirSync(join(box.data, 'media')), [], 'and the file of the sound');
  const old = box.pid('application');
  const answer = await visitor.upload('/box/restore', { sure: 'true' }, 'file', backup);
  t.match(answer.body, 'restarts with it now');
  await box.logged((line) => line.msg === 'backup restored', 15_000);
  // The web server is the last part to start.
  const up = async (): Promise<boolean> =>
    fetch(`${box.url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await up())) await new Promise((resolve) => setTimeout(resolve, 50));
  t.not(box.pid('application'), old);
  t.match((await visitor.get('/conferences')).location, '/login', 'who was logged in is not');
  await visitor.get('/login');
  await visitor.post('/login', { name: 'ada', password });
  t.match((await visitor.get('/conferences')).body, id);
  t.equal(await shown(), own.fingerprint, 'browsers see the certificate of then');
  const call = await dial(t, box, number);
  await visitor.get(`/conferences/${conference}`);
  await visitor.post(`/conferences/${conference}/play`, { sound });
  await call.rx.waitForTone(soundHz, { min: 3000, ms: 200, timeoutMs: 8000 });
  t.pass('the sound is heard as before');
});
