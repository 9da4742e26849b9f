// A real browser for a test: Debian's chromium, driven by playwright-core, with nothing of its own that talks to anybody.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import type { Site } from '../http/pages/site.js';
import type { Test } from '../store/scratch.js';

const program = '/usr/bin/chromium';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Absent where the set-up has not installed it; a test is skipped then. */
export const hasBrowser = existsSync(program);

export async function startBrowser(t: Test): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: program,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  t.teardown(() => browser.close());
  return browser;
}

/** The address of the site, which listens from now on. */
export async function listen(site: Site): Promise<string> {
  await site.app.listen({ port: 0, host: '127.0.0.1' });
  return `http://127.0.0.1:${(site.app.server.address() as AddressInfo).port}`;
}

/** A window of its own. @param cookies those of an admin who is logged in */
export async function openWindow(
  browser: Browser,
  url: string,
  cookies: ReadonlyMap<string, string> = new Map(),
  options: BrowserContextOptions = {},
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ locale: 'en-GB', baseURL: url, ...options });
  await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url })));
  return { context, page: await context.newPage() };
}

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe-core finds against WCAG 2.2 AA on the page as it is, in short; empty = nothing. */
export async function findings(page: Page): Promise<string[]> {
  // Through the debugger, past the page's own policy, which forbids foreign scripts.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: unknown): Promise<{ violations: unknown[] }> };
    };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    return (await axe.run({ runOnly: tags })).violations;
  });
  return (found as Finding[]).map(
    ({ id, impact, nodes }) =>
      `${impact ?? ''} ${id}: ${nodes
        .map((node) => node.html)
        .join(' | ')
        .slice(0, 300)} ${nodes[0]?.failureSummary ?? ''}`,
  );
}
