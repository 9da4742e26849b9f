// A call brought to where most tests begin, from either side, with nothing but frames and datagrams.
import { metaOf, type Frame, type RawApp } from './raw-app.js';
import { header, sdp, tagOf } from './sip-text.js';
import { fresh, type Arrived, type Leg, type UserAgent } from './user-agent.js';

/** The answer to a call as the application sees it. */
export interface Answered {
  leg: Leg;
  dialogId: string;
  /** The INVITE as the application got it. */
  invite: Frame;
  /** The 200 as the telephone got it. */
  ok: Arrived;
  /** The INVITE as it was sent. */
  text: string;
}

/** The telephone calls, the application answers 200, the telephone acknowledges. */
export async function callIn(
  ua: UserAgent,
  app: RawApp,
  options: { headers?: Array<[string, string]>; answerHeaders?: string[] } = {},
): Promise<Answered> {
  const leg = ua.leg();
  const text = leg.invite(options.headers ? { headers: options.headers } : {});
  const forThisCall = (frame: Frame): boolean =>
    frame.sip?.method === 'INVITE' && header(frame.sip, 'call-id') === leg.callId;
  const invite = await app.inbox.take('INVITE for the app', forThisCall);
  const id = app.answer(invite, 200, {
    body: sdp(50000),
    ...(options.answerHeaders ? { headers: options.answerHeaders } : {}),
  });
  const { dialogId } = metaOf(await app.reply(id));
  const ok = await ua.inbox.take(
    '200 to INVITE',
    (message) => message.status === 200 && header(message, 'call-id') === leg.callId,
  );
  leg.ack(ok);
  await app.inbox.take(
    'ACK for the app',
    (frame) => frame.sip?.method === 'ACK' && metaOf(frame).dialogId === dialogId,
  );
  return { leg, dialogId, invite, ok, text };
}

/** The telephone hangs up, the application answers. */
export async function hangUp(
  call: Pick<Answered, 'leg' | 'dialogId'>,
  ua: UserAgent,
  app: RawApp,
): Promise<void> {
  call.leg.send('BYE');
  const bye = await app.inbox.take(
    'BYE for the app',
    (frame) => frame.sip?.method === 'BYE' && metaOf(frame).dialogId === call.dialogId,
  );
  await app.reply(app.answer(bye, 200));
  await ua.inbox.take(
    '200 to BYE',
    (message) =>
      message.status === 200 &&
      header(message, 'cseq').endsWith(' BYE') &&
      header(message, 'call-id') === call.leg.callId,
  );
}

/** One whole ordinary call: what must always go through, whatever was sent before. */
export async function wholeCall(ua: UserAgent, app: RawApp): Promise<void> {
  await hangUp(await callIn(ua, app), ua, app);
}

/** A call made by the application, still unanswered. */
export interface Calling {
  /** The INVITE as the telephone got it. */
  invite: Arrived;
  /** What the server told the application it had sent. */
  echo: Frame;
  transactionId: string;
  toTag: string;
}

/** The application calls the telephone. */
export async function callOut(
  ua: UserAgent,
  app: RawApp,
  options: { uri?: string; headers?: string[]; proxy?: string } = {},
): Promise<Calling> {
  const transport = ua.transport === 'TCP' ? ';transport=tcp' : '';
  const uri = options.uri ?? `sip:bob@127.0.0.1:${ua.port}${transport}`;
  const id = app.sendRequest(`INVITE ${uri} SIP/2.0`, {
    headers: ['from: <sip:1000@localhost>', 'contact: <sip:1000@localhost>', ...(options.headers ?? [])],
    body: sdp(50000),
    ...(options.proxy ? { proxy: options.proxy } : {}),
  });
  const echo = await app.reply(id);
  if (echo.tokens[3] !== 'OK') throw new Error(`INVITE -> ${echo.tokens.join('|')}`);
  const invite = await ua.request('INVITE');
  return { invite, echo, transactionId: metaOf(echo).transactionId, toTag: fresh('bt') };
}

/** The telephone’s 200, which it may send more than once. */
export function answerCall(call: Calling, ua: UserAgent): void {
  ua.answer(call.invite, 200, {
    toTag: call.toTag,
    headers: [
      ['Contact', ua.contact],
      ['Content-Type', 'application/sdp'],
    ],
    body: sdp(41000),
  });
}

/** The telephone answers 200; returns the dialog’s id and the 200 as it was sent, for a retransmission. */
export async function pickUp(
  call: Calling,
  ua: UserAgent,
  app: RawApp,
): Promise<{ dialogId: string; ok: Frame }> {
  answerCall(call, ua);
  const ok = await app.inbox.take(
    '200 for the app',
    (frame) => frame.kind === 'sip' && frame.sip?.status === 200 && tagOf(frame.sip, 'to') === call.toTag,
  );
  return { dialogId: metaOf(ok).dialogId, ok };
}

/** Pauses between messages, in ms. */
export function gaps(messages: Array<{ at: number }>): number[] {
  return messages.slice(1).map((message, index) => message.at - (messages[index]?.at ?? 0));
}
