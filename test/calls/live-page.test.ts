// The live page in a real browser while real calls go on: what a click does is heard at the phones, and what the phones
// do is seen on the page.
import t from 'tap';
import { findings, hasBrowser, startBrowser } from '../browser/browser.js';
import { assertHears } from '../phone/measure.js';
import { Phone } from '../phone/phone.js';
import { now } from '../phone/rtp-clock.js';
import { sine, wave16 } from '../sounds/signals.js';
import { Box } from './box.js';
import { meet, newNumber, ring } from './callers.js';
import { adminPassword } from './kazoo-client.js';

/** Of a sound of our own. */
const soundHz = 1300;
const skip = hasBrowser ? false : 'chromium is not installed';

void t.test('what is clicked is heard, and what is heard is seen', { skip }, async (t) => {
  const box = await Box.start();
  t.teardown(() => box.stop());
  const number = newNumber();
  const browser = await startBrowser(t);
  const page = await (await browser.newContext({ locale: 'en-GB', baseURL: box.url })).newPage();
  page.setDefaultTimeout(15_000);

  await page.goto('/');
  await page.getByLabel('Start code').fill(/the start code is (\S+)/.exec(box.said)?.[1] ?? '');
  await page.getByLabel('Name of the box').fill('Office');
  await page.getByLabel('Your name').fill('ada');
  await page.getByLabel('Password', { exact: true }).fill(adminPassword);
  await page.getByLabel('Password again').fill(adminPassword);
  await page.getByRole('button', { name: 'Set up' }).click();
  await page.getByRole('link', { name: 'New conference' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Board');
  await page.getByLabel('Numbers', { exact: true }).fill(number);
  await page.getByLabel('PINs of members').fill('');
  await page.getByLabel('PINs of moderators').fill('');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('Created.').waitFor();
  const live = new URL(page.url()).pathname;
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByText('Announcements', { exact: true }).click();
  await page.getByLabel('Welcome callers').selectOption('No');
  await page.getByText('How members join', { exact: true }).click();
  await page.getByLabel('Say “you are joining”').selectOption('No');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  const [one, two] = await meet(t, box, number, 2);
  if (!one || !two) throw new Error('nobody is there');
  const member = (name: string) => page.locator('.member', { hasText: name });
  await page.getByText('2 people are in').waitFor();
  await Promise.all(
    ['200', '201'].map((name) => member(name).getByText('talking', { exact: true }).waitFor()),
  );
  t.pass('who talks is seen');

  await member('200').getByRole('button', { name: /^Mute/ }).click();
  await member('200').getByText('talks and is not heard').waitFor();
  await assertHears(t, [one, two], (_, talker) => talker === 1, { message: 'who is muted is not heard' });
  await member('200')
    .getByRole('button', { name: /^Unmute/ })
    .click();

  await page.getByRole('link', { name: 'Box', exact: true }).click();
  await page.getByRole('link', { name: 'Admins' }).click();
  await page.getByText('Add an admin').click();
  const form = page.locator('form', { has: page.getByRole('button', { name: 'Add', exact: true }) });
  await form.getByLabel('Name', { exact: true }).fill('grace');
  await form.getByLabel('New password').fill(adminPassword);
  await form.getByLabel('Password again').fill(adminPassword);
  await form.getByLabel('Your password').fill(adminPassword);
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('grace', { exact: true }).waitFor();
  await page.goto(live);
  await page.getByText('2 people are in').waitFor();
  // The other admin has a phone without JavaScript, in the dark.
  const other = await (
    await browser.newContext({
      locale: 'en-GB',
      baseURL: box.url,
      javaScriptEnabled: false,
      colorScheme: 'dark',
      viewport: { width: 360, height: 740 },
    })
  ).newPage();
  await other.goto(live);
  await other.getByLabel('Name').fill('grace');
  await other.getByLabel('Password').fill(adminPassword);
  await other.getByRole('button', { name: 'Log in' }).click();
  await other.locator('.member', { hasText: '201' }).getByRole('button', { name: /^Mute/ }).click();
  await member('201').getByText('muted', { exact: true }).waitFor();
  await assertHears(t, [one, two], (_, talker) => talker === 0, { message: 'the other admin has muted' });
  await member('201')
    .getByRole('button', { name: /^Unmute/ })
    .click();
  await member('201').getByText('muted', { exact: true }).waitFor({ state: 'detached' });
  await other.getByRole('link', { name: 'load it again' }).click();
  await other.locator('.member', { hasText: '201' }).getByRole('button', { name: /^Mute/ }).waitFor();
  t.pass('what the first one did is seen by the other');
  await other.context().close();

  const third = await new Phone({ tone: 900 }).start();
  t.teardown(() => third.stop());
  const called = third.nextCall();
  await page.getByLabel('Number or SIP address').fill(`sip:anna@127.0.0.1:${third.port}`);
  await page.getByLabel('is a moderator').check();
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  const anna = await called;
  await page.getByText('rings', { exact: true }).waitFor();
  await anna.answer();
  await page.getByText('3 people are in').waitFor();
  await assertHears(t, [one, two, anna], () => true, { message: 'who was called is in' });

  await page.getByRole('link', { name: 'Box', exact: true }).click();
  await page.getByRole('link', { name: 'Sounds' }).click();
  await page.getByLabel('WAV or MP3 file').setInputFiles({
    name: 'Door bell.wav',
    mimeType: 'audio/wav',
    buffer: wave16(sine(soundHz, 2, 16_000, 0.8), 16_000),
  });
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('The sound is there.').waitFor();
  t.same(await findings(page), []);
  await page.goto(live);
  await page.getByRole('button', { name: 'Record', exact: true }).click();
  await page.getByText('is being recorded').waitFor();
  await page.getByLabel('Sound', { exact: true }).selectOption({ label: 'Door bell' });
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await Promise.all([one, two, anna].map((call) => call.rx.waitForTone(soundHz, { min: 3000, ms: 200 })));
  t.pass('all hear the sound');
  await page.getByRole('textbox', { name: 'Sentence' }).fill('Dinner is ready.');
  await page.getByRole('button', { name: 'Say it' }).click();
  await page.getByText('It is played as soon as').waitFor();
  await box.logged(({ msg }) => msg === 'sentence said on the web page');
  await member('201')
    .getByRole('link', { name: /^Announce/ })
    .click();
  t.match(await page.evaluate<string>('document.activeElement.id'), 'f-say-sentence', 'ready to be typed');
  await page.getByLabel('Sound', { exact: true }).selectOption({ label: 'Door bell' });
  await Promise.all(
    [one, two, anna].map((call) => call.rx.waitForNoTone(soundHz, { ms: 500, since: now() })),
  );
  const since = now();
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await two.rx.waitForTone(soundHz, { min: 3000, ms: 200, since });
  t.ok(Math.max(one.rx.level(soundHz), anna.rx.level(soundHz)) < 60, 'one alone hears a sound for one');
  await page.getByRole('button', { name: 'Stop recording' }).click();
  await page.getByRole('button', { name: 'Record', exact: true }).waitFor();

  await member('201').getByText('sends: 0 % lost').waitFor();
  t.pass('how well the line is, is seen');

  await page.getByRole('button', { name: 'Lock', exact: true }).click();
  await page.getByText('locked', { exact: true }).waitFor();
  const late = await ring(t, box, number);
  await member('200')
    .getByRole('button', { name: /^Send away/ })
    .click();
  await Promise.all([one.ended(), late.ended()]);
  await page.getByText('2 people are in').waitFor();
  t.pass('who was sent away, or comes to a locked conference, is out');

  await page.getByRole('link', { name: 'Recordings' }).click();
  const seconds = await page.evaluate<number>(`new Promise((resolve) => {
    const audio = document.querySelector('audio');
    audio.addEventListener('loadedmetadata', () => resolve(audio.duration));
    audio.addEventListener('error', () => resolve(-1));
    audio.load();
  })`);
  t.ok(seconds > 0.5, `a recording of ${seconds} s is played`);
  t.same(await findings(page), []);

  await page.goBack();
  process.kill(box.pid('application'), 'SIGKILL');
  await page.getByText('Connection to the box lost').waitFor();
  await page.getByText('Nobody is in this conference.').waitFor();
  t.pass('the page follows again after a restart of the box');
});
