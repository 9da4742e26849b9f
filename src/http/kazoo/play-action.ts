// The action `play` of a conference and of a participant: a sound over the conference, which goes on.
import type { ConferenceControl, SoundFiles } from '../../calls/index.js';
import { soundOf, type MemberId } from '../../conference/index.js';
import type { JsonSchema } from '../../conference/schema.js';
import { argumentsOf } from './action.js';
import { checkOf } from './check.js';
import type { Answer } from './envelope.js';
import { systemError } from './errors.js';
import type { ApiCall } from './resource.js';

export interface PlayParts {
  readonly control: ConferenceControl;
  readonly sounds: Pick<SoundFiles, 'playable'>;
}

export const playSchema: JsonSchema = {
  title: 'Play',
  description: 'Arguments of the action play',
  type: 'object',
  required: ['media_id'],
  properties: {
    media_id: {
      type: 'string',
      description: 'Id of a sound, http(s) URL, tone_stream:// or the name of a prompt',
      minLength: 1,
      maxLength: 2048,
    },
  },
};

const checkPlay = checkOf<{ media_id: string }>(playSchema);

/**
 * Answers when it is known that there is such a sound; a web server is not waited for.
 * @throws KazooError validation error; bad_identifier when there is no such sound, or no such participant
 */
export async function play(
  { control, sounds }: PlayParts,
  conferenceId: string,
  target: MemberId | 'all',
  call: ApiCall,
): Promise<Answer> {
  const { media_id: mediaId } = checkPlay(argumentsOf(call));
  const sound = soundOf(mediaId);
  if (target !== 'all' && !control.find(conferenceId)?.member(target)) {
    throw systemError('bad_identifier', { id: call.params.participant });
  }
  if (sound) {
    if (!(await sounds.playable(sound))) throw systemError('bad_identifier', { cause: mediaId });
    control.play(conferenceId, target, sound);
  }
  return { data: 'ok' };
}
