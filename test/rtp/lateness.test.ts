import t from 'tap';
import { Lateness } from '../../src/rtp/lateness.js';

const limits = { renewFromMs: 60, calmMs: 1000, apartMs: 5000 };

void t.test('a long standstill is worth a renewal once it has been calm', async (t) => {
  const late = new Lateness(limits);
  t.notOk(late.due(10_000), 'nothing happened');
  late.stood(59, 10_000);
  t.notOk(late.due(20_000), 'too little');
  late.stood(60, 20_000);
  t.notOk(late.due(20_999), 'not at once');
  t.ok(late.due(21_000));
  late.stood(30, 20_900);
  t.notOk(late.due(21_899), 'it is not calm yet');
  t.ok(late.due(21_900), 'and what was late stays late');
});

void t.test('trifles neither add up nor disturb the calm', async (t) => {
  const late = new Lateness(limits);
  for (let n = 0; n < 100; n++) late.stood(19, n);
  t.notOk(late.due(10_000));
  late.stood(100, 10_000);
  late.stood(19, 10_999);
  t.ok(late.due(11_000));
});

void t.test('two renewals are apart; a call that is fresh for another reason counts as none', async (t) => {
  const late = new Lateness(limits);
  late.stood(100, 0);
  late.renewed(1000);
  t.notOk(late.due(1500), 'nothing is late any more');
  late.stood(100, 2000);
  t.notOk(late.due(5999));
  t.ok(late.due(6000));
  late.renewed();
  t.notOk(late.due(20_000));
  late.stood(100, 20_000);
  t.ok(late.due(21_000));
});
