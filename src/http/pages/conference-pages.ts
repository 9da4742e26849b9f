// The list of conferences, and creating, copying, deleting and putting back one.
import { freeNumber, newPins } from '../../calls/index.js';
import { numbersOf } from '../../conference/document.js';
import type { Conference, ConferenceDocument } from '../../conference/index.js';
import { PartylineError } from '../../errors.js';
import { NumbersInUseError, type StoredConference } from '../../store/index.js';
import { fieldInputs } from './conference-inputs.js';
import { shortFields } from './conference-fields.js';
import { numbersTaken, readForm, type FormErrors } from './conference-form.js';
import { html, type Content, type Html } from './html.js';
import { heading, notice } from './layout.js';
import { liveRegion } from './live-streams.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import { postForm, type AdminVisit, type Page, type Visit } from './visit.js';

type Parts = Pick<PagesOptions, 'store' | 'editor' | 'control'>;

const perPage = 100;

export function conferencePages(router: PageRouter, parts: Parts): void {
  const { store, editor } = parts;
  const taken = async (number: string) =>
    (await store.accessNumbers.has(number)) || (await store.conferences.findByNumber(number)) !== undefined;

  router.get('/conferences', async (visit) => {
    const { texts, query } = visit;
    const t = texts.conferences;
    const search = query.get('search') ?? '';
    const body = html`${heading(t.title, html`<a class="button primary" href="/conferences/new">${t.create}</a>`)}${deletedNotice(visit)}
<form class="search" role="search"><label for="search">${t.searchLabel}</label><div><input id="search" type="search" name="search" value="${search}" maxlength="128"><button>${texts.search}</button></div></form>
${liveRegion(visit, `/conferences/live${queryOf(visit)}`, await conferenceTable(visit, parts))}`;
    return { title: t.title, body, nav: 'conferences' };
  });

  router.get('/conferences/new', async (visit) => {
    const form = new URLSearchParams();
    const [member = '', moderator = ''] = newPins(2);
    form.set('conference_numbers', (await freeNumber(taken)) ?? '');
    form.set('member.pins', member);
    form.set('moderator.pins', moderator);
    return createPage(visit, form, new Map());
  });

  router.post('/conferences', async (visit) => {
    const { form, admin } = visit;
    const read = readForm(form, shortFields, {}, ['name']);
    if (!read.ok) return { ...createPage(visit, form, read.errors), status: 422 };
    try {
      const { id } = await editor.create(read.document, { author: admin.name });
      return { redirect: `/conferences/${id}?done=created` };
    } catch (error) {
      if (!(error instanceof NumbersInUseError)) throw error;
      const errors = numbersTaken(error.numbers, form, shortFields);
      return { ...createPage(visit, form, errors), status: 422 };
    }
  });

  router.post('/conferences/:id/copy', async (visit) => {
    const { document } = await existing(parts, visit);
    const name = visit.texts.conference.copyOf(document.name ?? visit.texts.unnamed).slice(0, 128);
    const number = await freeNumber(taken);
    const copy: ConferenceDocument = {
      ...document,
      name,
      conference_numbers: number === undefined ? [] : [number],
      member: { ...document.member, numbers: [], pins: document.member.pins.length > 0 ? newPins(1) : [] },
      moderator: {
        ...document.moderator,
        numbers: [],
        pins: document.moderator.pins.length > 0 ? newPins(1) : [],
      },
    };
    const { id } = await editor.create(copy, { author: visit.admin.name });
    return { redirect: `/conferences/${id}/edit?done=created` };
  });

  router.post('/conferences/:id/delete', async (visit) => {
    const { id, document } = await editor.remove(idOf(visit), { author: visit.admin.name });
    const name = encodeURIComponent(document.name ?? visit.texts.unnamed);
    return { redirect: `/conferences?deleted=${id}&name=${name}` };
  });

  router.post('/conferences/:id/put-back', async (visit) => {
    const id = idOf(visit);
    try {
      await editor.putBack(id, { author: visit.admin.name });
      return { redirect: `/conferences/${id}?done=put-back` };
    } catch (error) {
      if (!(error instanceof NumbersInUseError)) throw error;
      return { redirect: `/conferences?failed=${error.numbers.slice(0, 10).join('-')}` };
    }
  });
}

/** The id of a conference in an address. @throws PartylineError NOT_FOUND */
export function idOf({ params }: Visit): string {
  const { id = '' } = params;
  if (!/^[0-9a-f]{32}$/.test(id)) throw new PartylineError('NOT_FOUND', 'Conference');
  return id;
}

