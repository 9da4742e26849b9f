// Updates of a box from the image: a file from this computer or from a web server, what it is, when it is installed, and
// what became of it. Elsewhere the operating system installs updates, and the page says so.
import { open } from 'node:fs/promises';
import { bundleUrl, FetchFailed, mayBegin, type Intake, type UpdateDesk } from '../../appliance/index.js';
import { PartylineError } from '../../errors.js';
import { boxPage } from './box-pages.js';
import { input } from './form-fields.js';
import { html, type Content, type Html } from './html.js';
import { notice } from './layout.js';
import { liveRegion, type LiveStreams } from './live-streams.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import { updatePiece } from './update-piece.js';
import { withUpload } from './uploads.js';
import { postForm, type AdminVisit, type Answer, type Page } from './visit.js';

type Parts = Pick<PagesOptions, 'store' | 'facts' | 'log' | 'updates'> & { readonly streams: LiveStreams };
type Known = Omit<Parts, 'updates'> & { readonly desk: UpdateDesk };
type Problem = { readonly file?: string; readonly url?: string; readonly message?: string };

/** What the stream of this page is told of; no conference has this id. */
const topic = 'update';

export function updatePages(router: PageRouter, parts: Parts): void {
  const { updates: desk, store, facts, streams, log } = parts;
  if (!desk) {
    router.get('/box/update', (visit) => {
      const t = visit.texts.updates;
      return boxPage(visit, 'update', t.title, html`<p class="empty">${t.elsewhere}</p>`);
    });
    return;
  }
  const known: Known = { ...parts, desk };
  desk.onChange(() => streams.refresh(topic));
  const piece = (visit: AdminVisit) => updatePiece(visit, { desk, calls: () => store.calls.live().length });

  router.get('/box/update', (visit) => updatePage(visit, known));

  // A page with the forms for a new update is another one than without them.
  router.get('/box/update/live', (visit) => {
    const idle = visit.query.get('idle') === 'true';
    return streams.follow(visit, topic, () =>
      Promise.resolve(mayBegin(desk.state) === idle ? piece(visit) : undefined),
    );
  });

  router.upload('/box/update/file', async (visit): Promise<Answer> => {
    const t = visit.texts.updates;
    const { most, beyond } = desk.room();
    const length = Number(visit.request.headers['content-length'] ?? NaN);
    let intake: Intake | undefined;
    try {
      const answer = await withUpload(
        visit,
        facts.temporary,
        most,
        ({ files }): Promise<Answer> => {
          const file = files.get('file');
          if (file === undefined) return Promise.resolve(updatePage(visit, known, { file: t.noFile }));
          intake?.complete(file);
          log.info('update uploaded on the web page', { admin: visit.admin.name });
          return Promise.resolve({ redirect: '/box/update' });
        },
        (bytes, name) => {
          if (name === '') return;
          intake ??= desk.receive(name, Number.isNaN(length) ? undefined : length);
          if (!intake) throw new PartylineError('IN_USE', 'update');
          // No sooner than the form is known to be ours, and before the card is filled.
          if (length > most + formBytes) throw Object.assign(new Error(beyond), { statusCode: 413 });
          intake.took(bytes);
        },
      );
      return answer ?? { ...updatePage(visit, known, { message: visit.texts.faults.stale[1] }), status: 403 };
    } catch (error) {
      if (error instanceof PartylineError && error.code === 'IN_USE')
        return { ...updatePage(visit, known, { message: t.busy }), status: 409 };
      // Cancelled meanwhile by somebody.
      if (error instanceof FetchFailed) return { redirect: '/box/update' };
      const tooLarge = (error as { statusCode?: unknown }).statusCode === 413;
      intake?.failed(tooLarge ? beyond : 'connection');
      if (!intake || !tooLarge) throw error;
      return { redirect: '/box/update' };
    }
  });

  router.post('/box/update/url', (visit) => {
    const { form, texts, admin } = visit;
    const url = form.get('url')?.trim() ?? '';
    try {
      bundleUrl(url);
    } catch {
      return updatePage(visit, known, { url: texts.updates.badUrl });
    }
    if (!desk.fetch(url))
      return { ...updatePage(visit, known, { message: texts.updates.busy }), status: 409 };
    log.info('update fetched on the web page', { admin: admin.name });
    return { redirect: '/box/update' };
  });

  router.post('/box/update/install', async ({ form, admin }) => {
    const { state } = desk;
    if (state.kind !== 'ready') return { redirect: '/box/update' };
    const quiet = form.get('when') !== 'now';
    // Before the backup, so that it is in there.
    await store.changes.note({
      author: admin.name,
      what: 'update-begun',
      subject: 'box',
      name: state.version,
      before: { version: facts.version },
      after: { version: state.version },
    });
    log.warn('update asked for on the web page', { version: state.version, quiet, admin: admin.name });
    desk.install(quiet);
    return { redirect: '/box/update' };
  });

  router.post('/box/update/hurry', ({ admin }) => {
    log.warn('update does not wait for calls any more', { admin: admin.name });
    desk.hurry();
    return { redirect: '/box/update' };
  });

  router.post('/box/update/cancel', ({ admin }) => {
    log.info('update cancelled on the web page', { admin: admin.name });
    desk.cancel();
    return { redirect: '/box/update' };
  });

  router.get('/box/update/backups/:name', async ({ params }) => {
    const name = params.name ?? '';
    const file = desk.backupFile(name);
    if (file === undefined) throw new PartylineError('NOT_FOUND', 'Backup');
    return {
      content: (await open(file)).createReadStream(),
      headers: {
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename="${name}"`,
      },
    };
  });

  function updatePage(visit: AdminVisit, { desk }: Known, problem?: Problem): Page {
    const { texts } = visit;
    const t = texts.updates;
    const idle = mayBegin(desk.state);
    const wrong = problem && notice('wrong', problem.message ?? texts.formFaulty);
    const content = html`${wrong}<p>${t.intro}</p><dl class="facts"><div><dt>${t.running}</dt><dd>${facts.version}</dd></div></dl>
${liveRegion(visit, `/box/update/live?idle=${String(idle)}`, piece(visit))}
<noscript><p class="quiet">${texts.live.noScript} <a href="/box/update">${texts.live.reload}</a></p></noscript>
${idle && forms(visit, problem)}${backups(visit, desk.keptBackups())}`;
    return { ...boxPage(visit, 'update', t.title, content), ...(problem && { status: 422 }) };
  }
}

/** Of a form beside its file, bytes. */
const formBytes = 64 * 1024;

function forms(visit: AdminVisit, problem: Problem = {}): Html {
  const t = visit.texts.updates;
  const url = problem.url === undefined ? undefined : (visit.form.get('url') ?? '');
  return html`<section class="card"><h2>${t.fromFile}</h2>${postForm(
    visit,
    '/box/update/file',
    html`${input({ name: 'file', label: t.file, help: t.fileHelp, type: 'file', accept: '.raucb', error: problem.file, required: true })}<button class="primary">${t.upload}</button>`,
    { upload: true },
  )}</section>
<section class="card"><h2>${t.fromUrl}</h2>${postForm(
    visit,
    '/box/update/url',
    html`${input({ name: 'url', label: t.url, help: t.urlHelp, value: url, error: problem.url, maxlength: 2048, required: true })}<button>${t.fetch}</button>`,
  )}</section>`;
}

function backups({ texts }: AdminVisit, names: readonly string[]): Content {
  const t = texts.updates;
  const list = names.map((name) => html`<li><a href="/box/update/backups/${name}">${name}</a></li>`);
  return (
    list.length > 0 &&
    html`<section class="card"><h2>${t.backups}</h2><p>${t.backupsHelp}</p><ul>${list}</ul></section>`
  );
}
