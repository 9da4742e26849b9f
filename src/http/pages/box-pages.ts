// The box itself: how it is, what it is called, where it is reached, and the numbers that ask for a conference.
import { NumbersInUseError } from '../../store/index.js';
import { PartylineError } from '../../errors.js';
import { machineState, type MachineState } from './box-facts.js';
import { input } from './form-fields.js';
import { attribute, html, type Content, type Html } from './html.js';
import { heading, notice } from './layout.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import { problemsOf } from './problems.js';
import { postForm, type Page, type Visit } from './visit.js';

type Parts = Pick<PagesOptions, 'store' | 'facts' | 'clock' | 'certificate'>;

const longestName = 64;
export type BoxSection = keyof Omit<Visit['texts']['box']['nav'], 'label'>;

export function boxPages(router: PageRouter, parts: Parts): void {
  const { store } = parts;

  router.get('/box', async (visit) => {
    const { texts, query } = visit;
    const done = query.get('done') === 'renamed' && notice('done', texts.box.renamed);
    return overview(visit, parts, done);
  });

  router.post('/box/name', async (visit) => {
    const { form, texts, admin, boxName } = visit;
    const name = form.get('name')?.trim() ?? '';
    if (name === '' || name.length > longestName) {
      return { ...(await overview(visit, parts, undefined, { name: texts.box.badName })), status: 422 };
    }
    const change = { author: admin.name, before: { name: boxName }, after: { name } };
    await store.settings.set('box.name', name, change);
    return { redirect: '/box?done=renamed' };
  });

  router.post('/box/access-numbers', async (visit) => {
    const number = visit.form.get('number')?.trim() ?? '';
    try {
      await store.accessNumbers.add(number, { author: visit.admin.name });
    } catch (error) {
      const ours =
        error instanceof NumbersInUseError || (error instanceof PartylineError && error.status === 400);
      if (!ours) throw error;
      const errors = { number: visit.texts.box.accessBad };
      return { ...(await overview(visit, parts, undefined, errors)), status: 422 };
    }
    return { redirect: '/box' };
  });

  router.post('/box/access-numbers/remove', async ({ form, admin }) => {
    await store.accessNumbers.remove(form.get('number') ?? '', { author: admin.name });
    return { redirect: '/box' };
  });
}

/** A page of this part with its menu. */
export function boxPage({ texts }: Visit, section: BoxSection, title: string, content: Content): Page {
  const t = texts.box.nav;
  const paths: Record<BoxSection, string> = {
    overview: '/box',
    sounds: '/box/sounds',
    outbound: '/box/outbound',
    admins: '/box/admins',
    keys: '/box/keys',
    backup: '/box/backup',
    certificate: '/box/certificate',
    network: '/box/network',
    update: '/box/update',
    changes: '/box/changes',
    log: '/box/log',
    reset: '/box/reset',
  };
  const entries = (Object.keys(paths) as BoxSection[]).map(
    (key) =>
      html`<li><a href="${paths[key]}"${attribute('aria-current', key === section ? 'page' : undefined)}>${t[key]}</a></li>`,
  );
  const body = html`<nav class="sub" aria-label="${t.label}"><ul>${entries}</ul></nav>${heading(title)}${content}`;
  return { title, body, nav: 'box' };
}

async function overview(
  visit: Visit,
  { store, facts, clock, certificate }: Parts,
  message: Content,
  errors: { readonly name?: string; readonly number?: string } = {},
): Promise<Page> {
  const { texts, form, boxName } = visit;
  const t = texts.box;
  const machine = await machineState(facts.data);
  const problems = problemsOf(
    facts.health(),
    machine,
    certificate.wanted && certificate.port() === undefined,
  );
  const health =
    problems.length === 0
      ? html`<p class="well">${t.allWell}</p>`
      : html`<ul class="problems">${problems.map((problem) => {
          const [what, help] = texts.problems[problem];
          return html`<li><strong>${what}</strong> ${help}</li>`;
        })}</ul>`;
  const name = postForm(
    visit,
    '/box/name',
    html`${input({ name: 'name', label: t.name, value: errors.name === undefined ? boxName : (form.get('name') ?? ''), error: errors.name, maxlength: longestName, required: true })}<button>${t.rename}</button>`,
    { class: 'row' },
  );
  const rows = await aboutRows(visit, machine, { store, facts, clock, certificate });
  const content = html`${message}<section class="card"><h2>${t.health}</h2>${health}</section>
<section class="card"><h2>${t.about}</h2>${name}<dl class="facts">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl></section>
${await accessNumbers(visit, store, errors.number)}`;
  return boxPage(visit, 'overview', t.title, content);
}

async function aboutRows(
  { texts, format }: Visit,
  machine: MachineState,
  { store, facts, clock, certificate }: Parts,
): Promise<[string, Content][]> {
  const t = texts.box;
  const port = certificate.port();
  const web =
    port === undefined ? `http://${facts.address}:${facts.httpPort}/` : `https://${facts.address}:${port}/`;
  return [
    [t.version, facts.version],
    [t.time, format.dateTime(clock.now())],
    [t.running, format.dateTime(facts.startedAt)],
    [t.phones, `sip:${t.number}@${facts.sipHost}`],
    [t.web, web],
    [t.account, html`<code>${await store.account.id()}</code>`],
    [t.callsNow, store.calls.live().length],
    [t.disk, format.bytes(machine.diskFree)],
    [t.memory, format.bytes(machine.memoryFree)],
    [t.load, t.loadOf(format.number(machine.load), machine.cores)],
    ...(machine.temperature === undefined
      ? []
      : [[t.temperature, t.degrees(Math.round(machine.temperature))] satisfies [string, Content]]),
  ];
}

async function accessNumbers(visit: Visit, store: Parts['store'], error: string | undefined): Promise<Html> {
  const { texts, form } = visit;
  const t = texts.box;
  const numbers = await store.accessNumbers.list();
  const list = numbers.map(
    (number) =>
      html`<li><span class="digits">${number}</span> ${postForm(visit, '/box/access-numbers/remove', html`<input type="hidden" name="number" value="${number}"><button class="small" aria-label="${t.remove}: ${number}">${t.remove}</button>`)}</li>`,
  );
  const value = error === undefined ? undefined : (form.get('number') ?? undefined);
  return html`<section class="card"><h2>${t.access}</h2><p>${t.accessHelp}</p>${numbers.length > 0 && html`<ul class="plain">${list}</ul>`}${postForm(
    visit,
    '/box/access-numbers',
    html`${input({ name: 'number', label: t.accessAdd, value, error, inputmode: 'numeric', pattern: '[0-9]{1,32}', required: true })}<button>${t.accessAdd}</button>`,
    { class: 'row' },
  )}</section>`;
}
