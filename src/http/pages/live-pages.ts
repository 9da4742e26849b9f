// One conference, live: its page, what follows it, and what its buttons do.
import type { MemberAction } from '../../calls/index.js';
import { PartylineError } from '../../errors.js';
import { conferenceTable } from './conference-pages.js';
import { livePage, livePiece, reachable, type LivePageParts } from './live-page.js';
import { peoplePath } from './live-people.js';
import type { LiveStreams } from './live-streams.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';

export type LivePagesParts = LivePageParts &
  Pick<PagesOptions, 'store' | 'editor' | 'log'> & { readonly streams: LiveStreams };

const memberActions: readonly MemberAction[] = ['mute', 'unmute', 'deaf', 'undeaf', 'kick'];

export function livePages(router: PageRouter, parts: LivePagesParts): void {
  const { streams, log } = parts;

  router.get('/conferences/live', (visit) =>
    streams.follow(visit, undefined, () => conferenceTable(visit, parts)),
  );

  router.get('/conferences/:id/live', async (visit) => {
    const { id } = await reachable(parts, visit);
    return streams.follow(visit, id, () => Promise.resolve(livePiece(visit, parts, id)));
  });

  router.get('/conferences/:id', (visit) => livePage(visit, parts));

  router.post('/conferences/:id/do', async (visit) => {
    const { id } = await reachable(parts, visit);
    const action = visit.form.get('action') ?? '';
    const there = await toConference(parts, id, action);
    log.info('conference controlled on the web page', { conference: id, action, admin: visit.admin.name });
    return { redirect: peoplePath(visit, `/conferences/${id}`, there ? {} : { done: 'nobody' }) };
  });

  router.post('/conferences/:id/members/:member', async (visit) => {
    const { id } = await reachable(parts, visit);
    const member = Number(/^\d{1,9}$/.exec(visit.params.member ?? '')?.[0] ?? NaN);
    const action = visit.form.get('action') ?? '';
    const there = toMember(parts, id, member, action);
    log.info('member controlled on the web page', {
      conference: id,
      member,
      action,
      admin: visit.admin.name,
    });
    return { redirect: peoplePath(visit, `/conferences/${id}`, there ? {} : { done: 'left' }) };
  });
}

/**
 * @returns false when nobody is in it
 * @throws PartylineError for an action that does not exist; UNAVAILABLE when it cannot be recorded
 */
async function toConference({ control }: LivePagesParts, id: string, action: string): Promise<boolean> {
  switch (action) {
    case 'lock':
    case 'unlock':
      return control.lock(id, action === 'lock');
    case 'mute':
    case 'unmute':
      control.toAll(id, action);
      return control.find(id) !== undefined;
    case 'record':
    case 'unrecord':
      return control.record(id, action === 'record');
    case 'end':
      control.end(id);
      return true;
    default:
      throw new PartylineError('VALIDATION', 'action');
  }
}

/** @returns false when there is no such member @throws PartylineError for an action that does not exist */
function toMember({ control }: LivePagesParts, id: string, member: number, action: string): boolean {
  const known = memberActions.find((name) => name === action);
  if (known) return control.toMember(id, member, known);
  if (action === 'moderator' || action === 'member') return control.setRole(id, member, action);
  const turn = /^(talk|listen)-(up|down)$/.exec(action);
  if (!turn) throw new PartylineError('VALIDATION', 'action');
  return control.turn(id, member, turn[1] as 'talk' | 'listen', turn[2] === 'up' ? 1 : -1);
}
