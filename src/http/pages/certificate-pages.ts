// The certificate of the web page: what it is, and one of one's own in its place.
import { readFile } from 'node:fs/promises';
import { boxPage } from './box-pages.js';
import { input } from './form-fields.js';
import { html, type Content } from './html.js';
import { notice } from './layout.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import { withUpload } from './uploads.js';
import { postForm, type AdminVisit, type Answer, type Page } from './visit.js';

export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** Unix ms. */
  readonly validUntil: number;
  /** Of SHA-256, pairs of hexadecimal digits with colons. */
  readonly fingerprint: string;
  /** Made by the box. */
  readonly own: boolean;
}

/** HTTPS as the pages see it. */
export interface CertificateDesk {
  /** HTTPS is switched on. */
  readonly wanted: boolean;
  /** Where HTTPS is served; undefined = it is not. */
  port(): number | undefined;
  facts(): CertificateFacts | undefined;
  /** From now on, and after a restart. @throws Error when the two do not fit; the old one stays in use then */
  use(certificate: string, key: string): Promise<void>;
}

type Parts = Pick<PagesOptions, 'store' | 'facts' | 'certificate' | 'log'>;

/** Bytes of a PEM file. */
const mostBytes = 128 * 1024;

export function certificatePages(router: PageRouter, { store, facts, certificate, log }: Parts): void {
  const page = (visit: AdminVisit, message: Content): Page => {
    const { texts, format } = visit;
    const t = texts.certificate;
    const known = certificate.facts();
    const rows: (readonly [string, Content])[] = known
      ? [
          [t.subject, known.subject],
          [t.issuer, known.issuer],
          [t.until, format.dateTime(known.validUntil)],
          [t.fingerprint, html`<code>${known.fingerprint}</code>`],
        ]
      : [];
    const content = html`${message}${
      known
        ? html`<section class="card"><p>${t.intro}</p>${known.own && html`<p>${t.own}</p>`}<dl class="facts">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl></section>`
        : html`<p class="empty">${certificate.wanted ? texts.problems.https[1] : t.off}</p>`
    }${
      certificate.wanted &&
      html`<section class="card"><h2>${t.upload}</h2>${postForm(
        visit,
        '/box/certificate',
        html`${input({ name: 'chain', label: t.chain, type: 'file', required: true })}${input({ name: 'key', label: t.key, type: 'file', required: true })}<button class="primary">${t.submit}</button>`,
        { upload: true },
      )}</section>`
    }`;
    return boxPage(visit, 'certificate', t.title, content);
  };

  router.get('/box/certificate', (visit) =>
    page(visit, visit.query.get('done') === 'used' && notice('done', visit.texts.certificate.used)),
  );

  router.upload('/box/certificate', async (visit): Promise<Answer> => {
    const { texts, admin, boxName } = visit;
    const answer = await withUpload(visit, facts.temporary, mostBytes, async ({ files }): Promise<Answer> => {
      const [chain, key] = [files.get('chain'), files.get('key')];
      const before = certificate.facts()?.fingerprint;
      try {
        if (chain === undefined || key === undefined) throw new Error('no file');
        await certificate.use(await readFile(chain, 'utf8'), await readFile(key, 'utf8'));
      } catch {
        return { ...page(visit, notice('wrong', texts.certificate.bad)), status: 422 };
      }
      await store.changes.note({
        author: admin.name,
        what: 'box-changed',
        subject: 'box',
        name: boxName,
        before: { certificate: before ?? null },
        after: { certificate: certificate.facts()?.fingerprint ?? null },
      });
      log.info('certificate uploaded on the web page', { admin: admin.name });
      return { redirect: '/box/certificate?done=used' };
    });
    return answer ?? { ...page(visit, notice('wrong', texts.faults.stale[1])), status: 403 };
  });
}
