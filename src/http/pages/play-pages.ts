// Plays a sound to everybody in a conference or to one person, one of the box's own or one from a web server, and stops
// what is being played.
import type { SoundFiles } from '../../calls/index.js';
import { soundOf } from '../../conference/index.js';
import { PartylineError } from '../../errors.js';
import { livePage, reachable, type LivePageParts } from './live-page.js';
import { targetOf, withoutTarget } from './live-target.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import type { Answer } from './visit.js';

type Parts = LivePageParts & Pick<PagesOptions, 'log'> & { readonly sounds: Pick<SoundFiles, 'playable'> };

export function playPages(router: PageRouter, parts: Parts): void {
  const { control, sounds, log } = parts;

  router.post('/conferences/:id/play', async (visit): Promise<Answer> => {
    const { form, texts, admin } = visit;
    const { id } = await reachable(parts, visit);
    const action = form.get('action') ?? 'play';
    const target = targetOf(visit);
    if (action === 'stop') {
      control.stopPlaying(id, target);
      return { redirect: `/conferences/${id}` };
    }
    if (action !== 'play') throw new PartylineError('VALIDATION', 'action');
    const refuse = (field: 'sound' | 'url', sentence: string) =>
      livePage(visit, parts, { form: 'play', field, sentence });
    const url = form.get('url')?.trim() ?? '';
    const chosen = form.get('sound') ?? '';
    if (url === '' && !/^[0-9a-f]{32}$/.test(chosen)) return refuse('url', texts.play.nothing);
    if (url !== '' && !isWebAddress(url)) return refuse('url', texts.play.badUrl);
    const sound = soundOf(url || chosen);
    if (!sound || !(await sounds.playable(sound))) {
      return refuse(url === '' ? 'sound' : 'url', texts.play.gone);
    }
    if (!control.play(id, target, sound)) return withoutTarget(id, control.find(id));
    // An address may have a secret in it.
    log.info('sound played on the web page', {
      conference: id,
      target,
      sound: chosen || 'a URL',
      admin: admin.name,
    });
    return { redirect: `/conferences/${id}?done=played` };
  });
}

function isWebAddress(text: string): boolean {
  return text.length <= 2048 && /^https?:\/\//i.test(text) && URL.canParse(text);
}
