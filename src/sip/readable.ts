// A SIP message for the debug log. Keys that are sent by INFO may be somebody's PIN, and SDP may hold the keys of SRTP:
// both are left out.
export function readable(text: string): string {
  const head = text.indexOf('\r\n\r\n');
  const keys = head >= 0 && /^(?:content-type|c)[ \t]*:[ \t]*application\/dtmf/im.test(text.slice(0, head));
  return keys ? `${text.slice(0, head)}\r\n\r\n[key hidden]` : text.replace(/inline:\S+/g, 'inline:[hidden]');
}
