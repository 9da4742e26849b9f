// Conferences that are not there for everybody: with a bridge password, and with a domain.
import t, { type Test } from 'tap';
import { CallFailed } from '../phone/call-signalling.js';
import { Phone, type PhoneOptions } from '../phone/phone.js';
import { Box } from './box.js';
import { hears, newAddress, newNumber } from './callers.js';

const box = await Box.start();
t.teardown(() => box.stop());

/** A phone of its own calls; 200, or the status of the refusal. */
async function callFrom(t: Test, target: string, options: PhoneOptions = {}) {
  const phone = await new Phone({ proxy: box.uri('x'), bind: newAddress(), ...options }).start();
  t.teardown(() => phone.stop());
  const call = phone.call(target);
  const failed = await call.answered().then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failed !== undefined && !(failed instanceof CallFailed)) throw failed;
  return { call, status: failed?.status ?? 200, phone };
}

void t.test('a bridge password: asked for, right, wrong, overheard', async (t) => {
  const number = newNumber();
  const accessNumber = '3999';
  await box.conference({
    conference_numbers: [number],
    play_welcome: false,
    bridge_username: 'pbx',
    bridge_password: 'open sesame',
  });
  const credentials = { user: 'pbx', password: 'open sesame' };
  const [none, right, wrong, other, overTcp] = await Promise.all([
    callFrom(t, number),
    callFrom(t, number, { credentials }),
    callFrom(t, number, { credentials: { ...credentials, password: 'close' } }),
    callFrom(t, number, { credentials: { ...credentials, user: 'ada' } }),
    callFrom(t, number, { credentials, transport: 'tcp' }),
  ]);
  t.same(
    [none, right, wrong, other, overTcp].map(({ status }) => status),
    [401, 200, 403, 403, 200],
  );
  // Said to the second of the two.
  await Promise.any([right, overTcp].map(({ call }) => hears(call, 'conf-joining_conference')));
  t.match(await box.ended(wrong.call.callId), { endReason: 'rejected', calledNumber: number });
  const records = await box.records();
  t.equal(
    records.filter(({ sipCallId }) => sipCallId === right.call.callId).length,
    1,
    'one call, one record',
  );
  t.notOk(
    records.some(({ sipCallId }) => sipCallId === none.call.callId),
    'a question is no call',
  );
  const log = JSON.stringify(box.log());
  t.match(log, /wrong PIN/);
  t.notMatch(log, 'sesame');

  const sent = right.phone.trace.map(({ text }) => text).find((text) => /^authorization/im.test(text));
  const authorization = /^authorization: (.*)$/im.exec(sent ?? '')?.[1]?.trim() ?? '';
  const replay = right.phone.call(number, { headers: { Authorization: authorization } });
  right.phone.credentials = undefined;
  await t.rejects(replay.answered(), /401/, 'what was overheard opens nothing');

  const through = await callFrom(t, accessNumber);
  await hears(through.call, 'conf-enter_conf_number');
  await through.call.press(`${number}#`);
  await hears(through.call, 'conf-bad_conf');
  t.pass('at the access number it is not there');
});

void t.test('a domain: the number is there under it only', async (t) => {
  const number = newNumber();
  await box.conference({ conference_numbers: [number], play_welcome: false, domain: 'conf.example.com' });
  const [bare, right, wrong] = await Promise.all([
    callFrom(t, box.uri(number)),
    callFrom(t, `sip:${number}@Conf.Example.Com`),
    callFrom(t, `sip:${number}@example.com`),
  ]);
  t.same([bare.status, right.status, wrong.status], [404, 200, 404]);
  await hears(right.call, 'conf-alone');
  t.match(await box.ended(bare.call.callId), { endReason: 'not-found' });
});
