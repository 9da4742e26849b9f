// Coming in and going out: the first start of a new box, logging in, logging out, and the choice of the language.
import { passwordLength } from '../../settings.js';
import { PartylineError } from '../../errors.js';
import { checkedName, InvalidDocumentError } from '../../store/index.js';
import { Attempts } from '../kazoo/attempts.js';
import { setCookie } from './cookies.js';
import { input } from './form-fields.js';
import { html } from './html.js';
import { heading, notice } from './layout.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import { isSetupCode } from './setup-code.js';
import { isLanguage } from './texts/index.js';
import { postForm, type Answer, type Page, type Visit } from './visit.js';

type Parts = Pick<PagesOptions, 'store' | 'clock' | 'log' | 'setupCode'>;

/** Of the session's cookie, s; the session itself ends earlier when it is not used. */
const sessionSeconds = 7 * 86_400;
const languageSeconds = 365 * 86_400;
const longestBoxName = 64;

export function doorPages(router: PageRouter, { store, clock, log, setupCode }: Parts): void {
  const attempts = new Attempts({ clock, refuseAfterAny: 300 });

  /** Slows down who guesses. @returns a page for who is refused, or what to call after the right answer */
  const attempt = async (visit: Visit): Promise<{ succeeded: () => void } | { wait: number }> => {
    const verdict = attempts.begin(visit.request.ip);
    if (verdict.kind === 'refused') {
      log.warn('address refused for guessing', { address: visit.request.ip, what: 'web log-in' });
      return { wait: Math.ceil(verdict.retryAfterMs / 1000) };
    }
    const { delayMs } = verdict;
    if (delayMs > 0) await new Promise<void>((resolve) => clock.after(delayMs, resolve));
    return verdict;
  };

  const welcome = async (visit: Visit, adminId: string, next: string): Promise<Answer> => {
    setCookie(visit, 'session', await store.sessions.begin(adminId), sessionSeconds);
    return { redirect: next };
  };

  router.open('GET', '/', async ({ admin }) => {
    const isNew = !admin && (await store.admins.count()) === 0;
    return { redirect: admin ? '/conferences' : isNew ? '/setup' : '/login' };
  });

  router.open('GET', '/setup', async (visit) => {
    if ((await store.admins.count()) > 0) return { redirect: '/' };
    return setupPage(visit, new Map());
  });

  router.open('POST', '/setup', async (visit) => {
    if ((await store.admins.count()) > 0) return { redirect: '/' };
    const { form, texts } = visit;
    const tried = await attempt(visit);
    if ('wait' in tried)
      return refused(setupPage(visit, new Map()), texts.login.slow(tried.wait), tried.wait);
    const field = (name: string) => form.get(name)?.trim() ?? '';
    const errors = new Map<string, string>();
    const password = form.get('password') ?? '';
    const { least, most } = passwordLength;
    if (isSetupCode(setupCode, field('code'))) tried.succeeded();
    else errors.set('code', texts.setup.wrongCode);
    const boxName = field('box');
    if (boxName === '' || boxName.length > longestBoxName) errors.set('box', texts.box.badName);
    if (!isAdminName(field('name'))) errors.set('name', texts.setup.badName);
    if (password.length < least || password.length > most) {
      errors.set('password', texts.setup.badPassword(least, most));
    } else if (password !== form.get('repeat')) errors.set('repeat', texts.setup.differ);
    if (errors.size > 0) return { ...setupPage(visit, errors), status: 422 };
    const name = field('name').toLowerCase();
    try {
      const before = { name: visit.boxName };
      const { id } = await store.admins.setPassword(name, password, { create: 'first', author: name });
      await store.settings.set('box.name', boxName, { author: name, before, after: { name: boxName } });
      log.info('box set up on the web page', { admin: name, address: visit.request.ip });
      return await welcome(visit, id, '/conferences');
    } catch (error) {
      // Somebody else was quicker.
      if (error instanceof PartylineError && error.code === 'NOT_FOUND') return { redirect: '/' };
      throw error;
    }
  });

  router.open('GET', '/login', async (visit) => {
    if (visit.admin) return { redirect: nextOf(visit) };
    if ((await store.admins.count()) === 0) return { redirect: '/setup' };
    return loginPage(visit);
  });

  router.open('POST', '/login', async (visit) => {
    const { form, texts, request } = visit;
    const tried = await attempt(visit);
    if ('wait' in tried) return refused(loginPage(visit), texts.login.slow(tried.wait), tried.wait);
    const name = form.get('name')?.trim() ?? '';
    const found = await store.admins.checkPassword(name, form.get('password') ?? '');
    if (!found) {
      log.warn('wrong web credentials', { address: request.ip });
      return { ...loginPage(visit, texts.login.wrong), status: 401 };
    }
    tried.succeeded();
    log.info('web log-in', { address: request.ip, admin: found.adminId });
    return welcome(visit, found.adminId, nextOf(visit));
  });

  router.post('/logout', async (visit) => {
    await store.sessions.end(visit.session);
    setCookie(visit, 'session', '');
    return { redirect: '/login' };
  });

  router.post('/logout-everywhere', async (visit) => {
    await store.sessions.endAll(visit.admin.id);
    setCookie(visit, 'session', '');
    return { redirect: '/login' };
  });

  router.open('POST', '/language', (visit) => {
    const language = visit.form.get('language');
    if (isLanguage(language)) setCookie(visit, 'language', language, languageSeconds);
    return { redirect: ownPath(visit.form.get('back')) };
  });
}

