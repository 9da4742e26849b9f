// Says a sentence to everybody in a conference, or to one person.
import { longestSentence, spokenLanguages, type Announcer } from '../../calls/index.js';
import { PartylineError } from '../../errors.js';
import { livePage, reachable, type LivePageParts } from './live-page.js';
import { targetOf, withoutTarget } from './live-target.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import type { Answer } from './visit.js';

type Parts = LivePageParts & Pick<PagesOptions, 'log'> & { readonly announcer: Pick<Announcer, 'say'> };

export function sayPages(router: PageRouter, parts: Parts): void {
  const { announcer, control, log } = parts;

  router.post('/conferences/:id/say', async (visit): Promise<Answer> => {
    const { form, texts, admin } = visit;
    const { id } = await reachable(parts, visit);
    const sentence = form.get('sentence')?.replace(/\s+/g, ' ').trim() ?? '';
    const target = targetOf(visit);
    const language = spokenLanguages.find((known) => known === form.get('language'));
    const refuse = (why: string) => livePage(visit, parts, { form: 'say', field: 'sentence', sentence: why });
    if (language === undefined) throw new PartylineError('VALIDATION', 'language');
    if (sentence === '') return refuse(texts.errors.required);
    if (sentence.length > longestSentence) return refuse(texts.errors.maxLength(String(longestSentence)));
    let heard: boolean;
    try {
      heard = await announcer.say(id, target, sentence, language);
    } catch (error) {
      log.warn('sentence not spoken', { conference: id, error: String(error) });
      return refuse(texts.say.failed);
    }
    if (!heard) return withoutTarget(id, control.find(id));
    log.info('sentence said on the web page', { conference: id, target, admin: admin.name });
    return { redirect: `/conferences/${id}?done=played` };
  });
}
