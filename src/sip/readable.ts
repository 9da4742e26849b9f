// A SIP message for the debug log. Keys that are sent by INFO may be somebody's PIN, and SDP may hold the keys of SRTP:
// both are left out, and so is what passwords are proven with: a weak one can be found from it.
export function readable(text: string): string {
  const safe = text.replace(/^((?:proxy-)?authorization[ \t]*:).*$/gim, '$1 [hidden]');
  const head = safe.indexOf('\r\n\r\n');
  const keys = head >= 0 && /^(?:content-type|c)[ \t]*:[ \t]*application\/dtmf/im.test(safe.slice(0, head));
  return keys ? `${safe.slice(0, head)}\r\n\r\n[key hidden]` : safe.replace(/inline:\S+/g, 'inline:[hidden]');
}
