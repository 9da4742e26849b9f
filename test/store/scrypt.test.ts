// How passwords are kept: what is stored, what fits it, and that checks take turns.
import t from 'tap';
import { PartylineError } from '../../src/errors.js';
import { Scrypt } from '../../src/store/scrypt.js';

void t.test('a hash carries its cost and its salt, and fits its text only', async (t) => {
  const scrypt = new Scrypt();
  const hash = await scrypt.hash('correct horse');
  t.match(hash, /^\$scrypt\$ln=14,r=8,p=5\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  t.not(await scrypt.hash('correct horse'), hash, 'another salt each time');
  t.same(await scrypt.matches('correct horse', [hash]), [true]);
  t.same(await scrypt.matches('correct horsf', [hash]), [false]);
  const salt = Buffer.alloc(16, 7);
  t.equal(await scrypt.hash('a', salt), await scrypt.hash('a', salt), 'the same for a given salt');
});

void t.test('a hash of another cost is checked by its own', async (t) => {
  // RFC 7914, section 12: P "pleaseletmein", S "SodiumChloride", N = 16384, r = 8, p = 1; its first 32 bytes.
  const known = Buffer.from('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2', 'hex');
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  // The salt of the RFC has 14 bytes, which are 19 characters.
  const hash = `$scrypt$ln=14,r=8,p=1$${text(Buffer.from('SodiumChloride'))}$${text(known)}`;
  t.same(await new Scrypt().matches('pleaseletmein', [hash]), [true]);
});

void t.test('what is no hash of ours fits nothing, and costs nothing without bounds', async (t) => {
  const scrypt = new Scrypt();
  const good = await scrypt.hash('secret');
  const bad = ['', 'secret', good.replace('ln=14', 'ln=31'), good.replace('p=5', 'p=99'), `${good}x`];
  t.same(await scrypt.matches('secret', [...bad, good]), [...bad.map(() => false), true]);
});

void t.test('too many at once are turned away, and afterwards it works again', async (t) => {
  const scrypt = new Scrypt();
  const cheap = `$scrypt$ln=1,r=1,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;
  const results = await Promise.allSettled(Array.from({ length: 40 }, () => scrypt.matches('x', [cheap])));
  const refused = results.filter((result) => result.status === 'rejected');
  t.equal(refused.length, 8);
  t.ok(refused.every(({ reason }) => reason instanceof PartylineError && reason.code === 'UNAVAILABLE'));
  t.same(await scrypt.matches('x', [cheap]), [false]);
});
