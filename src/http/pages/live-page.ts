// The page of one conference: what is written down about it in short, who is in it now, live, and what can be done there.
import type { ConferenceControl, MediaLibrary } from '../../calls/index.js';
import { numbersOf, type ConferenceDocument } from '../../conference/index.js';
import { existing, idOf } from './conference-pages.js';
import { html, type Content, type Html } from './html.js';
import { heading, notice } from './layout.js';
import { dialForm, playForm, sayForm, type FormError } from './live-forms.js';
import { peopleOf, peoplePath } from './live-people.js';
import { liveRegion } from './live-streams.js';
import { liveView } from './live-view.js';
import type { PagesOptions } from './pages.js';
import type { PlacedCalls } from './placed-calls.js';
import { postForm, type AdminVisit, type Page, type Visit } from './visit.js';

export interface LivePageParts {
  readonly store: Pick<PagesOptions['store'], 'conferences' | 'calls'>;
  readonly control: ConferenceControl;
  readonly media: Pick<MediaLibrary, 'stored'>;
  readonly placed: PlacedCalls;
}

/** Of the choice of sounds. */
const mostSounds = 200;

export async function livePage(visit: AdminVisit, parts: LivePageParts, error?: FormError): Promise<Page> {
  const { texts } = visit;
  const { id, document, stored } = await reachable(parts, visit);
  const t = texts.conference;
  const title = document.name ?? texts.unnamed;
  const link = (path: string, label: string, kind = '') =>
    html`<a class="button ${kind}" href="/conferences/${id}/${path}">${label}</a>`;
  const actions = stored
    ? html`${link('edit', t.edit, 'primary')}${link('sheet', t.sheet)}${postForm(visit, `/conferences/${id}/copy`, html`<button>${t.copy}</button>`)}${postForm(visit, `/conferences/${id}/delete`, html`<button class="danger">${t.remove}</button>`)}`
    : undefined;
  const { media } = await parts.media.stored.list({ limit: mostSounds });
  const sounds = media.filter(({ sound }) => sound !== undefined);
  const people = peopleOf(visit, parts.control.find(id)).shown;
  const body = html`${heading(title, actions)}${doneNotice(visit)}${!stored && notice('wrong', t.gone)}${
    error && notice('wrong', texts.formFaulty)
  }
${facts(visit, document)}
<section aria-labelledby="now"><h2 id="now">${texts.live.title}</h2>
${liveRegion(visit, peoplePath(visit, `/conferences/${id}/live`), livePiece(visit, parts, id))}
<noscript><p class="quiet">${texts.live.noScript} <a href="${peoplePath(visit, `/conferences/${id}`)}">${texts.live.reload}</a></p></noscript>
<div class="halves">${dialForm(visit, id, error)}<div>${playForm(visit, id, people, sounds, error)}${sayForm(visit, id, people, document.language, error)}</div></div></section>
<p><a href="/calls?conference=${id}">${t.calls}</a> · <a href="/recordings?conference=${id}">${texts.recordings.title}</a></p>`;
  return { title, body, nav: 'conferences', ...(error && { status: 422 }) };
}

/** What is sent anew. */
export function livePiece(visit: Visit, { store, control, placed }: LivePageParts, id: string): Html {
  // Not waited for: what it finds is in the next drawing.
  void control.lookAtLines(id);
  return liveView(visit, {
    id,
    running: control.find(id),
    calls: new Map(store.calls.live().map((call) => [call.id, call])),
    lineOf: (member) => control.lineOf(id, member),
    placed: placed.of(id),
  });
}

/**
 * A conference that was deleted can be looked at and acted on while people are in it.
 * @throws PartylineError NOT_FOUND
 */
export async function reachable(
  parts: Pick<LivePageParts, 'store' | 'control'>,
  visit: Visit,
): Promise<{ id: string; document: ConferenceDocument; stored: boolean }> {
  const id = idOf(visit);
  const stored = await parts.store.conferences.get(id);
  if (stored) return { id, document: stored.document, stored: true };
  const running = parts.control.find(id);
  if (running) return { id, document: running.document, stored: false };
  return { ...(await existing(parts, visit)), stored: true };
}

function doneNotice({ query, texts }: AdminVisit): Content {
  const t = texts.conference;
  switch (query.get('done')) {
    case 'saved':
      return notice('done', t.saved);
    case 'created':
      return notice('done', t.created);
    case 'put-back':
      return notice('done', t.putBack);
    case 'played':
      return notice('done', texts.play.played);
    case 'left':
      return notice('wrong', texts.live.gone);
    case 'nobody':
      return notice('wrong', texts.live.nobody);
    default:
      return undefined;
  }
}

function facts({ texts }: Visit, document: ConferenceDocument): Html {
  const t = texts.conferences;
  const { member, moderator } = document;
  const numbers = numbersOf(document).map(({ number }) => number);
  const settings = [
    member.join_muted && texts.fields['member.join_muted'].label,
    document.wait_for_moderator && texts.fields.wait_for_moderator.label,
    document.require_moderator && texts.fields.require_moderator.label,
  ].filter((label) => typeof label === 'string');
  return html`<dl class="facts"><div><dt>${t.numbers}</dt><dd class="digits">${numbers.join(', ') || texts.none}</dd></div>
<div><dt>${texts.fields['member.pins'].label}</dt><dd class="digits">${member.pins.join(', ') || t.noPin}</dd></div>
<div><dt>${texts.fields['moderator.pins'].label}</dt><dd class="digits">${moderator.pins.join(', ') || texts.none}</dd></div>${
    settings.length > 0 && html`<div><dt>${texts.sections.members}</dt><dd>${settings.join(' · ')}</dd></div>`
  }</dl>`;
}
