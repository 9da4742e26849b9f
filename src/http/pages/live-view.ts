// Who is in a conference at this moment, and what can be done with all of them: the piece of a page that is sent anew
// whenever something changes. Nothing is typed in here, as the next piece would wipe it away.
import type { Invitation, LineQuality } from '../../calls/index.js';
import type { Conference, MemberId } from '../../conference/index.js';
import type { CallRecord } from '../../store/index.js';
import { html, type Content, type Html } from './html.js';
import { liveMember } from './live-member.js';
import { peopleMenu, peopleOf, peoplePath, talkingElsewhere } from './live-people.js';
import { postForm, type Visit } from './visit.js';

export interface LiveFacts {
  /** Of the stored conference. */
  readonly id: string;
  /** undefined = nobody is in it. */
  readonly running: Conference | undefined;
  /** The calls that go on, by the id of the call. */
  readonly calls: ReadonlyMap<string, Pick<CallRecord, 'codec'>>;
  readonly lineOf: (member: MemberId) => LineQuality | undefined;
  /** Calls of the box that nobody has answered. */
  readonly placed: readonly Invitation[];
}

export function liveView(visit: Visit, facts: LiveFacts): Html {
  const { texts, format } = visit;
  const { id, running, calls, lineOf } = facts;
  const t = texts.live;
  const people = peopleOf(visit, running);
  const calling = placedCalls(visit, facts);
  if (!running || people.shown.length === 0) return html`${calling}<p class="empty">${t.nobody}</p>`;
  const waiting = [...running.members.values()].filter((member) => member.waiting).length;
  const { startedAt, speech } = running;
  return html`<div class="livehead"><p><span class="badge live">${t.people(running.participantCount)}</span>${
    running.locked && html` <span class="badge warn">${t.locked}</span>`
  }${running.recorded && html` <span class="badge warn">${t.recorded}</span>`}${
    waiting > 0 && html` <span class="badge">${t.waiting(waiting)}</span>`
  }${startedAt !== undefined && html` <span class="quiet">${t.since(format.time(startedAt))}</span>`}</p>${conferenceActions(visit, id, running)}</div>${calling}${talkingElsewhere(visit, people, running)}
<ul class="members">${people.shown.map((member) =>
    liveMember(visit, id, member, {
      talking: speech.talking.has(member.id),
      speaksInVain: speech.inVain(member.id),
      codec: calls.get(member.callId)?.codec,
      line: lineOf(member.id),
    }),
  )}</ul>${peopleMenu(visit, id, people)}`;
}

function placedCalls(visit: Visit, { id, placed }: LiveFacts): Content {
  if (placed.length === 0) return undefined;
  const { texts } = visit;
  const t = texts.dial;
  const items = placed.map((call) => {
    const state = call.endReason === undefined ? t.states[call.state] : texts.endReasons[call.endReason];
    const cancel = html`<button id="c${call.id}-cancel" class="small" aria-label="${t.cancel}: ${call.target}">${t.cancel}</button>`;
    return html`<li><strong class="digits">${call.target}</strong> <span class="badge ${call.endReason === undefined ? '' : 'warn'}">${state}</span>${
      call.endReason === undefined &&
      postForm(visit, peoplePath(visit, `/conferences/${id}/dial/${call.id}/cancel`), cancel)
    }</li>`;
  });
  return html`<ul class="plain placed" aria-label="${t.placed}">${items}</ul>`;
}

function conferenceActions(visit: Visit, id: string, { locked, recorded }: Conference): Html {
  const t = visit.texts.live;
  const path = peoplePath(visit, `/conferences/${id}/do`);
  const button = (action: string, label: string) =>
    html`<button id="do-${action}" name="action" value="${action}">${label}</button>`;
  return html`<div class="actions">${postForm(
    visit,
    path,
    [
      locked ? button('unlock', t.unlock) : button('lock', t.lock),
      html`<button id="do-mute" name="action" value="mute" title="${t.muteAllHelp}">${t.muteAll}</button>`,
      button('unmute', t.unmuteAll),
      recorded ? button('unrecord', t.unrecord) : button('record', t.record),
    ],
    { class: 'inline' },
  )}<details class="sure" id="sure-end"><summary class="button danger">${t.end}</summary>${postForm(
    visit,
    path,
    html`<p>${t.endSure}</p><button id="do-end" class="danger" name="action" value="end">${t.endNow}</button>`,
  )}</details></div>`;
}
