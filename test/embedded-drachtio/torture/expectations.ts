// What the server must do with each of RFC 4475's messages, and what the application's parser must then read.
// Where the RFC leaves a choice all allowed outcomes are named; nothing else is accepted.

/** Handed to the application, refused with this status by the server itself, or dropped without an answer. */
export type Outcome = 'app' | 'dropped' | number;

export interface Expectation {
  outcomes: Outcome[];
  /** Header values as drachtio-srf's parser has them; 'method', 'uri' and 'body' name those parts. */
  reads?: Record<string, string>;
  why: string;
}

const offerBody = (origin: string, connection = origin): string =>
  [
    'v=0',
    `o=mhandley 29739 7272939 IN IP4 ${origin}`,
    's=-',
    `c=IN IP4 ${connection}`,
    't=0 0',
    'm=audio 49217 RTP/AVP 0 12',
    'm=video 3227 RTP/AVP 31',
    'a=rtpmap:31 LPC',
    '',
  ].join('\r\n');

export const expectations: Record<string, Expectation> = {
  wsinv: { outcomes: [481], why: 'well formed, but its To tag names a dialog that does not exist' },
  intmeth: { outcomes: [405, 501], why: 'a well-formed request of a method nobody serves' },
  esc01: {
    outcomes: ['app'],
    reads: {
      method: 'INVITE',
      uri: 'sip:sips%3Auser%40example.com@example.net',
      to: 'sip:%75se%72@example.com',
      from: '<sip:I%20have%20spaces@example.net>;tag=938',
      'call-id': 'esc01.239409asdfakjkn23onasd0-3234',
      'content-type': 'application/sdp',
      contact: '<sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>',
      body: offerBody('192.0.2.1'),
    },
    why: 'escapes stay as they are; compact and folded headers are read',
  },
  escnull: {
    outcomes: ['app'],
    reads: {
      method: 'REGISTER',
      to: 'sip:null-%00-null@example.com',
      contact: '<sip:%00@host5.example.com>,<sip:%00%00@host5.example.com>',
    },
    why: 'an escaped NUL is no end of anything; two Contacts are two',
  },
  esc02: { outcomes: [405, 501], why: 'escapes in a method are not resolved: this is no REGISTER' },
  lwsdisp: {
    outcomes: ['app'],
    reads: { method: 'OPTIONS', from: 'caller<sip:caller@example.com>;tag=323' },
    why: 'no space is needed before <',
  },
  longreq: {
    outcomes: ['app'],
    reads: {
      method: 'INVITE',
      cseq: '3882340 INVITE',
      'call-id': `longreq.one${'really'.repeat(20)}longcallid`,
      [`unknown-${'long'.repeat(20)}-name`]:
        `unknown-${'long'.repeat(20)}-value; ` +
        `unknown-${'long'.repeat(20)}-parameter-name = unknown-${'long'.repeat(20)}-parameter-value`,
      body: offerBody('192.0.2.1'),
    },
    why: 'long, and 34 Vias, which all come back',
  },
  dblreq: {
    outcomes: ['app'],
    reads: { method: 'REGISTER', 'call-id': 'dblreq.0ha0isndaksdj99sdfafnl3lk233412' },
    why: 'what follows the message in its datagram is ignored (RFC 3261 section 18.3)',
  },
  semiuri: {
    outcomes: ['app'],
    reads: {
      method: 'OPTIONS',
      uri: 'sip:user;par=u%40example.net@example.com',
      accept:
        'application/sdp, application/pkcs7-mime, multipart/mixed, multipart/signed, message/sip, message/sipfrag',
    },
    why: 'a semicolon in the user part',
  },
  transports: {
    outcomes: ['app'],
    reads: { method: 'OPTIONS', 'call-id': 'transports.kijh4akdnaqjkwendsasfdj' },
    why: 'transports nobody knows, which all come back',
  },
  mpart01: {
    outcomes: ['app'],
    reads: {
      method: 'MESSAGE',
      'content-type': 'multipart/mixed;boundary=7a9cbec02ceef655',
      to: '<sip:kumiko@example.org>',
    },
    why: 'a binary body, which must come through byte for byte',
  },
  unreason: { outcomes: ['dropped'], why: 'a response to nothing' },
  noreason: { outcomes: ['dropped'], why: 'a response to nothing, with no reason phrase' },

  badinv01: { outcomes: [400, 'dropped'], why: 'a Via that cannot be read: 400 if there is a way back' },
  clerr: { outcomes: [400], why: 'Content-Length is more than the datagram holds (RFC 3261 section 18.3)' },
  ncl: { outcomes: [400], why: 'Content-Length is negative' },
  scalar02: { outcomes: [400], why: 'CSeq is above 2**31 (RFC 3261 section 8.1.1.5)' },
  scalarlg: { outcomes: ['dropped'], why: 'a response to nothing, with a CSeq out of range' },
  quotbal: { outcomes: [400], why: 'a quotation without end' },
  ltgtruri: { outcomes: [400], why: 'brackets around the request URI' },
  lwsruri: { outcomes: [400], why: 'white space inside the request URI' },
  lwsstart: { outcomes: [400, 'app'], why: 'too much white space in the request line: refused, or mended' },
  trws: { outcomes: [400, 'app'], why: 'white space after the request line: refused, or mended' },
  escruri: { outcomes: [400, 'app'], why: 'headers in a request URI, which an element may ignore' },
  baddate: { outcomes: [400, 'app'], why: 'a date in no time zone of SIP, which nobody here reads' },
  regbadct: { outcomes: [400, 'app'], why: 'a Contact whose ? belongs to the URI or does not' },
  badaspec: { outcomes: [400, 'app'], why: 'white space inside the brackets of To' },
  baddn: { outcomes: [400, 'app'], why: 'a display name with a comma and no quotes' },
  badvers: { outcomes: [505], why: 'SIP/7.0' },
  mismatch01: { outcomes: [400], why: 'CSeq names another method' },
  mismatch02: { outcomes: [400, 405, 501], why: 'CSeq names another method, and nobody knows this one' },
  bigcode: { outcomes: ['dropped'], why: 'a response to nothing, with a status out of range' },

  badbranch: {
    outcomes: ['app'],
    reads: { method: 'OPTIONS', 'call-id': 'badbranch.sadonfo23i420jv0as0derf3j3n' },
    why: 'a branch that is nothing but the cookie: matched as RFC 2543 did',
  },
  insuf: { outcomes: [400, 'dropped'], why: 'no Call-ID, From or To: 400 if an answer can be made at all' },
  unkscm: { outcomes: [416, 'app'], why: 'a request URI of an unknown scheme' },
  novelsc: { outcomes: [416, 'app'], why: 'a request URI of a scheme from elsewhere' },
  unksm2: { outcomes: [400, 'app'], why: 'unknown schemes in To and From, for the application to judge' },
  bext01: { outcomes: [420, 'app'], why: 'extensions required that nobody supports' },
  invut: {
    outcomes: ['app'],
    reads: {
      method: 'INVITE',
      'content-type': 'application/unknownformat',
      body: '<audio>\r\n <pcmu port="443"/>\r\n</audio>\r\n',
    },
    why: 'a body of a type for the application to judge',
  },
  regaut01: {
    outcomes: ['app'],
    reads: { method: 'REGISTER', authorization: 'NoOneKnowsThisScheme opaque-data=here' },
    why: 'a scheme of authorisation for the application to judge',
  },
  multi01: { outcomes: [400], why: 'two of what there may be one of' },
  mcl01: { outcomes: [400], why: 'two Content-Lengths' },
  bcast: { outcomes: ['dropped'], why: 'a response that is for somebody else' },
  zeromf: { outcomes: ['app', 483], why: 'Max-Forwards 0 ends here, and here it has arrived' },
  cparam01: {
    outcomes: ['app'],
    reads: { method: 'REGISTER', contact: 'sip:+19725552222@gw1.example.net;unknownparam' },
    why: 'the parameter belongs to the header',
  },
  cparam02: {
    outcomes: ['app'],
    reads: { method: 'REGISTER', contact: '<sip:+19725552222@gw1.example.net;unknownparam>' },
    why: 'the parameter belongs to the URI',
  },
  regescrt: {
    outcomes: ['app'],
    reads: { method: 'REGISTER', contact: '<sip:user@example.com?Route=%3Csip:sip.example.com%3E>' },
    why: 'escaped headers in a Contact stay where they are',
  },
  sdp01: {
    outcomes: ['app'],
    reads: { method: 'INVITE', accept: 'text/nobodyKnowsThis', body: offerBody('192.0.2.5') },
    why: 'an answer nobody can give, for the application to judge',
  },
  inv2543: {
    // RFC 3261 wants a Contact in an INVITE, and only who cares for RFC 2543 must do without.
    outcomes: ['app', 400],
    reads: {
      method: 'INVITE',
      from: '<sip:+13035551111@ift.client.example.net;user=phone>',
      'record-route': '<sip:UserB@example.com;maddr=ss1.example.com>',
    },
    why: 'no branch, no From tag, no Content-Length: RFC 2543',
  },
};
