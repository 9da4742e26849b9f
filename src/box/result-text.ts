// What the box answers to partyline.txt: a text beside it on the card, for the PC on which the file was written. It
// changes only with what it says, so that the card is not written at every start.
import type { AcceptedFile } from './accepted-file.js';

export interface ResultFacts {
  readonly version: string;
  /** For the first admin. */
  readonly startCode: string;
  /** Name, address and Wi-Fi are those that were set on the web page. */
  readonly ofPage: boolean;
}

/** Lines end as on Windows, whose editors want it; no password is repeated. */
export function resultText(
  { box, used, problems }: AcceptedFile,
  { version, startCode, ofPage }: ResultFacts,
): string {
  const { name, fixed, wifi, sshKeys, adminPassword, syslog } = box;
  const verdict = {
    all: ['Everything in partyline.txt is used.'],
    kept: ['Nothing of partyline.txt is used; the box goes on with the last good one, because of this:'],
    parts: ['Only the good lines of partyline.txt are used, because of this:'],
    none: ['There is no partyline.txt; the box is set up as it was delivered.'],
  }[used];
  const network = fixed
    ? `${fixed.address}/${fixed.prefix}${fixed.gateway ? `, router ${fixed.gateway}` : ''}${fixed.dns.length > 0 ? `, name servers ${fixed.dns.join(', ')}` : ''}`
    : 'by DHCP';
  const first = adminPassword
    ? 'A box without an admin has got the admin "admin" with the password of the file.'
    : `A box without an admin asks on its web page for the start code: ${startCode}`;
  return [
    `Partyline ${version}, at its last start:`,
    '',
    ...verdict,
    ...(used === 'none' ? [] : problems.map((problem) => `  ${problem}`)),
    '',
    `name: ${name} (http://${name}.local)`,
    `address: ${network}`,
    `Wi-Fi: ${wifi ? wifi.name : 'off'}`,
    ...(ofPage
      ? ['Name, address and Wi-Fi were set on the web page; any change of partyline.txt takes their place.']
      : []),
    `SSH: ${sshKeys.length === 0 ? 'off' : `on, for ${sshKeys.length} ${sshKeys.length === 1 ? 'key' : 'keys'}`}`,
    ...(syslog ? [`logs: also to ${syslog.host}, UDP port ${syslog.port}`] : []),
    '',
    first,
    '',
  ].join('\r\n');
}
