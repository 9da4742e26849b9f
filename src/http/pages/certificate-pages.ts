// The certificate of the web page: what it is, and one of one's own in its place.
import { readFile } from 'node:fs/promises';
import { boxPage } from './box-pages.js';
import { input } from './form-fields.js';
import { html, type Content, type Html } from './html.js';
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

type Parts = Pick<PagesOptions, 'store' | 'facts' | 'certificate' | 'plain' | 'log'>;

/** Bytes of a PEM file. */
const mostBytes = 128 * 1024;

export function certificatePages(router: PageRouter, parts: Parts): void {
  const { store, facts, certificate, plain, log } = parts;
  const page = async (visit: AdminVisit, message: Content): Promise<Page> => {
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
      )}</section>${certificate.port() !== undefined && plainHttp(visit, await plain.allowed())}`
    }`;
    return boxPage(visit, 'certificate', t.title, content);
  };

  router.get('/box/certificate', (visit) =>
    page(visit, visit.query.get('done') === 'used' && notice('done', visit.texts.certificate.used)),
  );

  router.upload('/box/certificate', async (visit): Promise<Answer> => {
    const { texts, admin } = visit;
    const answer = await withUpload(visit, facts.temporary, mostBytes, async ({ files }): Promise<Answer> => {
      const [chain, key] = [files.get('chain'), files.get('key')];
      const before = certificate.facts()?.fingerprint;
      try {
        if (chain === undefined || key === undefined) throw new Error('no file');
        await certificate.use(await readFile(chain, 'utf8'), await readFile(key, 'utf8'));
      } catch {
        return { ...(await page(visit, notice('wrong', texts.certificate.bad))), status: 422 };
      }
      await store.changes.note({
        author: admin.name,
        what: 'box-changed',
        subject: 'box',
        name: '',
        before: { certificate: before ?? null },
        after: { certificate: certificate.facts()?.fingerprint ?? null },
      });
      log.info('certificate uploaded on the web page', { admin: admin.name });
      return { redirect: '/box/certificate?done=used' };
    });
    return answer ?? { ...(await page(visit, notice('wrong', texts.faults.stale[1]))), status: 403 };
  });

  router.post('/box/plain-http', async ({ form, admin }) => {
    const allowed = form.get('allowed') === 'true';
    const before = await plain.allowed();
    if (allowed !== before) {
      await plain.allow(allowed, admin.name);
      log.info('plain HTTP for the APIs switched', { allowed, admin: admin.name });
    }
    return { redirect: '/box/certificate' };
  });
}

function plainHttp(visit: AdminVisit, allowed: boolean): Html {
  const t = visit.texts.certificate;
  return html`<section class="card"><h2>${t.plain}</h2><p><span class="badge ${allowed ? 'warn' : 'live'}">${allowed ? t.plainOn : t.plainOff}</span></p><p>${t.plainHelp}</p>${postForm(
    visit,
    '/box/plain-http',
    html`<button name="allowed" value="${String(!allowed)}">${allowed ? t.plainSwitchOff : t.plainSwitchOn}</button>`,
  )}</section>`;
}
