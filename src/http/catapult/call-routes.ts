// Calls, as far as conferences need them: placed, and looked at.
import type { MeetingCalls, GuardedRequests } from '../../calls/index.js';
import { pathOf, type Addresses } from './addresses.js';
import { CatapultError } from './errors.js';
import type { CatapultRoute } from './route.js';
import { targetOf } from './target.js';
import { callView } from './views.js';

export interface CallRoutesParts {
  readonly meetingCalls: MeetingCalls;
  readonly urls: Pick<GuardedRequests, 'parse'>;
  readonly addresses: Addresses;
}

/** Seconds that a phone may ring; the longest is Catapult's, the dialler gives up before. */
const defaultTimeout = 60;
const longestTimeout = 300;

export function callRoutes({ meetingCalls, urls, addresses }: CallRoutesParts): CatapultRoute[] {
  return [
    {
      method: 'POST',
      path: '/calls',
      handle: async ({ userId, fields }) => {
        const { id } = await meetingCalls.place({
          userId,
          from: fields.required('from', 64),
          to: fields.required('to'),
          conferenceId: fields.required('conferenceId', 64),
          timeoutMs: 1000 * (fields.number('callTimeout', 1, longestTimeout) ?? defaultTimeout),
          target: targetOf(fields, urls),
        });
        return { status: 201, location: pathOf(addresses.call(userId, id)) };
      },
    },
    {
      method: 'GET',
      path: '/calls/:call',
      handle: async ({ userId, params: { call = '' } }) => {
        const record = await meetingCalls.record(userId, call);
        if (!record) throw new CatapultError('call-not-found', `there is no call ${call}`);
        return { body: callView(record, meetingCalls.placed(userId, call), userId, addresses) };
      },
    },
  ];
}
