// partyline outbound.
import t from 'tap';
import { run, scratchBox } from './run.js';

void t.test('set, shown without the password, cleared', async (t) => {
  const box = scratchBox(t);
  const set = ['outbound', 'set', 'sip:pbx.example:5070;transport=tcp', '--login', 'box', '--caller-number'];
  const done = await box.runWith('hush hush\n', ...set, '3000');
  t.match(done, { code: 0, out: /sip:pbx\.example:5070;transport=tcp/ });
  const store = await box.start();
  t.match(await store.outboundPeer.get(), { user: 'box', password: 'hush hush', callerNumber: '3000' });
  const shown = await box.run('outbound', 'show');
  t.match(shown.out, /login +box, with a password\ncaller number +3000/);
  const json = await box.json('outbound', 'show');
  t.same(json, {
    uri: 'sip:pbx.example:5070;transport=tcp',
    login: 'box',
    password_set: true,
    caller_number: '3000',
    caller_name: null,
  });
  t.notMatch(done.out + done.err + shown.out + JSON.stringify(json), 'hush');

  t.equal((await box.run('outbound', 'set', '192.0.2.9')).code, 0);
  t.same(
    await store.outboundPeer.get(),
    { host: '192.0.2.9', transport: 'udp' },
    'nothing is kept from before',
  );
  t.match(await box.run('outbound', 'clear'), { code: 0, out: /forgotten/ });
  t.match(await box.run('outbound', 'clear'), { code: 0, out: /none/ });
  t.match((await box.run('outbound', 'show')).out, /No peer is set/);
  t.equal(await box.json('outbound', 'show'), null);
});

void t.test('what is refused', async (t) => {
  const box = scratchBox(t);
  t.match(await box.run('outbound', 'set'), { code: 2, err: /URI is missing/ });
  t.match(await box.run('outbound', 'set', 'tel:+1'), { code: 1, err: /uri: / });
  const own = { PARTYLINE_DATA: box.data, PARTYLINE_ADDRESS: '127.0.0.1', PARTYLINE_SIP_PORT: '5070' };
  t.match(await run(['outbound', 'set', 'sip:127.0.0.1:5070'], { env: own }), {
    code: 1,
    err: /the box itself/,
  });
  t.match(await box.runWith('\n', 'outbound', 'set', 'a', '--login', 'b'), { code: 1, err: /password: / });
  t.match(await box.run('outbound', 'set', 'a', '--caller-number', '1 2'), {
    code: 1,
    err: /caller number: /,
  });
  t.match(await box.run('outbound', 'show', '--login', 'a'), { code: 2 });
});
