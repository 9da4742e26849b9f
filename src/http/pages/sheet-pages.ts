// The sheet to hand out: how to dial in, as a page to print, a picture for a phone's camera, an e-mail and a calendar
// entry. Never with the PINs of both roles at once: what is for members goes to everybody.
import { randomUUID } from 'node:crypto';
import type { ConferenceDocument, Role } from '../../conference/index.js';
import { calendarFile } from './calendar.js';
import { existing } from './conference-pages.js';
import { input } from './form-fields.js';
import { attribute, html, type Html } from './html.js';
import { heading, notice } from './layout.js';
import type { PageRouter } from './page-router.js';
import type { PagesOptions } from './pages.js';
import { qrCode } from './qr-code.js';
import type { Page, Visit } from './visit.js';

type Parts = Pick<PagesOptions, 'store' | 'facts' | 'clock'>;

interface Invitation {
  readonly role: Role;
  readonly name: string;
  /** Undefined = the conference has none that leads to this role. */
  readonly number: string | undefined;
  readonly pin: string | undefined;
  readonly uri: string;
}

export function sheetPages(router: PageRouter, parts: Parts): void {
  const { facts, clock } = parts;

  router.get('/conferences/:id/sheet', async (visit) => {
    const { id, document } = await existing(parts, visit);
    return sheetPage(visit, id, invitationOf(visit, document, facts.sipHost), tomorrow(clock.now()));
  });

  router.get('/conferences/:id/qr.svg', async (visit) => {
    const { document } = await existing(parts, visit);
    const { uri } = invitationOf(visit, document, facts.sipHost);
    return { content: qrCode(uri), headers: { 'content-type': 'image/svg+xml' } };
  });

  router.get('/conferences/:id/invite.ics', async (visit) => {
    const { id, document } = await existing(parts, visit);
    const { texts, query } = visit;
    const invitation = invitationOf(visit, document, facts.sipHost);
    const file = calendarFile({
      uid: randomUUID(),
      title: texts.sheet.subject(invitation.name),
      text: instructions(visit, invitation),
      place: invitation.uri,
      day: query.get('day') ?? '',
      time: query.get('time') ?? '',
      minutes: Number(query.get('minutes') ?? ''),
      madeAt: clock.now(),
    });
    if (file === undefined) {
      const page = sheetPage(visit, id, invitation, tomorrow(clock.now()));
      return { ...page, body: html`${notice('wrong', texts.sheet.badTime)}${page.body}`, status: 422 };
    }
    return {
      content: file,
      headers: {
        'content-type': 'text/calendar; charset=utf-8',
        'content-disposition': 'attachment; filename="conference.ics"',
      },
    };
  });
}

function invitationOf({ query, texts }: Visit, document: ConferenceDocument, sipHost: string): Invitation {
  const role: Role = query.get('role') === 'moderator' ? 'moderator' : 'member';
  const own = document[role];
  const number = own.numbers[0] ?? document.conference_numbers[0];
  return {
    role,
    name: document.name ?? texts.unnamed,
    number,
    pin: own.pins[0],
    uri: `sip:${number ?? ''}@${sipHost}`,
  };
}

/** The same as the sheet, as plain text. */
function instructions({ texts, boxName }: Visit, { number, pin, uri }: Invitation): string {
  const t = texts.sheet;
  return [
    `${t.phone} (${boxName}):`,
    t.dial(number ?? ''),
    pin === undefined ? t.noPin : t.pin(pin),
    '',
    `${t.app}: ${uri}`,
    '',
    t.keysHelp,
  ].join('\r\n');
}

function sheetPage(visit: Visit, id: string, invitation: Invitation, day: string): Page {
  const { texts } = visit;
  const t = texts.sheet;
  const { role, number, pin, uri, name } = invitation;
  const title = t.title(name);
  const choice = (of: Role, label: string) =>
    html`<a class="button" href="/conferences/${id}/sheet?role=${of}"${attribute('aria-current', of === role ? 'true' : undefined)}>${label}</a>`;
  const choices = html`<div class="actions noprint">${choice('member', t.forMembers)}${choice('moderator', t.forModerators)}</div>`;
  if (number === undefined) {
    return {
      title,
      nav: 'conferences',
      body: html`${heading(title)}${choices}${notice('wrong', t.noNumber)}`,
    };
  }
  const mail = `mailto:?subject=${encodeURIComponent(t.subject(name))}&body=${encodeURIComponent(instructions(visit, invitation))}`;
  const body = html`${heading(title)}${choices}
<article class="card sheet"><div><h2>${t.phone}</h2><ol><li class="big digits">${t.dial(number)}</li><li class="big digits">${pin === undefined ? t.noPin : t.pin(pin)}</li></ol>
<h2>${t.app}</h2><p>${t.appHelp}</p><p class="digits"><a href="${uri}">${uri}</a></p>
<h2>${t.keys}</h2><p>${t.keysHelp}</p></div><img class="qr" src="/conferences/${id}/qr.svg?role=${role}" alt="${t.qr(uri)}" width="220" height="220"></article>
<div class="noprint"><p><a class="button primary" href="${mail}">${t.mail}</a></p><p class="quiet">${t.print}</p>${calendarForm(visit, id, role, day)}</div>`;
  return { title, body, nav: 'conferences' };
}

function calendarForm({ texts, query }: Visit, id: string, role: Role, day: string): Html {
  const t = texts.sheet;
  const value = (name: string, usual: string) => query.get(name) ?? usual;
  return html`<section class="card"><h2>${t.calendar}</h2><form class="row" action="/conferences/${id}/invite.ics"><input type="hidden" name="role" value="${role}">${input({ name: 'day', label: t.date, type: 'date', value: value('day', day), required: true })}${input({ name: 'time', label: t.time, type: 'time', value: value('time', '10:00'), required: true })}${input({ name: 'minutes', label: t.minutes, type: 'number', value: value('minutes', '60'), min: 1, max: 1440, required: true })}<button>${t.download}</button></form></section>`;
}

function tomorrow(now: number): string {
  const date = new Date(now + 86_400_000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
