// What only a box from the image has on its page, in a real browser: a trial of the network, and an update on its way.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import t from 'tap';
import { FakeRoot } from '../http/pages/fake-root.js';
import { Site } from '../http/pages/site.js';
import { callOf, scratchFolder } from '../store/scratch.js';
import { findings, hasBrowser, listen, openWindow, startBrowser } from './browser.js';

/** Pictures are written there, to be looked at, when this is set. */
const pictures = process.env.PARTYLINE_SCREENSHOTS;
const skip = hasBrowser ? false : 'chromium is not installed';

async function look(page: Page, name: string): Promise<string[]> {
  if (pictures) {
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
  }
  return findings(page);
}

void t.test('the network is set, tried and kept', { skip }, async (t) => {
  const root = new FakeRoot(t);
  const { site, browser: visitor } = await Site.start(t, root.appliance);
  const browser = await startBrowser(t);
  const { page } = await openWindow(browser, await listen(site), visitor.cookies);
  page.setDefaultTimeout(5000);
  await page.goto('/box/network');
  await page.getByLabel('Address of the cable').selectOption('fixed');
  await page.getByLabel('Fixed address').fill('10.0.0.5');
  await page.getByRole('button', { name: 'Try these settings' }).click();
  await page.getByText('An address with its prefix is needed').waitFor();
  t.same(await look(page, 'network-wrong'), []);
  await page.getByLabel('Fixed address').fill('10.0.0.5/24');
  await page.getByLabel('Wi-Fi', { exact: true }).selectOption('key');
  await page.getByLabel('Name of the Wi-Fi').fill('Office');
  await page.getByRole('button', { name: 'Try these settings' }).click();
  await page.getByText('The box has no password for this Wi-Fi yet').waitFor();
  t.same(await look(page, 'network-wifi-wrong'), []);
  await page.getByLabel('Password of the Wi-Fi').fill('correct horse');
  await page.getByRole('button', { name: 'Try these settings' }).click();
  await page.getByText('Open this page by the new settings').waitFor();
  t.same(await look(page, 'network-trial'), []);
  t.equal(await page.getByRole('button', { name: 'Keep them' }).count(), 0);
  await page.goto('/conferences');
  t.same(await look(page, 'network-urgent'), []);
  await page.goBack();
  await page.getByRole('button', { name: 'Go back to the old ones' }).press('Enter');
  await page.getByText('The old settings are back.').waitFor();
  t.same(await look(page, 'network-returned'), []);
});

void t.test('an update is uploaded, waits for calls, and is followed', { skip }, async (t) => {
  const root = new FakeRoot(t);
  const { site, browser: visitor } = await Site.start(t, root.appliance);
  site.store.calls.begin(callOf('one', { startedAt: site.clock.now() }));
  const file = join(scratchFolder(t), 'partyline.raucb');
  writeFileSync(file, 'an update');
  const browser = await startBrowser(t);
  const { page } = await openWindow(browser, await listen(site), visitor.cookies, { colorScheme: 'dark' });
  await page.goto('/box/update');
  await page.getByLabel('Update file').setInputFiles(file);
  await page.getByRole('button', { name: 'Upload' }).click();
  await page.getByText('looks whose update this is').waitFor();
  const { id } = await root.updateRequest();
  const says = (answer: Parameters<FakeRoot['saysOfUpdate']>[0]) => {
    root.saysOfUpdate(answer);
    site.clock.advance(500);
  };
  await page.evaluate('window.samePage = true');
  says({ kind: 'verified', id, version: '2.0.0' });
  const quiet = page.getByRole('button', { name: 'Install when nobody is in a call' });
  await quiet.waitFor();
  t.same(await look(page, 'update-ready'), []);
  await quiet.press('Enter');
  await page.getByText('Version 2.0.0 waits until nobody is in a call').waitFor();
  site.store.calls.end('one', { endReason: 'hangup', endedAt: site.clock.now() });
  site.clock.advance(500);
  await root.updateRequest();
  says({ kind: 'installing', id, version: '2.0.0', percent: 40 });
  await page.getByText('40 %').waitFor();
  t.same(await look(page, 'update-installing'), []);
  t.equal(await page.evaluate<boolean>('window.samePage'), true, 'without a new page');
  says({ kind: 'failed', id, detail: 'No space left on device' });
  await page.getByText('The box says: No space left on device').waitFor();
  t.same(await look(page, 'update-failed'), []);
  await page.getByLabel('Address of the file').waitFor();
});

void t.test('without JavaScript an update is installed too', { skip }, async (t) => {
  const root = new FakeRoot(t);
  const { site, browser: visitor } = await Site.start(t, root.appliance);
  const browser = await startBrowser(t);
  const options = { javaScriptEnabled: false };
  const { page } = await openWindow(browser, await listen(site), visitor.cookies, options);
  const file = join(scratchFolder(t), 'partyline.raucb');
  writeFileSync(file, 'an update');
  await page.goto('/box/update');
  await page.getByLabel('Update file').setInputFiles(file);
  await page.getByRole('button', { name: 'Upload' }).click();
  const { id } = await root.updateRequest();
  root.saysOfUpdate({ kind: 'verified', id, version: '2.0.0' });
  site.clock.advance(500);
  await page.getByRole('link', { name: 'load it again' }).click();
  await page.getByRole('button', { name: 'Install now' }).click();
  t.equal((await root.updateRequest()).kind, 'install');
});
