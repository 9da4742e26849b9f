// One conference: what is written down about it in short, and who is in it now, live.
import type { MemberAction } from '../../calls/index.js';
import { numbersOf, type ConferenceDocument } from '../../conference/index.js';
import { PartylineError } from '../../errors.js';
import { conferenceTable, existing, idOf } from './conference-pages.js';
import { html, type Content, type Html } from './html.js';
import { heading, notice } from './layout.js';
import { liveRegion, type LiveStreams } from './live-streams.js';
import { liveView } from './live-view.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import { postForm, type AdminVisit, type Visit } from './visit.js';

export type LivePagesParts = Pick<PagesOptions, 'store' | 'editor' | 'control' | 'log'> & {
  readonly streams: LiveStreams;
};

const memberActions: readonly MemberAction[] = ['mute', 'unmute', 'deaf', 'undeaf', 'kick'];

export function livePages(router: PageRouter, parts: LivePagesParts): void {
  const { store, control, streams, log } = parts;

  const drawn = (visit: Visit, id: string): Html => {
    // Not waited for: what it finds is in the next drawing.
    void control.lookAtLines(id);
    return liveView(visit, {
      id,
      running: control.find(id),
      calls: new Map(store.calls.live().map((call) => [call.id, call])),
      lineOf: (member) => control.lineOf(id, member),
    });
  };

  router.get('/conferences/live', (visit) =>
    streams.follow(visit, undefined, () => conferenceTable(visit, parts)),
  );

  router.get('/conferences/:id/live', async (visit) => {
    const { id } = await reachable(parts, visit);
    return streams.follow(visit, id, () => Promise.resolve(drawn(visit, id)));
  });

  router.get('/conferences/:id', async (visit) => {
    const { texts } = visit;
    const { id, document, stored } = await reachable(parts, visit);
    const t = texts.conference;
    const title = document.name ?? texts.unnamed;
    const link = (path: string, label: string, kind = '') =>
      html`<a class="button ${kind}" href="/conferences/${id}/${path}">${label}</a>`;
    const actions = stored
      ? html`${link('edit', t.edit, 'primary')}${link('sheet', t.sheet)}${postForm(visit, `/conferences/${id}/copy`, html`<button>${t.copy}</button>`)}${postForm(visit, `/conferences/${id}/delete`, html`<button class="danger">${t.remove}</button>`)}`
      : undefined;
    const body = html`${heading(title, actions)}${doneNotice(visit)}${!stored && notice('wrong', t.gone)}
${facts(visit, document)}
<section aria-labelledby="now"><h2 id="now">${texts.live.title}</h2>
${liveRegion(visit, `/conferences/${id}/live`, drawn(visit, id))}
<noscript><p class="quiet">${texts.live.noScript} <a href="/conferences/${id}">${texts.live.reload}</a></p></noscript></section>
<p><a href="/calls?conference=${id}">${t.calls}</a></p>`;
    return { title, body, nav: 'conferences' };
  });

  router.post('/conferences/:id/do', async (visit) => {
    const { id } = await reachable(parts, visit);
    const action = visit.form.get('action');
    switch (action) {
      case 'lock':
      case 'unlock':
        control.lock(id, action === 'lock');
        break;
      case 'mute':
      case 'unmute':
        control.toAll(id, action);
        break;
      case 'end':
        control.end(id);
        break;
      default:
        throw new PartylineError('VALIDATION', 'action');
    }
    log.info('conference controlled on the web page', { conference: id, action, admin: visit.admin.name });
    return { redirect: `/conferences/${id}` };
  });

  router.post('/conferences/:id/members/:member', async (visit) => {
    const { id } = await reachable(parts, visit);
    const member = Number(/^\d{1,9}$/.exec(visit.params.member ?? '')?.[0] ?? NaN);
    const action = visit.form.get('action') ?? '';
    const there = act(parts, id, member, action);
    log.info('member controlled on the web page', {
      conference: id,
      member,
      action,
      admin: visit.admin.name,
    });
    return { redirect: `/conferences/${id}${there ? '' : '?done=left'}` };
  });
}

/** @returns false when there is no such member @throws PartylineError for an action that does not exist */
function act({ control }: LivePagesParts, id: string, member: number, action: string): boolean {
  const known = memberActions.find((name) => name === action);
  if (known) return control.toMember(id, member, known);
  if (action === 'moderator' || action === 'member') return control.setRole(id, member, action);
  const turn = /^(talk|listen)-(up|down)$/.exec(action);
  if (!turn) throw new PartylineError('VALIDATION', 'action');
  return control.turn(id, member, turn[1] as 'talk' | 'listen', turn[2] === 'up' ? 1 : -1);
}

/** A conference that was deleted can be looked at and acted on while people are in it. */
async function reachable(
  parts: LivePagesParts,
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
    case 'left':
      return notice('wrong', texts.live.gone);
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
