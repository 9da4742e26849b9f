// The people who may log in. Who adds or removes somebody, or gets another password, says the own password again: a
// browser that was left open is not enough.
import { PartylineError } from '../../errors.js';
import { passwordLength } from '../../settings.js';
import { mostAdmins } from '../../store/index.js';
import { boxPage } from './box-pages.js';
import { setCookie } from './cookies.js';
import { isAdminName } from './door-pages.js';
import { input, type InputOptions } from './form-fields.js';
import { html, type Content, type Html } from './html.js';
import { notice } from './layout.js';
import { OwnPassword } from './own-password.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import { postForm, type AdminVisit, type Page } from './visit.js';

type Parts = Pick<PagesOptions, 'store' | 'clock' | 'log'>;
type Errors = Readonly<Record<string, string | undefined>>;

/** Of the session's cookie, s. */
const sessionSeconds = 7 * 86_400;

export function adminPages(router: PageRouter, { store, clock, log }: Parts): void {
  const ownPassword = new OwnPassword({ store, clock });

  const page = async (visit: AdminVisit, message?: Content, errors: Errors = {}, of = ''): Promise<Page> =>
    adminsPage(visit, await store.admins.list(), message, errors, of);

  router.get('/box/admins', (visit) => {
    const { texts, query } = visit;
    const name = query.get('name')?.slice(0, 64) ?? '';
    const t = texts.admins;
    const said: Record<string, string> = {
      added: t.added(name),
      removed: t.removed(name),
      changed: t.changed,
    };
    const done = said[query.get('done') ?? ''];
    return page(visit, done && notice('done', done));
  });

  router.post('/box/admins', async (visit) => {
    const { form, texts, admin } = visit;
    const t = texts.admins;
    const name = form.get('name')?.trim().toLowerCase() ?? '';
    const errors = {
      name: isAdminName(name)
        ? (await store.admins.find(name))
          ? t.exists
          : undefined
        : texts.setup.badName,
      password: passwordError(visit),
      current: await ownPassword.wrong(visit),
    };
    if ((await store.admins.count()) >= mostAdmins) errors.name = t.tooMany;
    if (Object.values(errors).some((error) => error !== undefined)) {
      return { ...(await page(visit, notice('wrong', texts.formFaulty), errors, 'add')), status: 422 };
    }
    const author = admin.name;
    await store.admins.setPassword(name, form.get('password') ?? '', { create: 'missing', author });
    log.info('admin added on the web page', { name, by: admin.name });
    return { redirect: `/box/admins?done=added&name=${encodeURIComponent(name)}` };
  });

  router.post('/box/admins/password', async (visit) => {
    const { form, texts, admin } = visit;
    const errors = { password: passwordError(visit), current: await ownPassword.wrong(visit) };
    if (errors.password !== undefined || errors.current !== undefined) {
      return { ...(await page(visit, notice('wrong', texts.formFaulty), errors, 'change')), status: 422 };
    }
    await store.admins.setPassword(admin.name, form.get('password') ?? '', { author: admin.name });
    // The new password has ended every session, this one too.
    setCookie(visit, 'session', await store.sessions.begin(admin.id), sessionSeconds);
    return { redirect: '/box/admins?done=changed' };
  });

  router.post('/box/admins/:id/remove', async (visit) => {
    const { params, texts, admin } = visit;
    const other = await store.admins.get(params.id ?? '');
    if (!other) throw new PartylineError('NOT_FOUND', 'Admin');
    if (other.id === admin.id) {
      return { ...(await page(visit, notice('wrong', texts.admins.notYourself))), status: 422 };
    }
    const wrong = await ownPassword.wrong(visit);
    if (wrong !== undefined) {
      return { ...(await page(visit, notice('wrong', wrong), { current: wrong }, other.id)), status: 422 };
    }
    const { name } = other;
    await store.admins.remove(name, { author: admin.name });
    log.info('admin removed on the web page', { name, by: admin.name });
    return { redirect: `/box/admins?done=removed&name=${encodeURIComponent(name)}` };
  });
}

function passwordError({ form, texts }: AdminVisit): string | undefined {
  const password = form.get('password') ?? '';
  const { least, most } = passwordLength;
  if (password.length < least || password.length > most) return texts.setup.badPassword(least, most);
  return password === form.get('repeat') ? undefined : texts.setup.differ;
}

/** @param of which form the errors belong to */
function adminsPage(
  visit: AdminVisit,
  admins: readonly { readonly id: string; readonly name: string; readonly createdAt: number }[],
  message: Content,
  errors: Errors,
  of: string,
): Page {
  const { texts, format, form, admin } = visit;
  const t = texts.admins;
  const current = (form: string): Html =>
    secret({
      form,
      name: 'current',
      label: t.current,
      help: t.currentHelp,
      error: of === form ? errors.current : undefined,
    });
  const password = (form: string): Html =>
    html`${secret({ form, name: 'password', label: t.password, help: texts.setup.passwordHelp(passwordLength.least), error: of === form ? errors.password : undefined, autocomplete: 'new-password' })}${secret({ form, name: 'repeat', label: texts.setup.repeat, autocomplete: 'new-password' })}`;
  const rows = admins.map(
    ({ id, name, createdAt }) =>
      html`<tr><th scope="row">${name}${id === admin.id && html` <span class="badge">${t.you}</span>`}</th><td data-label="${t.made}">${format.dateTime(createdAt)}</td><td>${
        id !== admin.id &&
        html`<details class="sure"${of === id && html` open`}><summary class="button small danger" aria-label="${t.remove}: ${name}">${t.remove}</summary>${postForm(visit, `/box/admins/${id}/remove`, html`${current(id)}<button class="danger">${t.remove}</button>`)}</details>`
      }</td></tr>`,
  );
  const content = html`${message}<table class="cards"><thead><tr><th scope="col">${t.name}</th><th scope="col">${t.made}</th><td></td></tr></thead><tbody>${rows}</tbody></table>
<details class="section"${of === 'add' && html` open`}><summary><h2>${t.add}</h2></summary>${postForm(
    visit,
    '/box/admins',
    html`${input({ name: 'name', label: t.name, help: texts.setup.adminHelp, value: of === 'add' ? (form.get('name') ?? undefined) : undefined, error: of === 'add' ? errors.name : undefined, required: true, maxlength: 64 })}${password('add')}${current('add')}<button class="primary">${t.addSubmit}</button>`,
  )}</details>
<details class="section"${of === 'change' && html` open`}><summary><h2>${t.change}</h2></summary>${postForm(visit, '/box/admins/password', html`${password('change')}${current('change')}<button class="primary">${t.changeSubmit}</button>`)}</details>
<section class="card"><p>${t.everywhereHelp}</p>${postForm(visit, '/logout-everywhere', html`<button>${t.everywhere}</button>`)}</section>`;
  return boxPage(visit, 'admins', t.title, content);
}

function secret(options: InputOptions): Html {
  return input({ autocomplete: 'current-password', ...options, type: 'password', required: true });
}