/** @throws PartylineError NOT_FOUND */
export async function existing(
  { store }: { readonly store: Pick<Parts['store'], 'conferences'> },
  visit: Visit,
): Promise<StoredConference> {
  const stored = await store.conferences.get(idOf(visit));
  if (!stored) throw new PartylineError('NOT_FOUND', 'Conference');
  return stored;
}

/** One page of the list; also what is sent when somebody joins or leaves. */
export async function conferenceTable(visit: Visit, { store, control }: Parts): Promise<Html> {
  const { texts, query } = visit;
  const t = texts.conferences;
  const search = query.get('search')?.trim().slice(0, 128);
  const after = query.get('after');
  const { conferences, next } = await store.conferences.list({
    limit: perPage,
    ...(search && { search }),
    ...(after && { after }),
  });
  if (conferences.length === 0) return html`<p class="empty">${search ? t.notFound : t.empty}</p>`;
  const rows = conferences.map(
    ({ id, document }) => html`<tr>
<th scope="row"><a href="/conferences/${id}">${document.name ?? texts.unnamed}</a></th>
<td data-label="${t.numbers}">${listed(numbersOf(document).map(({ number }) => number)) ?? texts.none}</td>
<td data-label="${t.pins}">${pins(visit, document)}</td>
<td data-label="${t.now}">${whoIsIn(visit, control.find(id))}</td></tr>`,
  );
  const further = new URLSearchParams({ ...(search && { search }), ...(next && { after: next }) });
  return html`<table class="cards"><thead><tr><th scope="col">${t.name}</th><th scope="col">${t.numbers}</th><th scope="col">${t.pins}</th><th scope="col">${t.now}</th></tr></thead><tbody>${rows}</tbody></table>${
    next && html`<p><a href="/conferences?${further.toString()}">${t.next}</a></p>`
  }`;
}

function queryOf({ query }: Visit): string {
  const kept = new URLSearchParams();
  for (const key of ['search', 'after']) {
    const value = query.get(key);
    if (value) kept.set(key, value);
  }
  return kept.size > 0 ? `?${kept.toString()}` : '';
}

function listed(entries: readonly string[]): Content {
  if (entries.length === 0) return undefined;
  const shown = entries.slice(0, 3).join(', ');
  return html`<span class="digits">${shown}${entries.length > 3 && ', …'}</span>`;
}

function pins({ texts }: Visit, { member, moderator }: ConferenceDocument): Content {
  const t = texts.conferences;
  if (member.pins.length === 0 && moderator.pins.length === 0)
    return html`<span class="quiet">${t.noPin}</span>`;
  const ofModerator = listed(moderator.pins);
  return [
    listed(member.pins) ?? html`<span class="quiet">${t.noPin}</span>`,
    ofModerator && html`<br><span class="quiet">${t.moderatorPin}</span> ${ofModerator}`,
  ];
}

function whoIsIn({ texts }: Visit, running: Conference | undefined): Content {
  const t = texts.conferences;
  const count = running?.participantCount ?? 0;
  if (!running || count === 0) return html`<span class="quiet">${t.nobody}</span>`;
  return [
    html`<span class="badge live">${t.people(count)}</span>`,
    running.locked && html` <span class="badge">${t.locked}</span>`,
  ];
}

function deletedNotice(visit: AdminVisit): Content {
  const { query, texts } = visit;
  const t = texts.conferences;
  const failed = query.get('failed');
  if (failed) return notice('wrong', t.undoFailed(failed.replace(/[^0-9-]/g, '').replaceAll('-', ', ')));
  const id = query.get('deleted');
  if (!id || !/^[0-9a-f]{32}$/.test(id)) return undefined;
  const name = query.get('name')?.slice(0, 128) ?? '';
  return notice(
    'done',
    html`<span>${t.deleted(name)}</span> ${postForm(visit, `/conferences/${id}/put-back`, html`<button>${t.undo}</button>`)}`,
  );
}

function createPage(visit: AdminVisit, form: URLSearchParams, errors: FormErrors): Page {
  const { texts } = visit;
  const t = texts.create;
  const body = html`<section class="narrow">${heading(t.title)}<p>${t.intro}</p>${
    errors.size > 0 && notice('wrong', texts.formFaulty)
  }${postForm(
    visit,
    '/conferences',
    html`${fieldInputs(texts, shortFields, form, errors, { required: ['name'], autofocus: true })}<div class="buttons"><button class="primary">${t.submit}</button><a class="button" href="/conferences">${texts.cancel}</a></div>`,
  )}</section>`;
  return { title: t.title, body, nav: 'conferences' };
}
