// One person in a conference as the live page shows them: who it is, how it is, how well the line is, and what can be
// done. Every button is a form, so that it works without JavaScript too.
import type { LineQuality } from '../../calls/index.js';
import { levelStepDb, type Member } from '../../conference/index.js';
import { html, type Content, type Html } from './html.js';
import { peoplePath } from './live-people.js';
import { nameOf } from './live-target.js';
import { postForm, type Visit } from './visit.js';

/** What the live page knows of a member beside the member itself. */
export interface MemberDetails {
  readonly talking: boolean;
  /** Speaks although nobody can hear it. */
  readonly speaksInVain: boolean;
  readonly codec: string | undefined;
  readonly line: LineQuality | undefined;
}

/** Percent. Nothing conceals what is lost, and more than this is heard. */
const muchLoss = 3;
/** Ms; up to 40 leave no gap (measured). */
const muchJitter = 40;

export function liveMember(visit: Visit, id: string, member: Member, details: MemberDetails): Html {
  const { texts, format } = visit;
  const t = texts.live;
  const name = nameOf(visit, member);
  const number = member.callerName && member.callerNumber;
  const { codec, talking } = details;
  const kind = talking ? ' talking' : member.muted ? ' muted' : '';
  const button = (action: string, label: string, kind = '') =>
    html`<button id="m${member.id}-${action}" class="small ${kind}" name="action" value="${action}" aria-label="${label}: ${name}">${label}</button>`;
  const volume = (what: 'talk' | 'listen', level: number) =>
    html`<span class="volume"><span>${t[what]}</span><button id="m${member.id}-${what}-down" class="small" name="action" value="${what}-down" aria-label="${name} ${t[what]}: ${t.quieter}">−</button><output>${level === 0 ? '±0' : `${level > 0 ? '+' : '−'}${Math.abs(level * levelStepDb)}`} dB</output><button id="m${member.id}-${what}-up" class="small" name="action" value="${what}-up" aria-label="${name} ${t[what]}: ${t.louder}">+</button></span>`;
  const announce = html`<a id="m${member.id}-announce" class="button small" href="${peoplePath(visit, `/conferences/${id}`, { to: String(member.id) })}" aria-label="${t.announce}: ${name}">${t.announce}</a>`;
  return html`<li class="member${kind}"><div class="who"><strong>${name}</strong>${
    number && html` <span class="quiet digits">${number}</span>`
  }<br><span class="role">${texts.roles[member.role]}</span> <span class="quiet">${t.since(format.time(member.joinedAt))}</span>${
    codec && html` <span class="quiet">· ${codec}</span>`
  }</div><div class="states">${states(visit, member, details)}${quality(visit, details.line)}</div>${postForm(
    visit,
    peoplePath(visit, `/conferences/${id}/members/${member.id}`),
    [
      html`<div class="inline">${
        member.muted ? button('unmute', t.unmute) : button('mute', t.mute)
      }${member.deaf ? button('undeaf', t.undeaf) : button('deaf', t.deaf)}${
        member.role === 'moderator' ? button('member', t.toMember) : button('moderator', t.toModerator)
      }${announce}${button('kick', t.kick, 'danger')}</div>`,
      html`<div class="inline">${volume('talk', member.talkLevel)}${volume('listen', member.listenLevel)}</div>`,
    ],
  )}</li>`;
}

function states({ texts }: Visit, member: Member, { talking, speaksInVain }: MemberDetails): Content {
  const t = texts.live.states;
  const badge = (on: boolean, text: string, kind = '') =>
    on && html`<span class="badge ${kind}">${text}</span> `;
  const silent = member.muted || member.held || member.phoneHold || member.waiting;
  return [
    badge(talking, t.talking, 'strong'),
    badge(member.waiting, t.waiting),
    badge(member.muted, t.muted, 'warn'),
    badge(speaksInVain, t.inVain, 'warn'),
    badge(member.deaf, t.deaf, 'warn'),
    badge(member.held, t.held),
    badge(member.phoneHold, t.phoneHold),
    badge(member.handRaised, t.hand, 'live'),
    badge(member.invited, t.invited),
    badge(member.ghost, t.ghost),
    badge(!silent && !talking, t.speaks, 'live'),
  ];
}

/** Both ways of the line; nothing of a way that nothing is known of. */
function quality({ texts, format }: Visit, line: LineQuality | undefined): Content {
  const t = texts.live;
  const shown = (text: string, bad: boolean) =>
    html`<span class="${bad ? 'badge warn' : 'quiet'}">${text}</span> `;
  const { lossPercent, heard } = line ?? {};
  const ways = [
    lossPercent !== undefined && shown(t.lineIn(format.tenths(lossPercent)), lossPercent >= muchLoss),
    heard &&
      shown(
        t.lineOut(format.tenths(heard.lossPercent), Math.round(heard.jitterMs)),
        heard.lossPercent >= muchLoss || heard.jitterMs > muchJitter,
      ),
  ].filter(Boolean);
  return ways.length > 0 && html`<p class="line">${ways}</p>`;
}
