// Who is in a conference at this moment, and what can be done with them: the piece of a page that is sent anew whenever
// something changes. Every button is a form, so that it works without JavaScript too.
import type { Conference, Member } from '../../conference/index.js';
import { levelStepDb } from '../../conference/index.js';
import type { CallRecord } from '../../store/index.js';
import { html, type Content, type Html } from './html.js';
import { postForm, type Visit } from './visit.js';

/** The calls that go on, by the id of the call. */
export type CallsById = ReadonlyMap<string, Pick<CallRecord, 'codec'>>;

export function liveView(visit: Visit, id: string, running: Conference | undefined, calls: CallsById): Html {
  const { texts, format } = visit;
  const t = texts.live;
  const members = running ? [...running.members.values()] : [];
  if (!running || members.length === 0) return html`<p class="empty">${t.nobody}</p>`;
  const waiting = members.filter((member) => member.waiting).length;
  const startedAt = running.startedAt;
  return html`<div class="livehead"><p><span class="badge live">${t.people(running.participantCount)}</span>${
    running.locked && html` <span class="badge warn">${t.locked}</span>`
  }${waiting > 0 && html` <span class="badge">${t.waiting(waiting)}</span>`}${
    startedAt !== undefined && html` <span class="quiet">${t.since(format.time(startedAt))}</span>`
  }</p>${conferenceActions(visit, id, running)}</div>
<ul class="members">${members.map((member) => memberItem(visit, id, member, calls))}</ul>`;
}

function conferenceActions(visit: Visit, id: string, { locked }: Conference): Html {
  const t = visit.texts.live;
  const path = `/conferences/${id}/do`;
  const button = (action: string, label: string) =>
    html`<button id="do-${action}" name="action" value="${action}">${label}</button>`;
  return html`<div class="actions">${postForm(
    visit,
    path,
    [
      locked ? button('unlock', t.unlock) : button('lock', t.lock),
      html`<button id="do-mute" name="action" value="mute" title="${t.muteAllHelp}">${t.muteAll}</button>`,
      button('unmute', t.unmuteAll),
    ],
    { class: 'inline' },
  )}<details class="sure" id="sure-end"><summary class="button danger">${t.end}</summary>${postForm(
    visit,
    path,
    html`<p>${t.endSure}</p><button id="do-end" class="danger" name="action" value="end">${t.endNow}</button>`,
  )}</details></div>`;
}

function memberItem(visit: Visit, id: string, member: Member, calls: CallsById): Html {
  const { texts, format } = visit;
  const t = texts.live;
  const name = member.callerName || member.callerNumber || t.unknown;
  const number = member.callerName && member.callerNumber;
  const codec = calls.get(member.callId)?.codec;
  const button = (action: string, label: string, kind = '') =>
    html`<button id="m${member.id}-${action}" class="small ${kind}" name="action" value="${action}" aria-label="${label}: ${name}">${label}</button>`;
  const volume = (what: 'talk' | 'listen', level: number) =>
    html`<span class="volume"><span>${t[what]}</span><button id="m${member.id}-${what}-down" class="small" name="action" value="${what}-down" aria-label="${name} ${t[what]}: ${t.quieter}">−</button><output>${level === 0 ? '±0' : `${level > 0 ? '+' : '−'}${Math.abs(level * levelStepDb)}`} dB</output><button id="m${member.id}-${what}-up" class="small" name="action" value="${what}-up" aria-label="${name} ${t[what]}: ${t.louder}">+</button></span>`;
  return html`<li class="member${member.muted ? ' muted' : ''}"><div class="who"><strong>${name}</strong>${
    number && html` <span class="quiet digits">${number}</span>`
  }<br><span class="role">${texts.roles[member.role]}</span> <span class="quiet">${t.since(format.time(member.joinedAt))}</span>${
    codec && html` <span class="quiet">· ${codec}</span>`
  }</div><div class="states">${states(visit, member)}</div>${postForm(
    visit,
    `/conferences/${id}/members/${member.id}`,
    [
      html`<div class="inline">${
        member.muted ? button('unmute', t.unmute) : button('mute', t.mute)
      }${member.deaf ? button('undeaf', t.undeaf) : button('deaf', t.deaf)}${
        member.role === 'moderator' ? button('member', t.toMember) : button('moderator', t.toModerator)
      }${button('kick', t.kick, 'danger')}</div>`,
      html`<div class="inline">${volume('talk', member.talkLevel)}${volume('listen', member.listenLevel)}</div>`,
    ],
  )}</li>`;
}

function states({ texts }: Visit, member: Member): Content {
  const t = texts.live.states;
  const badge = (on: boolean, text: string, kind = '') =>
    on && html`<span class="badge ${kind}">${text}</span> `;
  const silent = member.muted || member.held || member.phoneHold || member.waiting;
  return [
    badge(member.waiting, t.waiting),
    badge(member.muted, t.muted, 'warn'),
    badge(member.deaf, t.deaf, 'warn'),
    badge(member.held, t.held),
    badge(member.phoneHold, t.phoneHold),
    badge(member.handRaised, t.hand, 'live'),
    badge(member.invited, t.invited),
    badge(member.ghost, t.ghost),
    badge(!silent, t.speaks, 'live'),
  ];
}
