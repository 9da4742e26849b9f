// The sounds that people gave the box: uploaded, listed, listened to and deleted; and in which languages the box speaks.
import { createReadStream } from 'node:fs';
import { promptLanguages } from '../../calls/index.js';
import { PartylineError } from '../../errors.js';
import { SoundInUseError, type StoredMedia } from '../../store/index.js';
import { boxPage } from './box-pages.js';
import { input } from './form-fields.js';
import { html, type Content, type Html } from './html.js';
import { notice } from './layout.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import { withUpload, type Upload } from './uploads.js';
import { postForm, type AdminVisit, type Answer, type Page, type Visit } from './visit.js';

type Parts = Pick<PagesOptions, 'media' | 'facts' | 'log'>;

const perPage = 50;
const longestName = 128;
/** What a browser offers to choose; what it is, is seen from its first bytes. */
const accepted = 'audio/wav,audio/x-wav,audio/mpeg,.wav,.mp3';

export function soundPages(router: PageRouter, parts: Parts): void {
  const { media, facts, log } = parts;

  router.get('/box/sounds', (visit) => {
    const t = visit.texts.sounds;
    const said: Record<string, string> = { added: t.added, deleted: t.deleted };
    const done = said[visit.query.get('done') ?? ''];
    return soundsPage(visit, parts, done && notice('done', done));
  });

  router.upload('/box/sounds', async (visit): Promise<Answer> => {
    const { texts, admin } = visit;
    const refuse = async (status: number, sentence: string): Promise<Page> => ({
      ...(await soundsPage(visit, parts, notice('wrong', sentence))),
      status,
    });
    try {
      const answer = await withUpload(visit, facts.temporary, media.mostBytes, async (upload) => {
        const added = await receive(parts, upload, admin.name);
        if (!added) return refuse(422, texts.sounds.noFile);
        log.info('sound added on the web page', { sound: added.id, admin: admin.name });
        return { redirect: '/box/sounds?done=added' };
      });
      return answer ?? (await refuse(403, texts.faults.stale[1]));
    } catch (error) {
      const status = statusOf(error);
      if (status === 422) return refuse(status, texts.sounds.unreadable);
      if (status === 413) return refuse(status, texts.sounds.tooLarge(Math.floor(media.mostBytes / 1e6)));
      if (status === 503) return refuse(status, texts.faults.unavailable[1]);
      throw error;
    }
  });

  router.get('/box/sounds/:id/sound', async ({ params, query }): Promise<Answer> => {
    const wav = await media.wav(params.id ?? '');
    if (!wav) throw new PartylineError('NOT_FOUND', 'Sound');
    return {
      content: wav.body,
      headers: {
        'content-type': 'audio/x-wav',
        'content-length': String(wav.bytes),
        'content-disposition': `${query.has('download') ? 'attachment' : 'inline'}; filename="${params.id}.wav"`,
      },
    };
  });

  router.post('/box/sounds/:id/delete', async (visit): Promise<Answer> => {
    const { params, admin, texts } = visit;
    try {
      const { id } = await media.remove(params.id ?? '', { author: admin.name });
      log.info('sound deleted on the web page', { sound: id, admin: admin.name });
      return { redirect: '/box/sounds?done=deleted' };
    } catch (error) {
      if (!(error instanceof SoundInUseError)) throw error;
      const names = error.names.map((name) => name || texts.unnamed).join(', ');
      return {
        ...(await soundsPage(visit, parts, notice('wrong', texts.sounds.inUse(names)))),
        status: 409,
      };
    }
  });
}

/**
 * Adds what was sent; a sound without a name is called as its file was.
 * @returns undefined when no file was chosen
 * @throws what MediaLibrary.add throws; nothing is added then
 */
async function receive(
  { media }: Parts,
  { fields, files, given }: Upload,
  author: string,
): Promise<StoredMedia | undefined> {
  const file = files.get('file');
  if (file === undefined) return undefined;
  const { name: fileName, type } = given.get('file')!;
  const name = fields.get('name')?.trim() || fileName.replace(/\.[A-Za-z0-9]{1,4}$/, '');
  const document = { name: name.slice(0, longestName) || 'Sound' };
  return media.add(document, type.slice(0, 128), createReadStream(file), author);
}

function statusOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof PartylineError)) {
    return (thrown as { statusCode?: number } | undefined)?.statusCode;
  }
  return thrown.code === 'VALIDATION' ? 422 : thrown.status;
}

async function soundsPage(visit: AdminVisit, parts: Parts, message: Content): Promise<Page> {
  const { texts, query } = visit;
  const t = texts.sounds;
  const after = query.get('after');
  const { media: sounds, next } = await parts.media.stored.list({
    limit: perPage,
    ...(after && { after: after.slice(0, 1024) }),
  });
  const upload = postForm(
    visit,
    '/box/sounds',
    html`${input({ name: 'name', label: t.name, help: t.nameHelp, maxlength: longestName })}${input({ name: 'file', label: t.file, type: 'file', accept: accepted, required: true })}<button class="primary">${t.submit}</button>`,
    { class: 'row', upload: true },
  );
  const list =
    sounds.length === 0
      ? html`<p class="empty">${t.empty}</p>`
      : html`<ul class="recordings">${sounds.map((sound) => soundItem(visit, sound))}</ul>`;
  const content = html`${message}<section class="card"><h2>${t.add}</h2><p>${t.addHelp}</p>${upload}</section>
<section aria-labelledby="own"><h2 id="own">${t.own}</h2>${list}${
    next !== undefined && html`<p><a href="/box/sounds?after=${encodeURIComponent(next)}">${t.next}</a></p>`
  }</section>
${await languages(visit, parts.facts.prompts)}`;
  return boxPage(visit, 'sounds', t.title, content);
}

function soundItem(visit: Visit, { id, document, sound }: StoredMedia): Html {
  const { texts, format } = visit;
  const t = texts.sounds;
  const { name } = document;
  const facts = sound ? html`${format.duration(sound.ms)} · ${format.megabytes(sound.bytes)}` : t.noSound;
  const player = sound
    ? html`<audio controls preload="none" src="/box/sounds/${id}/sound" aria-label="${name}"></audio>`
    : html`<span></span>`;
  const download =
    sound &&
    html`<a class="button small" href="/box/sounds/${id}/sound?download" aria-label="${texts.recordings.download}: ${name}">${texts.recordings.download}</a>`;
  return html`<li class="recording"><div><strong>${name}</strong><br><span class="quiet digits">${facts}</span><br><span class="quiet">${t.id}: <code>${id}</code></span></div>
${player}
<div class="inline">${download}<details class="sure" id="sure-${id}"><summary class="button small danger" aria-label="${t.remove}: ${name}">${t.remove}</summary>${postForm(
    visit,
    `/box/sounds/${id}/delete`,
    html`<p>${t.removeSure}</p><button class="danger">${t.removeNow}</button>`,
  )}</details></div></li>`;
}

async function languages({ texts, format }: Visit, folder: string): Promise<Html> {
  const t = texts.sounds;
  const rows = (await promptLanguages(folder)).map(
    ({ language, prompts, missing }) => html`<tr><th scope="row">${format.language(language)}</th>
<td data-label="${t.languageCode}"><code>${language}</code></td>
<td data-label="${t.prompts}" class="digits">${prompts}</td>
<td data-label="${t.missing}">${
      missing.length === 0
        ? t.complete
        : html`<details><summary>${t.missingCount(missing.length)}</summary>${missing.join(', ')}</details>`
    }</td></tr>`,
  );
  const columns = [t.language, t.languageCode, t.prompts, t.missing];
  return html`<section aria-labelledby="languages"><h2 id="languages">${t.languages}</h2><p>${t.languagesHelp}</p>${
    rows.length === 0
      ? html`<p class="empty">${t.noPrompts}</p>`
      : html`<table class="cards"><thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`
  }</section>`;
}
