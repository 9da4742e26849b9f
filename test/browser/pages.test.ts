// The web page in a real browser: what a person sees and does with a mouse, a keyboard, a phone and a screen reader.
import { mkdirSync } from 'node:fs';
import t from 'tap';
import { sine, wave16 } from '../sounds/signals.js';
import { allPages, weightOf } from '../http/pages/all-pages.js';
import { admin, setupCode, Site } from '../http/pages/site.js';
import { findings, hasBrowser, listen, openWindow, startBrowser } from './browser.js';
import { furnishedSite } from './furnished-site.js';

/** Pictures are written there, to be looked at, when this is set. */
const pictures = process.env.PARTYLINE_SCREENSHOTS;

const skip = hasBrowser ? false : 'chromium is not installed';

void t.test('every page, in both themes, on a phone, and in German there', { skip }, async (t) => {
  const { site, visitor, id } = await furnishedSite(t);
  const url = await listen(site);
  const browser = await startBrowser(t);
  const paths = [
    ...allPages(id),
    ['network', '/box/network'],
    ['update', '/box/update'],
    ['reset', '/box/reset'],
  ] as const;
  const looks = [
    ['light', { colorScheme: 'light', viewport: { width: 1200, height: 900 } }],
    ['dark', { colorScheme: 'dark', viewport: { width: 1200, height: 900 } }],
    ['phone', { colorScheme: 'light', viewport: { width: 360, height: 740 } }],
    // German words are longer.
    ['german-phone', { colorScheme: 'light', viewport: { width: 360, height: 740 }, locale: 'de-DE' }],
    ...(pictures
      ? ([
          ['german', { colorScheme: 'light', viewport: { width: 1200, height: 900 }, locale: 'de-DE' }],
          ['german-dark', { colorScheme: 'dark', viewport: { width: 1200, height: 900 }, locale: 'de-DE' }],
        ] as const)
      : []),
  ] as const;
  if (pictures) mkdirSync(pictures, { recursive: true });
  await Promise.all(
    looks.map(async ([look, options]) => {
      const { context, page } = await openWindow(browser, url, visitor.cookies, options);
      const { page: stranger } = await openWindow(browser, url, new Map(), options);
      for (const [name, path] of [...paths, ['login', '/login'] as const]) {
        const shown = name === 'login' ? stranger : page;
        const failed: string[] = [];
        shown.removeAllListeners('console');
        shown.on('console', (message) => {
          if (message.type() === 'error') failed.push(message.text());
        });
        await shown.goto(path);
        await shown.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))");
        // What they find is the same in every language.
        if (!look.startsWith('german')) t.same(await findings(shown), [], `${name} ${look}`);
        t.same(failed, [], `${name} ${look}: the browser has nothing to say`);
        const twice = await shown.evaluate<string[]>(
          "[...document.querySelectorAll('[id]')].map(({ id }) => id).filter((id, at, all) => all.indexOf(id) !== at)",
        );
        t.same(twice, [], `${name} ${look}: every label is of one field`);
        const overflow = await shown.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        t.equal(overflow, 0, `${name} ${look}: nothing sticks out`);
        if (pictures) await shown.screenshot({ path: `${pictures}/${name}-${look}.png`, fullPage: true });
      }
      await context.close();
    }),
  );
});

void t.test('the first start, and its errors', { skip }, async (t) => {
  const site = await Site.fresh(t);
  const browser = await startBrowser(t);
  const { page } = await openWindow(browser, await listen(site), new Map(), { colorScheme: 'dark' });
  await page.goto('/');
  t.same(await findings(page), []);
  await page.getByLabel('Start code').fill('WRONG');
  await page.getByLabel('Name of the box').fill('Office');
  await page.getByLabel('Your name').fill('ada');
  await page.getByLabel('Password', { exact: true }).fill(admin.password);
  await page.getByLabel('Password again').fill(admin.password);
  await page.getByRole('button', { name: 'Set up' }).click();
  await page.getByText('This is not the start code').waitFor();
  t.same(await findings(page), []);
  await page.getByLabel('Start code').fill(setupCode);
  await page.getByLabel('Password', { exact: true }).fill(admin.password);
  await page.getByLabel('Password again').fill(admin.password);
  await page.getByRole('button', { name: 'Set up' }).click();
  await page.waitForURL('**/conferences');
  t.match(await page.title(), 'Office');
});

