// Members of a conference: added, listed (departed ones too), changed and removed.
import type { Meetings, MemberWishes } from '../../calls/index.js';
import { pathOf, type Addresses } from './addresses.js';
import type { Fields } from './fields.js';
import type { CatapultRoute } from './route.js';
import { memberView } from './views.js';

export interface MemberRoutesParts {
  readonly meetings: Meetings;
  readonly addresses: Addresses;
}

export function memberRoutes({ meetings, addresses }: MemberRoutesParts): CatapultRoute[] {
  return [
    {
      method: 'POST',
      path: '/conferences/:conference/members',
      handle: async ({ userId, params: { conference = '' }, fields }) => {
        const callId = fields.required('callId');
        const { id } = await meetings.addMember(userId, conference, callId, wishesOf(fields));
        return { status: 201, location: pathOf(addresses.member(userId, conference, id)) };
      },
    },
    {
      method: 'GET',
      path: '/conferences/:conference/members',
      handle: async ({ userId, params: { conference = '' } }) => {
        const { members } = await meetings.get(userId, conference);
        return { body: members.map((member) => memberView(member, conference, userId, addresses)) };
      },
    },
    {
      method: 'GET',
      path: '/conferences/:conference/members/:member',
      handle: async ({ userId, params: { conference = '', member = '' } }) => {
        const found = await meetings.member(userId, conference, member);
        return { body: memberView(found, conference, userId, addresses) };
      },
    },
    {
      method: 'POST',
      path: '/conferences/:conference/members/:member',
      handle: async ({ userId, params: { conference = '', member = '' }, fields }) => {
        const removed = fields.word('state', ['completed'] as const) !== undefined;
        await meetings.updateMember(userId, conference, member, { ...wishesOf(fields), removed });
        return {};
      },
    },
  ];
}

function wishesOf(fields: Fields): MemberWishes {
  const muted = fields.flag('mute');
  const held = fields.flag('hold');
  const joinTone = fields.flag('joinTone');
  const leavingTone = fields.flag('leavingTone');
  return {
    ...(muted !== undefined && { muted }),
    ...(held !== undefined && { held }),
    ...(joinTone !== undefined && { joinTone }),
    ...(leavingTone !== undefined && { leavingTone }),
  };
}
