// The action `dial` of a conference: calls each endpoint, and says of each whether its call is on its way. What becomes
// of the calls is seen among the participants.
import { DialRefused, type Dialler, type DialOptions } from '../../calls/index.js';
import type { JsonSchema } from '../../conference/schema.js';
import { checkOf } from './check.js';
import { argumentsOf } from './action.js';
import type { Answer } from './envelope.js';
import type { ApiCall } from './resource.js';

const flags = [
  'mute',
  'deaf',
  'distribute_dtmf',
  'is_moderator',
  'disable_moh',
  'ghost',
  'join_existing',
  'video_mute',
] as const;

/** So many may ring at once anyway; ours. */
const mostEndpoints = 32;

export const dialSchema: JsonSchema = {
  title: 'Dial',
  description: 'Arguments of the action dial',
  type: 'object',
  required: ['endpoints'],
  properties: {
    endpoints: {
      type: 'array',
      description: 'Numbers, which go to the outbound peer, or sip: addresses',
      minItems: 1,
      maxItems: mostEndpoints,
      items: { type: ['string', 'object'] },
    },
    caller_id_name: { type: 'string', minLength: 1, maxLength: 128 },
    caller_id_number: { type: 'string', minLength: 1, maxLength: 64, pattern: '^\\+?[A-Za-z0-9._*#-]+$' },
    participant_flags: { type: 'array', maxItems: 16, items: { type: 'string', enum: flags } },
    timeout: { type: 'integer', description: 'Seconds that the phones may ring', minimum: 1, default: 20 },
    profile_name: { type: 'string', description: 'Accepted, without effect', maxLength: 128 },
    target_call_id: { type: 'string', description: 'Accepted, without effect', maxLength: 256 },
    outbound_call_id: { type: 'string', description: 'Accepted, without effect', maxLength: 256 },
  },
};

interface DialArguments {
  readonly endpoints: readonly unknown[];
  readonly caller_id_name?: string;
  readonly caller_id_number?: string;
  readonly participant_flags?: readonly (typeof flags)[number][];
  readonly timeout: number;
}

interface EndpointResponse {
  readonly endpoint_id: unknown;
  readonly call_id?: string;
  readonly job_id?: string;
  readonly status: 'success' | 'error';
  readonly message: string;
}

const checkDial = checkOf<DialArguments>(dialSchema);

/** @throws KazooError validation error */
export async function dial(
  dialler: Pick<Dialler, 'dial'>,
  conferenceId: string,
  call: Pick<ApiCall, 'data'>,
): Promise<Answer> {
  const wanted = checkDial(argumentsOf(call));
  const options = optionsOf(conferenceId, wanted);
  const responses = await Promise.all(
    wanted.endpoints.map((endpoint) => dialEndpoint(dialler, endpoint, options)),
  );
  return { status: 202, data: { endpoint_responses: responses }, page: { message: 'attempted dial' } };
}

function optionsOf(conferenceId: string, wanted: DialArguments): DialOptions {
  const { caller_id_name: callerName, caller_id_number: callerNumber, timeout } = wanted;
  const has = (flag: (typeof flags)[number]) => wanted.participant_flags?.includes(flag) ?? false;
  return {
    conferenceId,
    role: has('is_moderator') ? 'moderator' : 'member',
    flags: { mute: has('mute'), deaf: has('deaf'), ghost: has('ghost'), disableMusic: has('disable_moh') },
    joinExisting: has('join_existing'),
    timeoutMs: timeout * 1000,
    ...(callerName !== undefined && { callerName }),
    ...(callerNumber !== undefined && { callerNumber }),
  };
}

async function dialEndpoint(
  dialler: Pick<Dialler, 'dial'>,
  endpoint: unknown,
  options: DialOptions,
): Promise<EndpointResponse> {
  // The whole of a device may be large, and says no more than its id.
  const id =
    typeof endpoint === 'string' ? endpoint.slice(0, 256) : ((endpoint as { id?: unknown }).id ?? '');
  const failed = (why: string): EndpointResponse => ({
    endpoint_id: typeof id === 'string' ? id.slice(0, 256) : '',
    status: 'error',
    message: `failed to start call: ${why}`,
  });
  if (typeof endpoint !== 'string' || /^[0-9a-f]{32}$/.test(endpoint)) {
    return failed('the box knows no devices and users; give a number or a sip: address');
  }
  try {
    const { id: callId } = await dialler.dial(endpoint, options);
    return {
      endpoint_id: id,
      call_id: callId,
      job_id: callId,
      status: 'success',
      message: `dial resulted in call id ${callId}`,
    };
  } catch (error) {
    if (error instanceof DialRefused) return failed(error.message);
    throw error;
  }
}
