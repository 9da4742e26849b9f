// Name, address and Wi-Fi of a box from the image. New settings are on trial first: who sets them opens the page again by them
// and keeps them, or the box goes back. Elsewhere the operating system has them, and the page says so.
import {
  describeAddress,
  provesReach,
  sameNetwork,
  trialSeconds,
  type Appliance,
  type NetworkAnswer,
  type NetworkSettings,
} from '../../appliance/index.js';
import { PartylineError } from '../../errors.js';
import { boxPage } from './box-pages.js';
import { input, select } from './form-fields.js';
import { html, type Content, type Html } from './html.js';
import { notice } from './layout.js';
import { liveRegion, type LiveStreams } from './live-streams.js';
import { networkFields, networkRecord, typedNetwork, type NetworkMistakes } from './network-form.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import { postForm, type AdminVisit, type Page, type Visit } from './visit.js';

type Parts = Pick<PagesOptions, 'store' | 'certificate' | 'facts' | 'log' | 'appliance'> & {
  readonly streams: LiveStreams;
};

/** How long root's program may take to answer, ms: it starts first, on a small box that is busy. */
const patienceMs = 20_000;
/** What the stream of this page is told of; no conference has this id. */
const topic = 'network';

export function networkPages(router: PageRouter, parts: Parts): void {
  const { appliance, store, streams, log } = parts;

  router.get('/box/network', (visit) => networkPage(visit, parts));
  if (!appliance) return;

  router.get('/box/network/live', (visit) =>
    streams.follow(visit, topic, () => Promise.resolve(trialPiece(visit, parts, appliance))),
  );

  router.post('/box/network', async (visit) => {
    const { admin, boxName, form } = visit;
    const answer = known(appliance);
    const typed = typedNetwork(form, answer.settings);
    if ('mistakes' in typed) return { ...networkPage(visit, parts, typed.mistakes), status: 422 };
    if (answer.trial) throw new PartylineError('UNAVAILABLE', 'network');
    const { settings } = typed;
    if (sameNetwork(settings, answer.settings)) return { redirect: '/box/network?done=same' };
    const id = appliance.newId();
    await store.changes.note({
      author: admin.name,
      what: 'box-changed',
      subject: 'box',
      name: boxName,
      before: networkRecord(answer.settings),
      after: networkRecord(settings),
    });
    log.warn('new network settings are tried', { ...networkRecord(settings), admin: admin.name });
    appliance.askNetwork({ kind: 'try', id, settings });
    await appliance.until(() => appliance.network()?.trial?.id === id, patienceMs);
    if (appliance.network()?.trial?.id !== id) throw new PartylineError('UNAVAILABLE', 'network');
    return { redirect: '/box/network' };
  });

  const end = (action: 'keep' | 'return') => async (visit: AdminVisit) => {
    const { form, admin, boxName } = visit;
    const { trial } = known(appliance);
    if (!trial || trial.id !== form.get('id')) return { redirect: '/box/network' };
    if (action === 'keep' && !provesReach(trial, localAddress(visit)))
      return { ...networkPage(visit, parts), status: 422 };
    appliance.askNetwork({ kind: action, id: trial.id });
    await appliance.until(() => appliance.network()?.trial === undefined, patienceMs);
    if (appliance.network()?.trial) throw new PartylineError('UNAVAILABLE', 'network');
    const what = action === 'keep' ? 'network-kept' : 'network-returned';
    await store.changes.note({ author: admin.name, what, subject: 'box', name: boxName });
    log.info('trial of network settings ended', { action, admin: admin.name });
    streams.refresh(topic);
    return { redirect: '/box/network' };
  };
  router.post('/box/network/keep', end('keep'));
  router.post('/box/network/return', end('return'));
}

/** On every other page, because who logs in at the new address has three minutes to find this one. */
export function trialNotice({ request, texts }: Visit, appliance: Appliance | undefined): Html | undefined {
  if (!appliance?.network()?.trial || request.url.startsWith('/box/network')) return undefined;
  const t = texts.network;
  return notice('wrong', html`<p>${t.onTrial} <a href="/box/network">${t.title}</a></p>`);
}

/** @throws PartylineError UNAVAILABLE when root's programs have never answered */
function known(appliance: Appliance): NetworkAnswer {
  const answer = appliance.network();
  if (!answer) throw new PartylineError('UNAVAILABLE', 'network');
  return answer;
}

function networkPage(visit: AdminVisit, parts: Parts, mistakes?: NetworkMistakes): Page {
  const { texts, query } = visit;
  const t = texts.network;
  const { appliance } = parts;
  const page = (content: Content) => boxPage(visit, 'network', t.title, content);
  if (!appliance) return page(html`<p class="empty">${t.elsewhere}</p>`);
  const answer = appliance.network();
  if (!answer) return page(notice('wrong', t.silent));
  const message = mistakes
    ? notice('wrong', texts.formFaulty)
    : query.get('done') === 'same' && notice('done', t.same);
  if (!answer.trial)
    return page(
      html`${message}${outcome(visit, answer)}${settingsForm(visit, parts, appliance, answer, mistakes)}`,
    );
  return page(html`${liveRegion(visit, '/box/network/live', trialPiece(visit, parts, appliance)!)}
<noscript><p class="quiet">${texts.live.noScript} <a href="/box/network">${texts.live.reload}</a></p></noscript>`);
}

function outcome({ texts }: Visit, { last }: NetworkAnswer): Content {
  const t = texts.network;
  if (!last) return undefined;
  return last.returned === undefined ? notice('done', t.kept) : notice('wrong', t.returned[last.returned]);
}

