// The factory reset of a box from the image, by who says the own password again and ticks that it is meant.
import { boxPage } from './box-pages.js';
import { checkBox, input } from './form-fields.js';
import { html, type Content } from './html.js';
import { notice } from './layout.js';
import { OwnPassword } from './own-password.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import { postForm, type AdminVisit, type Page } from './visit.js';

type Parts = Pick<PagesOptions, 'store' | 'clock' | 'log' | 'appliance'>;
type Errors = { readonly sure?: string | undefined; readonly current?: string | undefined };

export function resetPages(router: PageRouter, { store, clock, log, appliance }: Parts): void {
  const ownPassword = new OwnPassword({ store, clock });
  const page = (visit: AdminVisit, content: Content): Page =>
    boxPage(visit, 'reset', visit.texts.reset.title, content);

  router.get('/box/reset', (visit) =>
    page(
      visit,
      appliance
        ? resetForm(visit, store.calls.live().length)
        : html`<p class="empty">${visit.texts.reset.elsewhere}</p>`,
    ),
  );
  if (!appliance) return;

  router.post('/box/reset', async (visit) => {
    const { texts, form, admin, boxName } = visit;
    const sure = form.get('sure') === 'true';
    const errors: Errors = {
      sure: sure ? undefined : texts.reset.notSure,
      // Only who means it is asked, because each answer counts as a try.
      current: sure ? await ownPassword.wrong(visit) : undefined,
    };
    if (errors.sure !== undefined || errors.current !== undefined)
      return { ...page(visit, resetForm(visit, store.calls.live().length, errors)), status: 422 };
    await store.changes.note({ author: admin.name, what: 'factory-reset', subject: 'box', name: boxName });
    log.warn('factory reset asked for on the web page', { admin: admin.name });
    appliance.askFactoryReset();
    return page(visit, notice('done', texts.reset.asked));
  });
}

function resetForm(visit: AdminVisit, calls: number, errors: Errors = {}): Content {
  const { texts } = visit;
  const t = texts.reset;
  const wrong = errors.sure ?? errors.current;
  return html`${wrong !== undefined && notice('wrong', wrong)}<section class="card"><p>${t.intro}</p><p>${t.backup} <a href="/box/backup">${texts.backup.title}</a></p>${
    calls > 0 && html`<p><strong>${texts.updates.calls(calls)}</strong></p>`
  }${postForm(
    visit,
    '/box/reset',
    html`${checkBox({ name: 'sure', label: t.sure, error: errors.sure, required: true }, false)}${input({ name: 'current', label: texts.admins.current, help: texts.admins.currentHelp, type: 'password', autocomplete: 'current-password', error: errors.current, required: true })}<button class="danger">${t.submit}</button>`,
  )}</section>`;
}
