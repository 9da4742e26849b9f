// What is asked of the box from outside its application before a version is kept: each part is spoken to in its own
// language, because an application that believes itself connected may be wrong. Text in, text out; no sockets.

/** Tells the answer to ours from others. */
const cookie = 'health';

/** NG protocol of rtpengine: a cookie, a blank, a bencoded dictionary. */
export const ngPing = `${cookie} d7:command4:pinge`;

export function isNgPong(datagram: string): boolean {
  return datagram.startsWith(`${cookie} `) && datagram.includes('6:result4:pong');
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/**
 * An OPTIONS as RFC 3261 section 11.1 wants it.
 * @param id of this try: a word that no other request of this sender has
 */
export function optionsRequest(box: Endpoint, sender: Endpoint, id: string): string {
  const here = `${sender.address}:${sender.port}`;
  return [
    `OPTIONS sip:${box.address}:${box.port} SIP/2.0`,
    // Section 8.1.1.7: the branch of RFC 3261 begins with this.
    `Via: SIP/2.0/UDP ${here};branch=z9hG4bK${id};rport`,
    'Max-Forwards: 70',
    `From: <sip:health@${here}>;tag=${id}`,
    `To: <sip:${box.address}:${box.port}>`,
    `Call-ID: ${id}@${sender.address}`,
    'CSeq: 1 OPTIONS',
    `Contact: <sip:health@${here}>`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}

/** The status of the final answer to the request with this id; undefined when the datagram is anything else. */
export function finalStatus(datagram: string, id: string): number | undefined {
  const status = Number(/^SIP\/2\.0 ([2-6]\d\d) /.exec(datagram)?.[1] ?? NaN);
  const head = datagram.split('\r\n\r\n', 1)[0]!.toLowerCase();
  return Number.isNaN(status) || !head.includes(`branch=z9hg4bk${id.toLowerCase()}`) ? undefined : status;
}