function setupPage(visit: Visit, errors: ReadonlyMap<string, string>): Page {
  const { texts, form } = visit;
  const t = texts.setup;
  const { least, most } = passwordLength;
  const error = (name: string) => errors.get(name);
  const value = (name: string) => form.get(name) ?? undefined;
  const body = html`<section class="card narrow">${heading(t.title)}<p>${t.intro}</p>${
    errors.size > 0 && notice('wrong', texts.formFaulty)
  }${postForm(
    visit,
    '/setup',
    html`${input({ name: 'code', label: t.code, help: t.codeHelp, value: value('code'), error: error('code'), required: true, autofocus: true })}
${input({ name: 'box', label: t.boxName, help: t.boxNameHelp, value: value('box'), error: error('box'), required: true, maxlength: longestBoxName })}
${input({ name: 'name', label: t.admin, help: t.adminHelp, value: value('name'), error: error('name'), required: true, autocomplete: 'username', maxlength: 64 })}
${input({ name: 'password', label: t.password, help: t.passwordHelp(least), error: error('password'), type: 'password', required: true, autocomplete: 'new-password', maxlength: most })}
${input({ name: 'repeat', label: t.repeat, error: error('repeat'), type: 'password', required: true, autocomplete: 'new-password', maxlength: most })}
<button class="primary">${t.submit}</button>`,
  )}</section>`;
  return { title: t.title, body };
}

function loginPage(visit: Visit, wrong?: string): Page {
  const { texts, form } = visit;
  const t = texts.login;
  const body = html`<section class="card narrow">${heading(t.title)}${wrong && notice('wrong', wrong)}${postForm(
    visit,
    '/login',
    html`<input type="hidden" name="next" value="${nextOf(visit)}">
${input({ name: 'name', label: t.name, value: form.get('name') ?? undefined, required: true, autocomplete: 'username', autofocus: true })}
${input({ name: 'password', label: t.password, type: 'password', required: true, autocomplete: 'current-password' })}
<button class="primary">${t.submit}</button>`,
  )}</section>`;
  return { title: t.title, body };
}

function refused(page: Page, sentence: string, waitSeconds: number): Page {
  const body = html`${notice('wrong', sentence)}${page.body}`;
  return { ...page, body, status: 429, headers: { 'retry-after': String(waitSeconds) } };
}

/** Where somebody wanted to go when the log-in came between. */
function nextOf({ query, form }: Visit): string {
  return ownPath(form.get('next') ?? query.get('next'));
}

/** The path if it is one of this box; never an address that leads elsewhere. */
function ownPath(path: string | null): string {
  return path && /^\/(?![/\\])[\w\-./?=&%~]*$/.test(path) && path.length < 1024 ? path : '/conferences';
}

export function isAdminName(name: string): boolean {
  try {
    return checkedName(name) !== '';
  } catch (error) {
    if (error instanceof InvalidDocumentError) return false;
    throw error;
  }
}
