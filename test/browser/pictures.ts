// Makes the pictures of docs/web-page anew: `make pictures`. No test: a picture is looked at by people.
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { Site } from '../http/pages/site.js';
import { listen, openWindow, startBrowser } from './browser.js';
import { furnishedSite } from './furnished-site.js';

const folder = 'docs/web-page';
const undo: (() => unknown)[] = [];
const t = { teardown: (done: () => unknown) => undo.push(done) };

async function picture(page: Page, name: string, path: string): Promise<void> {
  await page.goto(path);
  const { cssContentSize } = await (await page.context().newCDPSession(page)).send('Page.getLayoutMetrics');
  await page.setViewportSize({ width: 1000, height: Math.min(1100, Math.ceil(cssContentSize.height)) });
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 60 });
  writeFileSync(`${folder}/${name}.webp`, Buffer.from(data, 'base64'));
  await page.setViewportSize({ width: 1000, height: 600 });
}

mkdirSync(folder, { recursive: true });
try {
  const { site, visitor, id } = await furnishedSite(t);
  const browser = await startBrowser(t);
  const options = { viewport: { width: 1000, height: 600 } };
  const { page } = await openWindow(browser, await listen(site), visitor.cookies, options);
  for (const [name, path] of [
    ['conferences', '/conferences'],
    ['create', '/conferences/new'],
    ['edit', `/conferences/${id}/edit`],
    ['invite', `/conferences/${id}/sheet`],
    ['live', `/conferences/${id}`],
    ['calls', '/calls'],
    ['recordings', '/recordings'],
    ['box', '/box'],
    ['sounds', '/box/sounds'],
    ['calling-out', '/box/outbound'],
    ['admins', '/box/admins'],
    ['keys', '/box/keys'],
    ['changes', '/box/changes'],
    ['backup', '/box/backup'],
    ['network', '/box/network'],
    ['update', '/box/update'],
    ['factory-reset', '/box/reset'],
  ] as const) {
    await picture(page, name, path);
  }
  await picture(page, 'https', '/box/certificate');
  const fresh = await Site.fresh(t);
  const { page: first } = await openWindow(browser, await listen(fresh), new Map(), options);
  await picture(first, 'first-start', '/setup');
} finally {
  for (const done of undo.reverse()) await done();
}
