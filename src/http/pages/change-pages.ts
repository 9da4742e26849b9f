// Who changed what, when, and how it was before.
import { isObject } from '../../conference/document.js';
import { authorBox, keyOfAuthor, type Change, type ChangeKind } from '../../store/index.js';
import { boxPage } from './box-pages.js';
import { textOf } from './conference-inputs.js';
import { html, type Content, type Html } from './html.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import type { Texts } from './texts/index.js';
import { postForm, type Visit } from './visit.js';

type Parts = Pick<PagesOptions, 'store'>;

const perPage = 50;
/** Of a value that is shown; a list may have a thousand entries. */
const longestValue = 300;
/** Of the others the name says it all. */
const shown: ReadonlySet<ChangeKind> = new Set([
  'conference-changed',
  'box-changed',
  'sound-changed',
  'recording-removed',
]);

export interface Difference {
  /** Path with dots. */
  readonly path: string;
  /** undefined = was not there. */
  readonly before: unknown;
  readonly after: unknown;
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
    const ids = new Set(changes.filter(isOfConference).map(({ subject }) => subject));
    const there = new Set<string>();
    for (const id of ids) if (await store.conferences.get(id)) there.add(id);
    const content = html`<p>${t.intro}</p>${
      changes.length === 0
        ? html`<p class="empty">${t.empty}</p>`
        : html`<ol class="changes">${changes.map((change) => changeItem(visit, change, there))}</ol>`
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
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

function written({ texts, format }: Visit, path: string, value: unknown): string {
  if (value === undefined || value === null) return '–';
  if (typeof value === 'boolean') return value ? texts.yes : texts.no;
  if (path === 'recorded_at') return format.dateTime(Date.parse(String(value)));
  const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
  const text = isList
    ? value.join(', ') || texts.none
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)} …` : text;
}

function isOfConference({ what }: Change): boolean {
  return what.startsWith('conference-');
}

/** @param there the conferences that have not been deleted */
function changeItem(visit: Visit, change: Change, there: ReadonlySet<string>): Html {
  const { texts, format, boxName } = visit;
  const t = texts.changesPage;
  const { what, subject, name, author, at } = change;
  const label = name || (subject === 'box' ? boxName : texts.unnamed);
  const linked: Content =
    isOfConference(change) && there.has(subject)
      ? html`<a href="/conferences/${subject}">${label}</a>`
      : label;
  const undo =
    what === 'conference-removed' &&
    !there.has(subject) &&
    postForm(
      visit,
      `/conferences/${subject}/put-back`,
      html`<button class="small" aria-label="${texts.conferences.undo}: ${label}">${texts.conferences.undo}</button>`,
    );
  const rows = shown.has(what) ? differences(change.before, change.after) : [];
  return html`<li><p><strong>${texts.changes[what]}</strong>: ${linked}<br><span class="quiet">${format.dateTime(at)} ${byWhom(texts, author)}</span></p>${undo}${
    rows.length > 0 &&
    html`<table class="cards"><thead><tr><th scope="col">${t.field}</th><th scope="col">${t.before}</th><th scope="col">${t.after}</th></tr></thead><tbody>${rows.map((row) => differenceRow(visit, row))}</tbody></table>`
  }</li>`;
}

/** A name that is none of an admin is one of a key, or the box. */
function byWhom({ changesPage: t }: Texts, author: string): string {
  const key = keyOfAuthor(author);
  if (key !== undefined) return t.byKey(key);
  if (author === authorBox) return t.byBox;
  return author === '' ? t.byCommand : t.by(author);
}

function differenceRow(visit: Visit, { path, before, after }: Difference): Html {
  const { texts } = visit;
  const t = texts.changesPage;
  const fields: Readonly<Record<string, string>> = t.fields;
  const label = fields[path] ?? textOf(texts, path).label;
  return html`<tr><th scope="row">${label}</th><td data-label="${t.before}">${written(visit, path, before)}</td><td data-label="${t.after}">${written(visit, path, after)}</td></tr>`;
}
