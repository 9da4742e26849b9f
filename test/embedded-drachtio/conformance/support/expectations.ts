// For each capture: what the server must be told before it begins, and where our server is meant to differ from the
// captured one. Everything that is not named here must be as captured.
import { type Difference } from './differences.js';
import { quick } from './quick.js';

export interface Expectation {
  /** False where the capture itself begins with the application's first words. */
  routed?: false;
  captured?: { server: number; udp: number };
  timers?: { t1: number; t2: number; t4: number };
  differences?: Difference[];
}

/** Replaces one header field's value. */
const setHeader = (name: string, value: string) => (text: string) =>
  text.replace(new RegExp(`^${name}: .*?(\\r?)$`, 'm'), `${name}: ${value}$1`);

const response = (
  status: string,
  cseq: string,
  via: string,
  ids: { call: string; from: string; to: string },
) =>
  [
    `SIP/2.0 ${status}`,
    `Via: ${via}`,
    `From: ${ids.from}`,
    `To: ${ids.to}`,
    `Call-ID: ${ids.call}`,
    `CSeq: ${cseq}`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');

const glare = {
  call: 'call-1795391368388-1@ua',
  from: '"Alice" <sip:alice@127.0.0.1:5070>;tag=ft1',
  to: '<sip:conf@127.0.0.1:5060>;tag=18Xra0Uc37rvQ',
};
const lowCseq = {
  call: 'call-1795391370570-6@ua',
  from: '"Alice" <sip:alice@127.0.0.1:5070>;tag=ft6',
  to: '<sip:conf@127.0.0.1:5060>;tag=2HQHcUcg0gFFK',
};
const waiting = {
  call: 'call-1795390710366-29@ua',
  from: '"Alice" <sip:alice@127.0.0.1:5070>;tag=ft29',
  to: '<sip:conf@127.0.0.1:5060>',
};

/** One side of the two legs that answer in capture 30, as request and answer of the leg nobody wants. */
const secondLeg = (method: string, branch: string, cseq: number, status?: string) =>
  [
    status ? `SIP/2.0 ${status}` : `${method} sip:bob@127.0.0.1:5070 SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1;rport;branch=${branch}`,
    ...(status ? [] : ['Max-Forwards: 70']),
    'From: <sip:1000@127.0.0.1:5060>;tag=4392FHeQt2Uma',
    'To: <sip:bob@127.0.0.1:5070>;tag=f2',
    'Call-ID: 3438ca2c-6172-1240-4294-564401f21ba7',
    `CSeq: ${cseq} ${method}`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');

export const expectations: Record<string, Expectation> = {
  '01-connect-auth-routes-ping': { routed: false },
  '02-connect-wrong-secret': { routed: false },
  '07-uas-reject-486': { timers: quick },
  '09-uac-invite-180-200-ack-bye-from-peer': {
    differences: [
      {
        lines: [226, 248, 258],
        edit: (text) => text.replace(';rport=5070', ''),
        why: 'RFC 3581 section 4: rport is filled in where the telephone asks for it. The captured server adds it unasked, and that would be a promise to answer to the port it sent from (same section) where RFC 3261 section 18.2.2 wants the port in Via.',
      },
    ],
  },
  // Slower: the last of its eleven 200s comes one T1 before the end, and a busy machine must not miss it.
  '14-uas-no-ack': { timers: { t1: 50, t2: 400, t4: 200 } },
  '15-uac-invite-no-answer-408': {
    timers: quick,
    differences: [
      {
        lines: [219],
        edit: (text) => text.replace('To: sip:bob@127.0.0.1:5070;tag', 'To: <sip:bob@127.0.0.1:5070>;tag'),
        why: 'To of the 408 keeps the brackets it was sent with; without them the tag would read as a parameter of the URI.',
      },
    ],
  },
  '16-no-route-and-unknown': {
    differences: [
      {
        lines: [105],
        edit: (text) => text,
        add: [
          {
            channel: 'udp',
            direction: 'out',
            text: response(
              '100 Trying',
              '1 INVITE',
              'SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-30;rport=5070',
              waiting,
            ),
          },
        ],
        why: 'RFC 3261 section 17.2.1: a retransmitted INVITE is answered with the last provisional response; the captured server was silent.',
      },
    ],
  },
  '22-record-route-uas': {
    differences: [
      {
        lines: [29],
        edit: (text) => text.replace(/^Record-Route: .*\r\n/gm, ''),
        why: 'RFC 3261 table 2: Record-Route belongs into 2xx and 18x, which make a dialog; the captured server copied it into 100 as well.',
      },
    ],
  },
  '25-outbound-connection-mode': {
    captured: { server: 5080, udp: 5070 },
    differences: [
      {
        lines: [39, 42],
        why: 'No connections towards the application: it connects to the server before the call. The call itself must be the same.',
      },
    ],
  },
  '27-glare': {
    differences: [
      { lines: [27, 30], why: 'Answers to what was sent before the capture began.' },
      {
        lines: [256, 279, 300, 321],
        add: [
          {
            channel: 'udp',
            direction: 'out',
            text: response(
              '491 Request Pending',
              '2 INVITE',
              'SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-4;rport=5070',
              glare,
            ),
          },
          {
            channel: 'udp',
            direction: 'in',
            text: [
              'ACK sip:127.0.0.1:5060 SIP/2.0',
              'Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-4;rport',
              'Max-Forwards: 70',
              `From: ${glare.from}`,
              `To: ${glare.to}`,
              `Call-ID: ${glare.call}`,
              'CSeq: 2 ACK',
              'Content-Length: 0',
              '',
              '',
            ].join('\r\n'),
          },
        ],
        why: 'RFC 3261 section 14.2: a re-INVITE that crosses our own gets 491 and is not shown to the application; the captured server let both through.',
      },
    ],
  },
  '28-cseq-out-of-order': {
    differences: [
      {
        lines: [221, 236, 246, 256],
        add: [
          {
            channel: 'udp',
            direction: 'out',
            text: response(
              '500 Server Internal Error',
              '5 INFO',
              'SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-10;rport=5070',
              lowCseq,
            ),
          },
        ],
        why: 'RFC 3261 section 12.2.2: a lower CSeq in a dialog is refused with 500; the captured server passed it on.',
      },
    ],
  },
  '30-early-bye-and-forked-200': {
    differences: [
      {
        lines: [160],
        add: [
          { channel: 'udp', direction: 'out', text: secondLeg('ACK', 'z9hG4bKackOfLeg2', 123141893) },
          { channel: 'udp', direction: 'out', text: secondLeg('BYE', 'z9hG4bKbyeOfLeg2', 123141894) },
          {
            channel: 'udp',
            direction: 'in',
            text: secondLeg('BYE', 'z9hG4bKbyeOfLeg2', 123141894, '200 OK'),
          },
        ],
        why: 'RFC 3261 section 13.2.2.4: a second leg that answers is acknowledged and hung up; the captured server repeated the first leg’s ACK and left the second one ringing in the void.',
      },
    ],
  },
  '32-cancel-race-200': {
    differences: [
      {
        lines: [112],
        edit: (text) =>
          setHeader(
            'To',
            '<sip:conf@127.0.0.1:5060>;tag=7yNDN201HXycD',
          )(text).replace('SIP/2.0 481 Call/Transaction Does Not Exist', 'SIP/2.0 200 OK'),
        why: 'RFC 3261 section 9.2: a CANCEL that finds its INVITE answered is itself answered 200 and changes nothing; the captured server said 481.',
      },
    ],
  },
  '33-failed-reinvite-via-request': {
    differences: [
      {
        lines: [259],
        why: 'The application’s ACK for a refusal stays inside: the server has sent the one ACK there is (RFC 3261 section 17.1.1.3).',
      },
      {
        lines: [270],
        edit: (text) =>
          text
            .replace(/\r\n.*/s, '')
            .replace(
              /\|OK\|.*/,
              '|NOK|Server error: ACK for non-success final response is automatically generated by server',
            ),
        why: 'And the application is told so, in the words in which the captured server tells it outside of a dialog (capture 11).',
      },
    ],
  },
};
