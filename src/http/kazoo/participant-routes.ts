// Who is in a conference now, and what can be done to one of them or to all.
import type { ConferenceControl, MemberAction } from '../../calls/index.js';
import type { Relationship } from '../../conference/index.js';
import type { JsonSchema } from '../../conference/schema.js';
import { actionOf, argumentsOf } from './action.js';
import { checkOf } from './check.js';
import type { ConferenceDesk } from './conference-desk.js';
import { idOf } from './conference-routes.js';
import { conferenceView } from './conference-view.js';
import type { Answer } from './envelope.js';
import { systemError } from './errors.js';
import { play, playSchema, type PlayParts } from './play-action.js';
import { participantsOf, participantView } from './participant-view.js';
import type { ApiCall, Resource } from './resource.js';

export interface ParticipantRoutesParts {
  readonly desk: ConferenceDesk;
  readonly control: ConferenceControl;
  readonly sounds: PlayParts['sounds'];
}

const memberActions: readonly MemberAction[] = ['mute', 'unmute', 'deaf', 'undeaf', 'kick'];
const oneActions: readonly (MemberAction | 'play')[] = [...memberActions, 'play'];
const allActions: readonly (MemberAction | 'relate')[] = [...memberActions, 'relate'];

const participantId: JsonSchema = { type: ['integer', 'string'], pattern: '^[0-9]{1,9}$', minimum: 1 };

/** Arguments of `relate`. */
const relateSchema: JsonSchema = {
  title: 'Relate',
  description: 'deaf: the participant does not hear the other; mute: the other does not hear the participant',
  type: 'object',
  required: ['participant_id', 'other_participant'],
  properties: {
    participant_id: participantId,
    other_participant: participantId,
    relationship: { type: 'string', enum: ['deaf', 'mute', 'clear'], default: 'clear' },
  },
};

interface Relate {
  readonly participant_id: number | string;
  readonly other_participant: number | string;
  readonly relationship: Relationship | 'clear';
}

const checkRelate = checkOf<Relate>(relateSchema);

function actionSchema(actions: readonly string[], data?: JsonSchema): JsonSchema {
  const properties = { action: { type: 'string', enum: actions }, ...(data && { data }) };
  return { type: 'object', required: ['action'], properties };
}

export function participantRoutes({ desk, control, sounds }: ParticipantRoutesParts): Resource[] {
  return [
    {
      path: '/accounts/:account/conferences/:conference/participants',
      operations: {
        GET: {
          summary: 'List who is in',
          handle: async (call) => {
            const seen = await desk.heard(idOf(call));
            return { data: seen.running ? participantsOf(seen.running, seen) : [] };
          },
        },
        PUT: {
          summary: 'Mute, unmute, deafen or undeafen all members, kick everybody, or relate two participants',
          data: actionSchema(allActions, relateSchema),
          handle: async (call) => {
            const { id, document } = await desk.reachable(idOf(call));
            const action = actionOf(call, allActions);
            if (action === 'relate') return relate(control, id, call);
            control.toAll(id, action);
            return { data: conferenceView(desk.seen({ id, document })) };
          },
        },
      },
    },
    {
      path: '/accounts/:account/conferences/:conference/participants/:participant',
      operations: {
        GET: {
          summary: 'Read one participant; {} when there is none',
          handle: async (call) => {
            const seen = await desk.heard(idOf(call));
            const member = seen.running?.member(participantOf(call));
            return { data: seen.running && member ? participantView(member, seen.running, seen) : {} };
          },
        },
        PUT: {
          summary: 'Mute, unmute, deafen, undeafen or kick one participant, or play to it alone',
          data: actionSchema(oneActions, playSchema),
          status: 202,
          handle: async (call) => {
            const { id } = await desk.reachable(idOf(call));
            const action = actionOf(call, oneActions);
            if (action === 'play') return play({ control, sounds }, id, participantOf(call), call);
            if (!control.toMember(id, participantOf(call), action)) {
              throw systemError('bad_identifier', { id: call.params.participant });
            }
            return { data: 'ok' };
          },
        },
      },
    },
  ];
}

function relate(control: ConferenceControl, id: string, call: ApiCall): Answer {
  const wanted = checkRelate(argumentsOf(call));
  const [a, b] = [Number(wanted.participant_id), Number(wanted.other_participant)];
  if (!control.relate(id, a, b, wanted.relationship)) {
    const known = control.find(id)?.member(a) !== undefined;
    throw systemError('bad_identifier', { id: known ? b : a });
  }
  return { status: 202, data: 'relating participants' };
}

/** NaN, which no participant has, for what is no number. */
function participantOf({ params }: ApiCall): number {
  return /^\d{1,9}$/.test(params.participant ?? '') ? Number(params.participant) : NaN;
}
