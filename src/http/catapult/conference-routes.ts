// Conferences: made, looked at, changed and ended.
import type { Meetings, GuardedRequests } from '../../calls/index.js';
import { pathOf, type Addresses } from './addresses.js';
import { invalid } from './errors.js';
import type { CatapultRoute } from './route.js';
import { targetOf } from './target.js';
import { conferenceView } from './views.js';

export interface ConferenceRoutesParts {
  readonly meetings: Meetings;
  readonly urls: Pick<GuardedRequests, 'parse'>;
  readonly addresses: Addresses;
}

export function conferenceRoutes({ meetings, urls, addresses }: ConferenceRoutesParts): CatapultRoute[] {
  return [
    {
      method: 'POST',
      path: '/conferences',
      limited: true,
      handle: async ({ userId, author, fields }) => {
        const from = fields.required('from', 64).replace(/[ ()./-]/g, '');
        if (!/^\+?\d{1,32}$/.test(from)) throw invalid('from', 'must be a telephone number');
        const profile = fields.word('profile', ['interpret_digits', 'passthru_digits'] as const);
        const { id } = await meetings.create({
          userId,
          from,
          interpretDigits: profile !== 'passthru_digits',
          target: targetOf(fields, urls),
          author: await author(),
        });
        return { status: 201, location: pathOf(addresses.conference(userId, id)) };
      },
    },
    {
      method: 'GET',
      path: '/conferences/:conference',
      handle: async ({ userId, params }) => {
        return { body: conferenceView(await meetings.get(userId, params.conference ?? '')) };
      },
    },
    {
      method: 'POST',
      path: '/conferences/:conference',
      handle: async ({ userId, author, params, fields }) => {
        const state = fields.word('state', ['completed'] as const);
        const muted = fields.flag('mute');
        const held = fields.flag('hold');
        await meetings.update(userId, params.conference ?? '', {
          ...(state !== undefined && { completed: true }),
          ...(muted !== undefined && { muted }),
          ...(held !== undefined && { held }),
          target: targetOf(fields, urls),
          author: await author(),
        });
        return {};
      },
    },
  ];
}
