// Whom a sound or a sentence is for: everybody in a conference, or one person alone.
import type { Conference, Member, MemberId } from '../../conference/index.js';
import { PartylineError } from '../../errors.js';
import { select } from './form-fields.js';
import type { Html } from './html.js';
import type { Visit } from './visit.js';

export type Target = MemberId | 'all';

/** What somebody in a conference is called on the page. */
export function nameOf({ texts }: Visit, { callerName, callerNumber }: Member): string {
  return callerName || callerNumber || texts.live.unknown;
}

/** Of a posted form; everybody where it says nothing. @throws PartylineError VALIDATION */
export function targetOf({ form }: Visit): Target {
  const to = form.get('to') ?? 'all';
  if (to === 'all') return to;
  if (!/^\d{1,9}$/.test(to)) throw new PartylineError('VALIDATION', 'to');
  return Number(to);
}

/** Where to go when it came to nothing: the conference is over, or the person has left. */
export function withoutTarget(id: string, running: Conference | undefined): { redirect: string } {
  return { redirect: `/conferences/${id}?done=${running ? 'left' : 'nobody'}` };
}

/** @param people to choose from @param chosen as it stands in a form or an address */
export function targetSelect(
  visit: Visit,
  form: 'play' | 'say',
  people: readonly Member[],
  chosen: string,
): Html {
  const t = visit.texts.live;
  const choices = people.map((member) => {
    const { id, callerName, callerNumber } = member;
    const name = nameOf(visit, member);
    return { value: String(id), label: callerName && callerNumber ? `${name}, ${callerNumber}` : name };
  });
  return select({ name: 'to', form, label: t.to, value: chosen }, [
    { value: 'all', label: t.everybody },
    ...choices,
  ]);
}
