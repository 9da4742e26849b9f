// Everything the box remembers as one file to keep, and such a file put back. A restore is looked through first and
// carried out by a restart of the box.
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreFileError } from '../../store/index.js';
import { boxPage } from './box-pages.js';
import { checkBox, input } from './form-fields.js';
import { html, type Content } from './html.js';
import { notice } from './layout.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import { temporaryFolder } from './temporary.js';
import { withUpload } from './uploads.js';
import { postForm, type AdminVisit, type Answer, type Page } from './visit.js';

type Parts = Pick<PagesOptions, 'store' | 'facts' | 'clock' | 'log' | 'restore'>;

/** 100,000 call records make 60 MB, and all sounds together 1 GB; bytes. */
const mostBytes = 2 * 1024 ** 3;

export function backupPages(router: PageRouter, { store, facts, clock, log, restore }: Parts): void {
  router.get('/box/backup', (visit) => backupPage(visit, undefined));

  router.post('/box/backup', async (visit) => {
    const folder = await temporaryFolder(facts.temporary);
    try {
      const file = join(folder, 'partyline.db');
      await store.backup(file);
      // Open it is read to its end, and gone with whoever reads it.
      const stream = (await open(file)).createReadStream();
      log.info('backup downloaded', { admin: visit.admin.name });
      const day = new Date(clock.now()).toISOString().slice(0, 10);
      return {
        content: stream,
        headers: {
          'content-type': 'application/octet-stream',
          'content-disposition': `attachment; filename="partyline-${day}.backup"`,
        },
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  router.upload('/box/restore', async (visit): Promise<Answer> => {
    const { texts, admin } = visit;
    const t = texts.backup;
    const wrong = (sentence: string): Page => ({
      ...backupPage(visit, notice('wrong', sentence)),
      status: 422,
    });
    const answer = await withUpload(
      visit,
      facts.data,
      mostBytes,
      async ({ fields, files }): Promise<Page> => {
        if (fields.get('sure') !== 'true') return wrong(t.notSure);
        const file = files.get('file');
        if (file === undefined) return wrong(t.noFile);
        try {
          await restore(file, admin.name);
        } catch (error) {
          if (!(error instanceof StoreFileError)) throw error;
          return wrong(t.refused(error.message.replace(file, '').replace(/\s+/g, ' ')));
        }
        log.warn('restore asked for on the web page', { admin: admin.name });
        const body = notice(
          'done',
          html`<p>${t.restarting}</p><p><a class="button" href="/login">${t.logIn}</a></p>`,
        );
        return { title: t.title, body, nav: 'box' };
      },
    );
    return answer ?? { ...wrong(texts.faults.stale[1]), status: 403 };
  });
}

function backupPage(visit: AdminVisit, message: Content): Page {
  const t = visit.texts.backup;
  const content = html`${message}<section class="card"><h2>${t.download}</h2><p>${t.downloadHelp}</p>${postForm(visit, '/box/backup', html`<button class="primary">${t.download}</button>`)}</section>
<section class="card"><h2>${t.restore}</h2><p>${t.restoreHelp}</p>${postForm(
    visit,
    '/box/restore',
    html`${checkBox({ name: 'sure', label: t.sure, required: true }, false)}${input({ name: 'file', label: t.file, type: 'file', required: true })}<button class="danger">${t.submit}</button>`,
    { upload: true },
  )}</section>`;
  return boxPage(visit, 'backup', t.title, content);
}
