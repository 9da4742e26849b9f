// RFC 4028: what a phone asks for is answered, kept or refused. The least interval is one second here, so that a refresh
// does not take three quarters of a minute; where an answer must be in time there is a second for it.
import t from 'tap';
import { callIn, hangUp } from './support/calls.js';
import { quick, startApp, startServer, startUdp } from './support/live-server.js';
import { settled } from './support/settled.js';
import { header, sdp } from './support/sip-text.js';

// The tests mostly wait for timers: several wait at once.
t.jobs = 4;

const options = { timers: quick, minSessionExpires: 1 };
const wish = (value: string): Array<[string, string]> => [
  ['Supported', 'timer'],
  ['Session-Expires', value],
];

void t.test(
  'ours to refresh: re-INVITEs come at half the interval, again and again',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, options);
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const call = await callIn(ua, app, { headers: wish('6;refresher=uas') });
    t.equal(header(call.ok, 'session-expires'), '6;refresher=uas');
    for (let round = 0; round < 2; round += 1) {
      const refresh = await ua.request('INVITE');
      t.equal(header(refresh, 'session-expires'), '6;refresher=uac');
      t.equal(refresh.body, call.ok.body, 'nothing else changes');
      ua.answer(refresh, 200, {
        headers: [
          ['Contact', ua.contact],
          ['Session-Expires', '6;refresher=uac'],
          ['Content-Type', 'application/sdp'],
        ],
        body: sdp(40000),
      });
      t.equal(header(await ua.request('ACK'), 'cseq'), header(refresh, 'cseq').replace('INVITE', 'ACK'));
    }
    t.equal(
      app.inbox.count((frame) => frame.kind === 'sip' && frame.sip?.status !== undefined),
      0,
      'the application hears nothing of them',
    );
    await hangUp(call, ua, app);
    await settled(t, server);
  },
);

void t.test('a phone that answers no refresh any more loses its call', { buffered: true }, async (t) => {
  const server = await startServer(t, options);
  const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
  await callIn(ua, app, { headers: wish('1;refresher=uas') });
  const refresh = await ua.request('INVITE');
  ua.answer(refresh, 500);
  const bye = await ua.request('BYE');
  t.match(header(bye, 'reason'), 'Session timer expired');
  ua.answer(bye, 200);
  t.equal((await app.request('BYE')).tokens[8], 'unsolicited');
  await settled(t, server);
});

void t.test(
  'the phone’s to refresh: UPDATE and re-INVITE renew it, silence ends the call',
  { buffered: true },
  async (t) => {
    const server = await startServer(t, options);
    const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
    const call = await callIn(ua, app, { headers: wish('3;refresher=uac') });
    t.equal(header(call.ok, 'session-expires'), '3;refresher=uac');
    t.equal(header(call.ok, 'require'), 'timer', 'it is told that we rely on it');
    // Far longer: were it not renewed by UPDATE, the call would end before the re-INVITE has its answer.
    call.leg.send('UPDATE', { headers: wish('60;refresher=uac') });
    await app.reply(app.answer(await app.request('UPDATE'), 200));
    t.equal(header(await ua.response('UPDATE', 200), 'session-expires'), '60;refresher=uac');
    await new Promise((resolve) => setTimeout(resolve, 2200));
    t.equal(
      ua.inbox.count((message) => message.method === 'BYE'),
      0,
      'renewed',
    );
    call.leg.invite({ headers: wish('1;refresher=uac') });
    await app.reply(app.answer(await app.request('INVITE'), 200, { body: sdp(50000) }));
    const ok = await ua.response('INVITE', 200);
    call.leg.ack(ok);
    await app.request('ACK');
    const bye = await ua.request('BYE');
    t.match(header(bye, 'reason'), 'Session timer expired');
    ua.answer(bye, 200);
    await app.request('BYE');
    await settled(t, server);
  },
);

void t.test('too short an interval is refused with what is possible', { buffered: true }, async (t) => {
  const server = await startServer(t, { timers: quick });
  const [app, ua] = [await startApp(t, server), await startUdp(t, server)];
  const leg = ua.leg();
  const text = leg.invite({ headers: wish('89;refresher=uas') });
  const refusal = await ua.response('INVITE', 422);
  t.equal(header(refusal, 'min-se'), '90');
  leg.ackRefusal(refusal, text);
  const call = await callIn(ua, app, { headers: wish('90') });
  t.equal(header(call.ok, 'session-expires'), '', 'nobody is named, nothing is promised');
  call.leg.send('UPDATE', { headers: wish('10;refresher=uac') });
  await ua.response('UPDATE', 422);
  await hangUp(call, ua, app);
  await settled(t, server);
});
