// What a person who starts a box wants to know: what to dial, with which PIN, and where the web page is. A PIN is
// printed only while it is the demo's own, which is in the README; any other belongs to its conference alone.
import type { ConferenceDocument } from './conference/index.js';

export interface GreetingFacts {
  readonly address: string;
  readonly sipPort: number;
  readonly httpPort: number;
  /** Undefined = there is no HTTPS. */
  readonly httpsPort?: number | undefined;
  /** Lets the first admin in; undefined = there is one. */
  readonly setupCode?: string | undefined;
  /** True when the demo was made at this very start. */
  readonly demoMade: boolean;
  readonly conferences: readonly ConferenceDocument[];
  readonly accessNumbers: readonly string[];
}

/** More conferences than this are counted, not listed. */
const mostListed = 5;
const demoPins = new Set(['1234', '9999']);

export function greeting(facts: GreetingFacts): string[] {
  const host = facts.sipPort === 5060 ? facts.address : `${facts.address}:${facts.sipPort}`;
  const lines = ['', `Ready. Phones dial sip:NUMBER@${host}`];
  if (facts.demoMade) lines.push('Demo conferences were made for you:');
  for (const document of facts.conferences.slice(0, mostListed)) {
    const numbers = [
      ...document.conference_numbers,
      ...document.member.numbers,
      ...document.moderator.numbers,
    ].join(', ');
    lines.push(`  ${numbers || 'no number'}  "${document.name ?? 'unnamed'}"${pins(document)}`);
  }
  const more = facts.conferences.length - mostListed;
  if (more > 0) lines.push(`  and ${more} more`);
  if (facts.accessNumbers.length > 0) {
    lines.push(`  ${facts.accessNumbers.join(', ')}  asks for the conference number`);
  }
  if (facts.setupCode !== undefined)
    lines.push(`Set the box up on its web page; the start code is ${facts.setupCode}`);
  lines.push(`Web: ${webAddress(facts)}`, '');
  return lines;
}

function webAddress({ address, httpPort, httpsPort }: GreetingFacts): string {
  return httpsPort === undefined ? `http://${address}:${httpPort}/` : `https://${address}:${httpsPort}/`;
}

function pins(document: ConferenceDocument): string {
  const shown = (label: string, list: readonly string[]) =>
    list.length === 0
      ? []
      : [`${label} ${list.every((pin) => demoPins.has(pin)) ? list.join(' or ') : '(set)'}`];
  const told = [...shown('PIN', document.member.pins), ...shown('moderator PIN', document.moderator.pins)];
  return told.length > 0 ? `  ${told.join(', ')}` : '  no PIN';
}
