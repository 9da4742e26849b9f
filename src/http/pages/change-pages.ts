// Who changed what, when, and how it was before.
import { isObject } from '../../conference/document.js';
import { keyOfAuthor, type Change } from '../../store/index.js';
import { boxPage } from './box-pages.js';
import { textOf } from './conference-inputs.js';
import { html, type Content, type Html } from './html.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import type { Texts } from './texts/index.js';
import type { Visit } from './visit.js';

type Parts = Pick<PagesOptions, 'store'>;

const perPage = 50;
/** Of a value that is shown; a list may have a thousand entries. */
const longestValue = 300;

export interface Difference {
  /** Path with dots. */
  readonly path: string;
  /** As JSON; undefined = was not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export function changePages(router: PageRouter, { store }: Parts): void {
  router.get('/box/changes', async (visit) => {
    const { texts, query } = visit;
    const t = texts.changesPage;
    const after = /^\d{1,15}$/.exec(query.get('after') ?? '')?.[0];
    const { changes, next } = await store.changes.list({
      limit: perPage,
      ...(after && { after: Number(after) }),
    });
    const content = html`<p>${t.intro}</p>${
      changes.length === 0
        ? html`<p class="empty">${t.empty}</p>`
        : html`<ol class="changes">${changes.map((change) => changeItem(visit, change))}</ol>`
    }${next !== undefined && html`<p><a href="/box/changes?after=${next}">${texts.more}</a></p>`}`;
    return boxPage(visit, 'changes', t.title, content);
  });
}

/** The values that differ, leaf by leaf; lists are compared whole. */
export function differences(before: unknown, after: unknown, path = ''): Difference[] {
  if (isObject(before) || isObject(after)) {
    const left = isObject(before) ? before : {};
    const right = isObject(after) ? after : {};
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    return keys.flatMap((key) => differences(left[key], right[key], path === '' ? key : `${path}.${key}`));
  }
  const [was, is] = [written(before), written(after)];
  return was === is ? [] : [{ path, before: was, after: is }];
}

function written(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)} …` : text;
}

function changeItem({ texts, format }: Visit, change: Change): Html {
  const t = texts.changesPage;
  const { what, subject, name, author, at } = change;
  const label = name || texts.unnamed;
  const linked: Content = what.startsWith('conference-')
    ? html`<a href="/conferences/${subject}">${label}</a>`
    : label;
  const changed = what === 'conference-changed' || what === 'box-changed';
  const rows = changed ? differences(change.before, change.after) : [];
  return html`<li><p><strong>${texts.changes[what]}</strong>: ${linked}<br><span class="quiet">${format.dateTime(at)} ${byWhom(texts, author)}</span></p>${
    rows.length > 0 &&
    html`<table class="cards"><thead><tr><th scope="col">${t.field}</th><th scope="col">${t.before}</th><th scope="col">${t.after}</th></tr></thead><tbody>${rows.map((row) => differenceRow(texts, row))}</tbody></table>`
  }</li>`;
}

/** A name that is none of an admin is one of a key. */
function byWhom({ changesPage: t }: Texts, author: string): string {
  const key = keyOfAuthor(author);
  if (key !== undefined) return t.byKey(key);
  return author === '' ? t.byApi : t.by(author);
}

function differenceRow(texts: Texts, { path, before, after }: Difference): Html {
  const t = texts.changesPage;
  return html`<tr><th scope="row">${textOf(texts, path).label}</th><td data-label="${t.before}">${before ?? '–'}</td><td data-label="${t.after}">${after ?? '–'}</td></tr>`;
}