/** Undefined when there is no trial any more: who follows it loads the page again. */
function trialPiece(visit: AdminVisit, parts: Parts, appliance: Appliance): Html | undefined {
  const { texts, format } = visit;
  const t = texts.network;
  const trial = appliance.network()?.trial;
  if (!trial) return undefined;
  const { settings, until, id } = trial;
  const left = format.duration(Math.max(0, until - appliance.uptime()) * 1000);
  const button = (action: 'keep' | 'return', label: string, kind: string) =>
    postForm(
      visit,
      `/box/network/${action}`,
      html`<input type="hidden" name="id" value="${id}"><button id="network-${action}" class="${kind}">${label}</button>`,
    );
  const link = pageOf(settings, parts);
  const reached = provesReach(trial, localAddress(visit));
  return html`<section class="card"><h2>${t.trial}</h2><dl class="facts">${settingRows(visit, settings)}${settings.wifi && wifiRow(visit, appliance)}<div><dt>${t.left}</dt><dd class="digits">${left}</dd></div></dl>
<p>${reached ? t.reached : html`${t.open} <a href="${link}">${link}</a>`}</p><p>${t.trialHelp}</p>
<div class="actions">${reached && button('keep', t.keep, 'primary')}${button('return', t.goBack, '')}</div></section>`;
}

function settingRows({ texts }: Visit, { name, fixed, wifi }: NetworkSettings): Html[] {
  const t = texts.network;
  const rows = [
    [t.name, name],
    [t.way, fixed ? describeAddress(fixed) : t.ways.dhcp],
    ...(fixed?.gateway === undefined ? [] : [[t.gateway, fixed.gateway]]),
    ...(fixed && fixed.dns.length > 0 ? [[t.dns, fixed.dns.join(', ')]] : []),
    [t.wifi, wifi?.name ?? t.wifiWays.off],
  ];
  return rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`);
}

/** So that whoever came by the cable sees whether the Wi-Fi works before it is kept. */
function wifiRow({ texts }: Visit, appliance: Appliance): Html {
  const t = texts.network;
  return html`<div><dt>${t.wifiNow}</dt><dd>${t.wifiStates[appliance.wifi()]}</dd></div>`;
}

function settingsForm(
  visit: AdminVisit,
  { store }: Parts,
  appliance: Appliance,
  { settings, source }: NetworkAnswer,
  mistakes: NetworkMistakes = {},
): Html {
  const t = visit.texts.network;
  const typed = Object.keys(mistakes).length > 0 ? visit.form : networkFields(settings);
  const value = (name: string) => typed.get(name) ?? '';
  const error = (name: keyof NetworkMistakes) => {
    const mistake = mistakes[name];
    return mistake && t.mistakes[mistake];
  };
  const ways = (['dhcp', 'fixed'] as const).map((way) => ({ value: way, label: t.ways[way] }));
  const calls = store.calls.live().length;
  const { wifi } = settings;
  const radios = (['off', 'key', 'open'] as const).map((way) => ({ value: way, label: t.wifiWays[way] }));
  const passwordHelp = wifi?.key === undefined ? t.wifiPasswordHelp : t.wifiPasswordKept;
  const state =
    (wifi ?? appliance.wifi() === 'missing') && html`<dl class="facts">${wifiRow(visit, appliance)}</dl>`;
  return html`<section class="card"><p>${t.sources[source]}</p>${postForm(
    visit,
    '/box/network',
    html`${input({ name: 'name', label: t.name, help: t.nameHelp, value: value('name'), error: error('name'), maxlength: 63, required: true })}
${select({ name: 'way', label: t.way, help: t.wayHelp, value: value('way') }, ways)}
${input({ name: 'address', label: t.address, help: t.addressHelp, value: value('address'), error: error('address'), maxlength: 18, placeholder: '192.168.1.20/24' })}
${input({ name: 'gateway', label: t.gateway, help: t.gatewayHelp, value: value('gateway'), error: error('gateway'), maxlength: 15 })}
${input({ name: 'dns', label: t.dns, help: t.dnsHelp, value: value('dns'), error: error('dns'), maxlength: 64 })}
${select({ name: 'wifi', label: t.wifi, help: t.wifiHelp, value: value('wifi') }, radios)}${state}
${input({ name: 'wifi-name', label: t.wifiName, help: t.wifiNameHelp, value: value('wifi-name'), error: error('wifi-name'), maxlength: 32 })}
${input({ name: 'wifi-password', label: t.wifiPassword, help: passwordHelp, error: error('wifi-password'), type: 'password', autocomplete: 'new-password', maxlength: 64 })}
${input({ name: 'wifi-country', label: t.wifiCountry, help: t.wifiCountryHelp, value: value('wifi-country'), error: error('wifi-country'), maxlength: 2, placeholder: 'DE' })}
<p>${t.tryHelp(trialSeconds / 60)}</p>${calls > 0 && html`<p><strong>${t.calls(calls)}</strong></p>`}<button class="primary">${t.submit}</button>`,
  )}</section>`;
}

/** Where this page is once the settings are in force. */
function pageOf(settings: NetworkSettings, { certificate, facts }: Parts): string {
  const host = settings.fixed?.address ?? `${settings.name}.local`;
  const port = certificate.port();
  const [scheme, number, usual] = port === undefined ? ['http', facts.httpPort, 80] : ['https', port, 443];
  return `${scheme}://${host}${number === usual ? '' : `:${number}`}/box/network`;
}

/** Which of the box's own addresses this request came to; '' = none is known. */
function localAddress({ request }: Visit): string {
  return request.raw.socket.localAddress ?? '';
}
