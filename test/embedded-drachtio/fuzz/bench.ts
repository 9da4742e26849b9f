// What the fuzz tests share: seeds to spoil, an application that answers everything, and a look at the memory.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type RawApp, metaOf } from '../conformance/support/raw-app.js';
import { header, sdp, tagOf, formatSip } from '../conformance/support/sip-text.js';
import { type UserAgent } from '../conformance/support/user-agent.js';
import { invalid } from '../torture/messages-invalid.js';
import { layers } from '../torture/messages-layers.js';
import { valid } from '../torture/messages-valid.js';

/** Well-formed messages of every kind, with ids of their own each time, and the torture messages. */
export function seeds(ua: UserAgent): string[] {
  const leg = ua.leg();
  const invite = leg.text('INVITE', { headers: [['Content-Type', 'application/sdp']], body: sdp(40000) });
  const other = ua.leg();
  other.toTag = 'elsewhere';
  const methods = [
    'OPTIONS',
    'REGISTER',
    'MESSAGE',
    'INFO',
    'BYE',
    'PRACK',
    'UPDATE',
    'SUBSCRIBE',
    'NOTIFY',
    'REFER',
  ];
  const response = formatSip('SIP/2.0 200 OK', [
    ['Via', `SIP/2.0/${ua.transport} 127.0.0.1:${ua.serverPort};branch=z9hG4bKx;rport`],
    ['From', '<sip:a@127.0.0.1>;tag=1'],
    ['To', '<sip:b@127.0.0.1>;tag=2'],
    ['Call-ID', leg.callId],
    ['CSeq', '1 INVITE'],
    ['Contact', '<sip:b@127.0.0.1>'],
  ]);
  return [
    invite,
    invite.replaceAll('INVITE', 'ACK'),
    invite.replaceAll('INVITE', 'CANCEL'),
    response,
    ...methods.map((method) => ua.leg().text(method)),
    ...methods.map((method) => other.text(method, { headers: [['RAck', '1 1 INVITE']] })),
    ...Object.values({ ...valid, ...invalid, ...layers }),
  ];
}

/** Answers every request at once, good or bad, and hangs up every dialog that comes of it. Returns how to stop. */
export function answerEverything(app: RawApp): () => void {
  const answered = new Set<unknown>();
  const timer = setInterval(() => {
    for (const frame of app.inbox.history.splice(0)) {
      if (answered.has(frame) || frame.kind !== 'sip' || !frame.sip?.method) continue;
      answered.add(frame);
      const { method } = frame.sip;
      if (method === 'ACK' || method === 'CANCEL' || metaOf(frame).transactionId === 'unsolicited') continue;
      app.answer(frame, method === 'INVITE' ? 486 : 200);
    }
    answered.clear();
    app.inbox.takeAll();
  }, 2);
  return () => clearInterval(timer);
}

/** Bytes in use after a collection of garbage. */
export function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

/** A fence: what was sent before over this transport has been read when the answer is here. */
export async function fence(ua: UserAgent): Promise<void> {
  const leg = ua.leg();
  leg.toTag = 'fence';
  leg.send('BYE');
  await ua.inbox.take(
    'the answer to the fence',
    (message) => header(message, 'call-id') === leg.callId && tagOf(message, 'to') === 'fence',
    8000,
  );
}
