// What a member hears who asks who is there: the names that were recorded, the number of people, and who asks to speak.
import {
  prompt,
  sequence,
  spokenCount,
  spokenNumber,
  type Conference,
  type Sound,
} from '../conference/index.js';

/** Names that one roll call speaks; more would take minutes. */
const longestRollCall = 20;
const pause: Sound = { kind: 'silence', ms: 400 };

export function rollCall(conference: Conference): Sound | undefined {
  const names = [...conference.members.values()]
    .filter(({ ghost }) => !ghost)
    .flatMap(({ name }) => (name ? [name, pause] : []));
  return sequence([
    ...names.slice(0, 2 * longestRollCall),
    spokenCount(conference.participantCount),
    ...handsOf(conference),
  ]);
}

function handsOf(conference: Conference): (Sound | undefined)[] {
  const { hands } = conference;
  if (hands.length === 0) return [];
  const names = hands.slice(0, longestRollCall).flatMap((id) => {
    const name = conference.member(id)?.name;
    return name ? [pause, name] : [];
  });
  const asking =
    hands.length === 1
      ? [prompt('conf-somebody_asks')]
      : [spokenNumber(hands.length), prompt('conf-ask_to_speak')];
  return [pause, ...asking, ...names];
}
