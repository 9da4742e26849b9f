// The notation of the torture messages: lines without their CRLF, as RFC 4475 prints them, and its session descriptions.
// A character stands for one byte of the wire (latin1), so that any byte can be written.

/** What RFC 4475 calls `<repeat count=n>`. */
export const repeat = (text: string, count: number): string => text.repeat(count);

/** UTF-8 text as the bytes it has on the wire. */
export const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** What RFC 4475 calls `<hex>`. */
export const hex = (digits: string): string => Buffer.from(digits, 'hex').toString('latin1');

/** Head and body of a message; every line ends with CRLF, as the body’s last one does. */
export function message(head: string[], body: string[] = []): string {
  return [...head, '', ...body, ''].join('\r\n');
}

/** The session description most of the messages carry: 150 bytes when both addresses have nine characters. */
export function offer(origin: string, connection = origin, time = '0 0'): string[] {
  return [
    'v=0',
    `o=mhandley 29739 7272939 IN IP4 ${origin}`,
    's=-',
    `c=IN IP4 ${connection}`,
    `t=${time}`,
    'm=audio 49217 RTP/AVP 0 12',
    'm=video 3227 RTP/AVP 31',
    'a=rtpmap:31 LPC',
  ];
}
