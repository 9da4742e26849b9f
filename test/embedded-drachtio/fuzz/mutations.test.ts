// The fuzzer must be repeatable, or nothing it finds can be mended; and it must really spoil what it is given.
import t from 'tap';
import { mutate, Random } from './mutations.js';

const text = 'OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nContent-Length: 0\r\n\r\n';

void t.test('one seed gives one sequence, another seed another', async (t) => {
  const run = (seed: number): string[] => {
    const random = new Random(seed);
    return Array.from({ length: 200 }, () => mutate(text, random));
  };
  t.same(run(7), run(7));
  t.notSame(run(7), run(8));
});

void t.test('nearly everything is spoilt, nothing is empty, and each byte is a byte', async (t) => {
  const random = new Random(1);
  const spoilt = Array.from({ length: 1000 }, () => mutate(text, random));
  t.ok(spoilt.filter((other) => other !== text).length > 950);
  t.ok(spoilt.every((other) => other.length > 0));
  t.ok(spoilt.every((other) => [...other].every((character) => character.charCodeAt(0) < 256)));
});
