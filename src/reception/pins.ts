// Which role a PIN gives: the rules of a document, and the comparison that takes equally long for every entry.
import type { ConferenceDocument, ListedIn, Role } from '../conference/index.js';

/** Digits of an entry, at most; a longer PIN cannot be entered. */
export const maxEntryDigits = 16;

/** The role of who dialled a number listed there, when no PIN is needed; undefined = ask for the PIN. */
export function roleWithoutPin(document: ConferenceDocument, listedIn: ListedIn): Role | undefined {
  const { member, moderator } = document;
  switch (listedIn) {
    case 'member':
      return member.pins.length === 0 ? 'member' : undefined;
    case 'moderator':
      return moderator.pins.length === 0 ? 'moderator' : undefined;
    case 'conference':
      return member.pins.length + moderator.pins.length === 0 ? 'member' : undefined;
  }
}

/**
 * The role an entry gives; undefined = wrong. A member's number takes no moderator's PIN and the other way round.
 * Where the PIN decides, a PIN in both lists gives 'member', and so does no entry at all when members need no PIN.
 */
export function roleByPin(document: ConferenceDocument, listedIn: ListedIn, entry: string): Role | undefined {
  // Both lists are always compared, so that the time tells nothing about where the PIN stands.
  const isMember = contains(document.member.pins, entry);
  const isModerator = contains(document.moderator.pins, entry);
  switch (listedIn) {
    case 'member':
      return isMember ? 'member' : undefined;
    case 'moderator':
      return isModerator ? 'moderator' : undefined;
    case 'conference':
      if (isMember) return 'member';
      if (isModerator) return 'moderator';
      return entry === '' && document.member.pins.length === 0 ? 'member' : undefined;
  }
}

/** Digits of the longest PIN that could be right for who dialled a number listed there. */
export function longestPin(document: ConferenceDocument, listedIn: ListedIn): number {
  let longest = 0;
  if (listedIn !== 'moderator')
    for (const pin of document.member.pins) longest = Math.max(longest, pin.length);
  if (listedIn !== 'member')
    for (const pin of document.moderator.pins) longest = Math.max(longest, pin.length);
  return Math.min(longest, maxEntryDigits);
}

/** Looks at every PIN and every digit, found or not. An empty PIN is no PIN. */
function contains(pins: readonly string[], entry: string): boolean {
  let found = 0;
  for (const pin of pins) {
    let difference = pin.length ^ entry.length;
    for (let index = 0; index < maxEntryDigits; index++) {
      // Beyond the end charCodeAt is NaN, which the operator takes for 0.
      difference |= pin.charCodeAt(index) ^ entry.charCodeAt(index);
    }
    found |= Number(difference === 0 && pin.length > 0);
  }
  return found === 1;
}
