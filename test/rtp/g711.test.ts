import t from 'tap';
import { aLaw, muLaw } from '../../src/rtp/g711.js';

void t.test('known octets of ITU-T G.711', async (t) => {
  t.equal(muLaw.decode[0xff], 0);
  t.equal(muLaw.decode[0x80], 32_124, 'the loudest');
  t.equal(muLaw.decode[0x00], -32_124);
  t.equal(muLaw.encode[0], 0xff, 'silence');
  t.equal(aLaw.decode[0xd5], 8, 'the smallest');
  t.equal(aLaw.decode[0xaa], 32_256);
  t.equal(aLaw.decode[0x2a], -32_256);
});

for (const [name, { decode, encode }] of Object.entries({ muLaw, aLaw })) {
  void t.test(`${name}: there and back`, async (t) => {
    for (let octet = 0; octet < 256; octet++) {
      const sample = decode[octet] ?? NaN;
      if (decode[encode[sample & 0xffff] ?? 0] !== sample) t.fail(`octet ${octet}`);
    }
    for (let sample = -32_768; sample <= 32_767; sample += 7) {
      const back = decode[encode[sample & 0xffff] ?? 0] ?? NaN;
      // Half a step: at most 1/24 of the value (just above a segment), or what the smallest steps and the ends leave.
      if (Math.abs(back - sample) > Math.max(8, Math.abs(sample) / 24)) t.fail(`${sample} became ${back}`);
    }
    t.pass('every sample becomes its nearest octet');
  });
}
