// What a key can do in a conference. Names are ours; documents write FreeSWITCH's, which are mapped here.

export type ActionName =
  | 'mute-toggle'
  | 'mute'
  | 'unmute'
  | 'deaf-toggle'
  | 'deaf'
  | 'undeaf'
  /** Neither hear nor speak; again to undo both. */
  | 'deaf-mute-toggle'
  | 'talk-down'
  | 'talk-reset'
  | 'talk-up'
  | 'listen-down'
  | 'listen-reset'
  | 'listen-up'
  /** More sensitive: quieter sounds are heard. */
  | 'sensitivity-up'
  | 'sensitivity-reset'
  | 'sensitivity-down'
  | 'leave'
  | 'raise-hand-toggle'
  /** Whether who is alone or waits hears music. */
  | 'moh-toggle'
  | 'count'
  | 'roll-call'
  // For moderators' groups.
  | 'lock-toggle'
  | 'lock'
  | 'unlock'
  | 'mute-all-toggle'
  | 'mute-all'
  | 'unmute-all'
  | 'next-speaker'
  | 'kick-last'
  | 'end-conference'
  | 'record-toggle'
  | 'dial-out';

export interface Action {
  readonly name: ActionName;
  /** What a document gives with it: the number that dial-out calls. */
  readonly data?: string;
}

/**
 * Document spelling → ours: FreeSWITCH's control actions (those that make sense without video), and our own names for
 * what FreeSWITCH does not have. FreeSWITCH's energy is a threshold: energy up = less sensitive.
 */
const spellings: ReadonlyMap<string, ActionName> = new Map([
  ['mute', 'mute-toggle'],
  ['mute toggle', 'mute-toggle'],
  ['mute on', 'mute'],
  ['mute off', 'unmute'],
  ['unmute', 'unmute'],
  ['deaf', 'deaf-toggle'],
  ['deaf toggle', 'deaf-toggle'],
  ['deaf on', 'deaf'],
  ['deaf off', 'undeaf'],
  ['undeaf', 'undeaf'],
  ['deaf mute', 'deaf-mute-toggle'],
  ['vol talk up', 'talk-up'],
  ['vol talk zero', 'talk-reset'],
  ['vol talk dn', 'talk-down'],
  ['vol listen up', 'listen-up'],
  ['vol listen zero', 'listen-reset'],
  ['vol listen dn', 'listen-down'],
  ['energy up', 'sensitivity-down'],
  ['energy equ', 'sensitivity-reset'],
  ['energy dn', 'sensitivity-up'],
  ['hangup', 'leave'],
  ['leave', 'leave'],
  ['lock', 'lock-toggle'],
  ['lock toggle', 'lock-toggle'],
  ['lock on', 'lock'],
  ['lock off', 'unlock'],
  ['unlock', 'unlock'],
  ['moh', 'moh-toggle'],
  ['moh toggle', 'moh-toggle'],
  ['mute all', 'mute-all'],
  ['mute others', 'mute-all'],
  ['mute all toggle', 'mute-all-toggle'],
  ['unmute all', 'unmute-all'],
  ['raise hand', 'raise-hand-toggle'],
  ['raise hand toggle', 'raise-hand-toggle'],
  ['next speaker', 'next-speaker'],
  ['count', 'count'],
  ['roll call', 'roll-call'],
  ['kick last', 'kick-last'],
  ['end conference', 'end-conference'],
  ['record', 'record-toggle'],
  ['record toggle', 'record-toggle'],
  ['dial out', 'dial-out'],
]);

/** The action a document names; case, hyphens and repeated blanks do not matter. undefined = unknown. */
export function actionNamed(spelling: string): ActionName | undefined {
  return spellings.get(
    spelling
      .trim()
      .toLowerCase()
      .replace(/[\s_-]+/g, ' '),
  );
}

/** Every spelling a document may use, for forms and messages. */
export const actionSpellings: readonly string[] = [...spellings.keys()];
