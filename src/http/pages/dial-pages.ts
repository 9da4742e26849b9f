// Calls somebody and leads who answers into a conference.
import { DialRefused, type Dialler } from '../../calls/index.js';
import type { dialFlags } from './live-forms.js';
import { livePage, reachable, type LivePageParts } from './live-page.js';
import { peoplePath } from './live-people.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import type { Answer } from './visit.js';

type Parts = LivePageParts & Pick<PagesOptions, 'log'> & { readonly dialler: Pick<Dialler, 'dial'> };

export function dialPages(router: PageRouter, parts: Parts): void {
  const { dialler, placed, log } = parts;

  router.post('/conferences/:id/dial', async (visit): Promise<Answer> => {
    const { form, texts, admin } = visit;
    const { id } = await reachable(parts, visit);
    const has = (flag: (typeof dialFlags)[number]) => form.get(flag) === 'true';
    try {
      const invitation = await dialler.dial(form.get('target')?.trim() ?? '', {
        conferenceId: id,
        role: has('moderator') ? 'moderator' : 'member',
        flags: { mute: has('mute'), deaf: has('deaf'), ghost: has('ghost') },
      });
      placed.add(invitation);
      log.info('call placed on the web page', { conference: id, call: invitation.id, admin: admin.name });
      return { redirect: `/conferences/${id}` };
    } catch (error) {
      if (!(error instanceof DialRefused)) throw error;
      const sentence = texts.dial.refusals[error.why];
      return livePage(visit, parts, { form: 'dial', field: 'target', sentence });
    }
  });

  router.post('/conferences/:id/dial/:call/cancel', async (visit) => {
    const { id } = await reachable(parts, visit);
    placed.cancel(id, visit.params.call ?? '');
    return { redirect: peoplePath(visit, `/conferences/${id}`) };
  });
}
