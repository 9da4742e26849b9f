// Which keys do what: named groups, built in or brought by a document, and which group a member gets. A group is
// itself the permission: who must not lock the conference gets a group without the lock.
import { profileOf, type ConferenceDocument, type Role } from '../conference/index.js';
import { actionNamed, type Action, type ActionName } from './actions.js';

export interface Control {
  /** One or more keys in a row. */
  readonly digits: string;
  readonly action: Action;
}

export type ControlGroup = readonly Control[];

function group(table: Readonly<Record<string, ActionName>>): ControlGroup {
  return Object.entries(table).map(([digits, name]) => ({ digits, action: { name } }));
}

const starCodes: Readonly<Record<string, ActionName>> = {
  '*1': 'mute-toggle',
  '*2': 'mute',
  '*3': 'unmute',
  '*4': 'deaf-toggle',
  '*5': 'deaf',
  '*6': 'undeaf',
  '#': 'leave',
};

/** What a moderator may do to the conference. */
const moderatorCodes: Readonly<Record<string, ActionName>> = {
  '*7': 'lock-toggle',
  '*8': 'mute-all-toggle',
  '*0': 'roll-call',
  '**': 'kick-last',
  '*#': 'end-conference',
};

const none: ControlGroup = [];

/** One key each, as Catapult's conferences have it. */
const defaultGroup = group({
  '1': 'talk-down',
  '2': 'talk-reset',
  '3': 'talk-up',
  '4': 'listen-down',
  '5': 'listen-reset',
  '6': 'listen-up',
  '7': 'sensitivity-up',
  '8': 'sensitivity-reset',
  '9': 'sensitivity-down',
  '0': 'mute-toggle',
  '*': 'deaf-mute-toggle',
  '#': 'leave',
});

/** By the names that `caller_controls` and `moderator_controls` use. */
export const builtInGroups: ReadonlyMap<string, ControlGroup> = new Map([
  ['default', defaultGroup],
  /** Kazoo's own. */
  ['star', group(starCodes)],
  /** Kazoo's, and what a moderator may do to the conference. */
  ['star-moderator', group({ ...starCodes, ...moderatorCodes, '*9': 'count' })],
  /** For questions and answers: Kazoo's, and a key to ask to speak. */
  ['questions', group({ ...starCodes, '*9': 'raise-hand-toggle' })],
  /** Its other side: the same key gives the floor to the next who asks. */
  ['questions-moderator', group({ ...starCodes, ...moderatorCodes, '*9': 'next-speaker' })],
  ['none', none],
  /** Loudspeaker calls: nobody's keys do anything. */
  ['paging', none],
]);

const longestCode = 8;
const mostControls = 64;

export interface ParsedGroup {
  readonly group: ControlGroup;
  /** One sentence per entry that was left out. */
  readonly problems: readonly string[];
}

/**
 * A group as a document brings it: `[{"action": "mute", "digits": "*1", "data": …}, …]`. What is not understood is
 * left out; of two entries for the same keys the first counts.
 */
export function parseGroup(value: unknown): ParsedGroup {
  if (!Array.isArray(value)) return { group: none, problems: ['A control group is a list.'] };
  const controls = new Map<string, Control>();
  const problems: string[] = [];
  value.slice(0, mostControls).forEach((entry: unknown, index) => {
    const { action, digits, data } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<
      string,
      unknown
    >;
    const keys = typeof digits === 'number' ? String(digits) : digits;
    const name = typeof action === 'string' ? actionNamed(action) : undefined;
    if (typeof keys !== 'string' || keys.length > longestCode || !/^[0-9*#A-Da-d]+$/.test(keys)) {
      problems.push(`Entry ${index}: digits are 1 to ${longestCode} of 0-9, *, #, A-D.`);
    } else if (!name) {
      problems.push(`Entry ${index}: the action is not known.`);
    } else if (controls.has(keys.toUpperCase())) {
      problems.push(`Entry ${index}: these digits are used twice.`);
    } else {
      const told = typeof data === 'string' || typeof data === 'number' ? { data: String(data) } : {};
      controls.set(keys.toUpperCase(), { digits: keys.toUpperCase(), action: { name, ...told } });
    }
  });
  if (value.length > mostControls) problems.push(`Only the first ${mostControls} entries count.`);
  return { group: [...controls.values()], problems };
}

/**
 * The group of a member: named by the document's `caller_controls` or `moderator_controls` (a moderator without one
 * gets the members'), then by the profile; looked up first among the document's own `controls`, then among the built-in
 * ones. An unknown name gives the default group: keys that work beat keys that are dead.
 */
export function controlGroupFor(document: ConferenceDocument, role: Role): ControlGroup {
  const name = groupNameFor(document, role);
  const { controls } = document;
  if (controls && Object.hasOwn(controls, name)) return parseGroup(controls[name]).group;
  return builtInGroups.get(name) ?? defaultGroup;
}

function groupNameFor(document: ConferenceDocument, role: Role): string {
  const own = document.profile ?? {};
  const members = document.caller_controls ?? own['caller-controls'];
  const profile = profileOf(document);
  const byRole =
    role === 'moderator'
      ? (document.moderator_controls ?? own['moderator-controls'] ?? members ?? profile['moderator-controls'])
      : members;
  return byRole ?? profile['caller-controls'] ?? 'default';
}
