// Which of the people in a conference the live page shows: a room of two hundred would make a page of 400 kB, which is sent
// anew four times a second. Who talks beyond the part that is shown is named above it.
import type { Conference, Member } from '../../conference/index.js';
import { html, type Content } from './html.js';
import { nameOf } from './live-target.js';
import type { Visit } from './visit.js';

/** With everything around it a page stays below 120 kB. */
const perPage = 40;
/** Of those who talk elsewhere. */
const mostNamed = 10;

export interface People {
  /** From 1 up. */
  readonly page: number;
  readonly pages: number;
  readonly shown: readonly Member[];
  readonly others: readonly Member[];
}

export function peopleOf({ query }: Visit, running: Conference | undefined): People {
  const members = [...(running?.members.values() ?? [])];
  const pages = Math.max(1, Math.ceil(members.length / perPage));
  const wanted = Number(/^\d{1,3}$/.exec(query.get('people') ?? '')?.[0] ?? 1);
  const page = Math.min(Math.max(1, wanted), pages);
  const [first, after] = [(page - 1) * perPage, page * perPage];
  return {
    page,
    pages,
    shown: members.slice(first, after),
    others: [...members.slice(0, first), ...members.slice(after)],
  };
}

/** The address below a conference, with the part of the people that is shown. */
export function peoplePath(
  { query }: Visit,
  path: string,
  more: Readonly<Record<string, string>> = {},
): string {
  const people = /^\d{1,3}$/.exec(query.get('people') ?? '')?.[0];
  const all = new URLSearchParams({ ...more, ...(people && { people }) });
  return all.size > 0 ? `${path}?${all.toString()}` : path;
}

export function talkingElsewhere(visit: Visit, { others }: People, running: Conference): Content {
  const names = others.filter(({ id }) => running.speech.talking.has(id)).map((one) => nameOf(visit, one));
  if (names.length === 0) return undefined;
  const shown = names.slice(0, mostNamed).join(', ');
  return html`<p><span class="badge strong">${visit.texts.live.states.talking}</span> ${shown}${names.length > mostNamed && ', …'}</p>`;
}

export function peopleMenu({ texts }: Visit, id: string, { page, pages }: People): Content {
  if (pages === 1) return undefined;
  const t = texts.live;
  const link = (to: number, label: string) => html`<a href="/conferences/${id}?people=${to}">${label}</a>`;
  return html`<nav class="inline" aria-label="${t.parts}">${page > 1 && link(page - 1, t.partBefore)}<span>${t.part(page, pages)}</span>${page < pages && link(page + 1, t.partAfter)}</nav>`;
}