void t.test('a conference is created with the keyboard alone', { skip }, async (t) => {
  const { site, browser: visitor } = await Site.start(t);
  const browser = await startBrowser(t);
  const { page } = await openWindow(browser, await listen(site), visitor.cookies);
  await page.goto('/conferences');
  await page.keyboard.press('Tab');
  t.equal(
    await page.evaluate<string>('document.activeElement.className'),
    'skip',
    'the first stop skips the menu',
  );
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  t.equal(await page.evaluate<string>('document.activeElement.textContent'), 'New conference');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/conferences/new');
  await page.locator('[name="name"]:focus').waitFor();
  await page.keyboard.type('Keyboard meeting');
  for (let field = 0; field < 4; field++) await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/conferences/*?done=created');
  const [made] = (await site.store.conferences.list()).conferences;
  t.match(made?.document, { name: 'Keyboard meeting', member: { join_muted: true } });
});

void t.test('the live page follows, its buttons work, and the focus stays', { skip }, async (t) => {
  const { site, browser: visitor } = await Site.start(t);
  const id = await site.conference({ name: 'Board' });
  const { conference, member } = await site.join(id);
  const browser = await startBrowser(t);
  const url = await listen(site);
  const { page } = await openWindow(browser, url, visitor.cookies);
  const streaming = page.waitForResponse(`**/conferences/${id}/live?*`);
  await page.goto(`/conferences/${id}`);
  await streaming;
  await page.evaluate('window.samePage = true');

  const muted = new Promise<void>((resolve) => conference.once('member-changed', () => resolve()));
  await page.getByRole('button', { name: 'Mute: Grace', exact: true }).press('Enter');
  await muted;
  await site.pass();
  await page.getByRole('button', { name: 'Unmute: Grace' }).waitFor();
  t.equal(await page.evaluate<string>('document.activeElement.id'), `m${member.id}-unmute`);

  await site.join(id, 'member', 'Mary');
  await site.pass();
  await page.getByText('2 people are in').waitFor();
  t.equal(await page.evaluate<boolean>('window.samePage'), true, 'without a new page');

  await site.app.close();
  await page.getByText('Connection to the box lost').waitFor();
  t.pass('a box that is gone is noticed');
});

void t.test(
  'thirty who join while the connection is lost are all there when it is back',
  { skip },
  async (t) => {
    const { site, browser: visitor } = await Site.start(t);
    const id = await site.conference({ name: 'Board' });
    const { conference, member } = await site.join(id);
    const browser = await startBrowser(t);
    const { page } = await openWindow(browser, await listen(site), visitor.cookies);
    const stream = `**/conferences/${id}/live?*`;
    const streaming = page.waitForResponse(stream);
    await page.goto(`/conferences/${id}`);
    await streaming;
    await page.evaluate('window.samePage = true');
    const again = page.waitForResponse(stream);
    site.app.server.closeAllConnections();
    for (let more = 0; more < 30; more++) await site.join(id, 'member', `Person ${more}.`);
    conference.setMuted(member.id, true);
    await again;
    await page.getByText('31 people are in').waitFor();
    t.equal(await page.locator('.member').count(), 31);
    await page.getByRole('button', { name: 'Unmute: Grace' }).waitFor();
    conference.kick(member.id);
    await site.pass();
    await page.getByText('30 people are in').waitFor();
    t.equal(await page.getByText('Connection to the box lost').isVisible(), false);
    t.equal(await page.evaluate<boolean>('window.samePage'), true, 'without a new page');
  },
);

void t.test('two admins at once lose nothing', { skip }, async (t) => {
  const { site, browser: visitor } = await Site.start(t);
  const id = await site.conference({ name: 'Board' });
  const browser = await startBrowser(t);
  const url = await listen(site);
  const [one, two] = await Promise.all([0, 1].map(() => openWindow(browser, url, visitor.cookies)));
  const pages = [one!.page, two!.page];
  await Promise.all(pages.map((page) => page.goto(`/conferences/${id}/edit`)));
  for (const [n, page] of pages.entries()) {
    await page.getByLabel('Name', { exact: true }).fill(`Board ${n}`);
    await page.getByRole('button', { name: 'Save' }).click();
    if (n === 0) await page.getByText('Saved.').waitFor();
  }
  const [, late] = pages;
  await late!.getByText('ada changed this conference at').waitFor();
  t.same(await findings(late!), []);
  t.equal(await late!.getByLabel('Name', { exact: true }).inputValue(), 'Board 1');
  t.equal((await site.store.conferences.get(id))?.document.name, 'Board 0');
  await late!.getByRole('button', { name: 'Save mine over it' }).click();
  await late!.getByText('Saved.').waitFor();
  t.equal((await site.store.conferences.get(id))?.document.name, 'Board 1');
});

void t.test('without JavaScript everything works but the live updates', { skip }, async (t) => {
  const { site, browser: visitor } = await Site.start(t);
  const id = await site.conference({ name: 'Board' });
  const { member } = await site.join(id);
  const browser = await startBrowser(t);
  const { page } = await openWindow(browser, await listen(site), visitor.cookies, {
    javaScriptEnabled: false,
  });
  await page.goto(`/conferences/${id}`);
  await page.getByRole('button', { name: 'Mute: Grace' }).click();
  await page.getByRole('button', { name: 'Unmute: Grace' }).waitFor();
  t.equal(member.muted, true);
  await page.getByText('End …').click();
  await page.getByRole('button', { name: 'End now' }).click();
  await page.getByText('Nobody is in this conference.').waitFor();

  await page.getByRole('link', { name: 'Conferences' }).click();
  await page.getByRole('link', { name: 'New conference' }).click();
  await page.getByLabel('Name', { exact: true }).fill('By hand');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('Created.').waitFor();
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByText('Announcements', { exact: true }).click();
  await page.getByLabel('Welcome callers').selectOption('No');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('heading', { name: 'By hand' }).waitFor();
  await page.getByRole('link', { name: 'Box', exact: true }).click();
  await page.getByRole('link', { name: 'Sounds' }).click();
  const buffer = wave16(sine(440, 0.2, 8000), 8000);
  await page.getByLabel('WAV or MP3 file').setInputFiles({ name: 'Bell.wav', mimeType: 'audio/wav', buffer });
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('The sound is there.').waitFor();
  await page.getByRole('button', { name: 'Deutsch' }).click();
  await page.getByRole('heading', { name: 'Klänge und Sprachen' }).waitFor();
  t.match((await site.store.conferences.list({ search: 'By hand' })).conferences, [
    { document: { play_welcome: false } },
  ]);
});

void t.test('a whole page is small', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference({ name: 'Board' });
  for (let count = 0; count < 200; count++) await site.join(id);
  const page = await browser.get(`/conferences/${id}`);
  const bytes = await weightOf(`/conferences/${id}`, (path) => browser.get(path));
  t.ok(bytes < 150_000, `${bytes} bytes with two hundred people in it`);
  t.notMatch(page.body, /(?:src|href)="https?:/, 'nothing comes from outside');
});
