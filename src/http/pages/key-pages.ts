// API keys: made, shown once, revoked.
import type { NewApiKey } from '../../store/index.js';
import { boxPage } from './box-pages.js';
import { input, select } from './form-fields.js';
import { html, type Content } from './html.js';
import { notice } from './layout.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import { postForm, type AdminVisit, type Page } from './visit.js';

type Parts = Pick<PagesOptions, 'store'>;

const longestName = 128;

export function keyPages(router: PageRouter, { store }: Parts): void {
  const page = async (visit: AdminVisit, message: Content, error?: string): Promise<Page> => {
    const { texts, format, form } = visit;
    const t = texts.keys;
    const kinds = { kazoo: t.kazoo, catapult: t.catapult };
    const rows = [...(await store.apiKeys.list())].reverse().map((key) => {
      const revoked = key.revokedAt !== undefined;
      return html`<tr><th scope="row">${key.name || texts.unnamed}</th><td data-label="${t.kind}">${kinds[key.kind]}${key.userId !== undefined && html` <code>${key.userId}</code>`}</td><td data-label="${t.made}">${format.dateTime(key.createdAt)}</td><td data-label="${t.used}">${key.lastUsedAt === undefined ? t.never : format.dateTime(key.lastUsedAt)}</td><td data-label="${t.state}">${
        revoked
          ? html`<span class="badge warn">${t.revoked}</span>`
          : html`<span class="badge live">${t.holds}</span> ${postForm(visit, `/box/keys/${key.id}/revoke`, html`<button class="small danger" aria-label="${t.revoke}: ${key.name}">${t.revoke}</button>`)}`
      }</td></tr>`;
    });
    const table = html`<table class="cards"><thead><tr><th scope="col">${t.name}</th><th scope="col">${t.kind}</th><th scope="col">${t.made}</th><th scope="col">${t.used}</th><th scope="col">${t.state}</th></tr></thead><tbody>${rows}</tbody></table>`;
    const content = html`${message}<p>${t.intro}</p><section class="card"><h2>${t.make}</h2>${postForm(
      visit,
      '/box/keys',
      html`${input({ name: 'name', label: t.name, value: error === undefined ? undefined : (form.get('name') ?? ''), error, maxlength: longestName, required: true })}${select(
        { name: 'kind', label: t.kind, value: form.get('kind') ?? 'kazoo' },
        [
          { value: 'kazoo', label: t.kazoo },
          { value: 'catapult', label: t.catapult },
        ],
      )}<button class="primary">${t.make}</button>`,
      { class: 'row' },
    )}</section>${rows.length > 0 ? table : html`<p class="empty">${t.empty}</p>`}`;
    return boxPage(visit, 'keys', t.title, content);
  };

  router.get('/box/keys', (visit) =>
    page(visit, visit.query.get('done') === 'revoked' && notice('done', visit.texts.keys.revokedNow)),
  );

  router.post('/box/keys', async (visit) => {
    const { form, texts, admin } = visit;
    const name = form.get('name')?.trim() ?? '';
    const kind = form.get('kind') === 'catapult' ? 'catapult' : 'kazoo';
    if (name.length > longestName)
      return { ...(await page(visit, undefined, texts.keys.badName)), status: 422 };
    const key = await store.apiKeys.create({ kind, name, author: admin.name });
    // Shown with the answer itself, so that the key is in no address and in no history.
    return page(visit, shownOnce(visit, key));
  });

  router.post('/box/keys/:id/revoke', async (visit) => {
    await store.apiKeys.revoke(visit.params.id ?? '', { author: visit.admin.name });
    return { redirect: '/box/keys?done=revoked' };
  });
}

function shownOnce({ texts }: AdminVisit, key: NewApiKey): Content {
  const t = texts.keys;
  const rows = [
    [t.user, key.userId],
    [t.token, key.token],
    [t.secret, key.secret],
  ] as const;
  return notice(
    'done',
    html`<p><strong>${t.once}</strong></p><dl class="facts">${rows.map(
      ([label, value]) =>
        value !== undefined && html`<div><dt>${label}</dt><dd><code>${value}</code></dd></div>`,
    )}</dl>`,
  );
}
