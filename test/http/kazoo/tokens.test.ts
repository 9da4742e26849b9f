// Tokens: random, known by their hash, and not for ever.
import t from 'tap';
import { Tokens } from '../../../src/http/kazoo/tokens.js';
import { FakeClock } from '../../conference/fake-clock.js';

const session = { owner: 'admin-1', kind: 'admin', since: 0 };
const hour = 3_600_000;

void t.test('a token is long, random and found again', (t) => {
  const tokens = new Tokens({ clock: new FakeClock() });
  const token = tokens.issue(session);
  t.match(token, /^[0-9a-f]{64}$/);
  t.not(tokens.issue(session), token);
  t.strictSame(tokens.use(token), session);
  for (const wrong of ['', token.slice(1), `${token}0`, token.toUpperCase(), '0'.repeat(64)]) {
    t.equal(tokens.use(wrong), undefined);
  }
  t.notMatch(JSON.stringify([...Object.values(tokens)]), token);
  t.end();
});

void t.test('ends an hour after its last use, and a day after its first', (t) => {
  const clock = new FakeClock();
  const tokens = new Tokens({ clock });
  const unused = tokens.issue(session);
  const used = tokens.issue(session);
  for (let minutes = 0; minutes < 24 * 60 - 50; minutes += 50) {
    clock.advance(50 * 60_000);
    t.ok(tokens.use(used));
  }
  t.equal(tokens.use(unused), undefined);
  clock.advance(50 * 60_000);
  t.equal(tokens.use(used), undefined);
  const another = tokens.issue(session);
  clock.advance(hour - 1);
  t.ok(tokens.use(another));
  clock.advance(hour);
  t.equal(tokens.use(another), undefined);
  t.end();
});

void t.test('the table is bounded; the one unused for longest goes', (t) => {
  const tokens = new Tokens({ clock: new FakeClock(), most: 2 });
  const [a, b] = [tokens.issue(session), tokens.issue(session)];
  tokens.use(a);
  const c = tokens.issue(session);
  t.ok(tokens.use(a));
  t.equal(tokens.use(b), undefined);
  t.ok(tokens.use(c));
  t.end();
});

void t.test('can be looked at without being used, and ended', (t) => {
  const clock = new FakeClock(0);
  const tokens = new Tokens({ clock });
  const token = tokens.issue(session);
  clock.advance(hour - 1);
  t.strictSame(tokens.look(token), { session, endsAt: hour });
  t.ok(tokens.use(token));
  t.equal(tokens.look(token)?.endsAt, 2 * hour - 1);
  for (let hours = 0; hours < 30; hours++) {
    clock.advance(hour - 1);
    tokens.use(token);
  }
  t.equal(tokens.look(token), undefined, 'a day is the most');
  const other = tokens.issue(session);
  tokens.end(other);
  t.equal(tokens.use(other), undefined);
  t.equal(tokens.look('no token'), undefined);
  t.end();
});
