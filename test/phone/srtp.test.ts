// SRTP against the published vectors of RFC 3711, and against itself over roll-overs, losses and forgeries.
import t from 'tap';

import { deriveKey, newSrtpKey, Srtp } from './srtp.js';

function packet(sequence: number, ssrc = 0x11223344): Buffer {
  const bytes = Buffer.alloc(172, sequence & 0xff);
  bytes[0] = 0x80;
  bytes[1] = 0;
  bytes.writeUInt16BE(sequence & 0xffff, 2);
  bytes.writeUInt32BE(sequence * 160, 4);
  bytes.writeUInt32BE(ssrc, 8);
  return bytes;
}

void t.test('key derivation, RFC 3711 appendix B.3', (t) => {
  const master = Buffer.from('E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6', 'hex');
  t.equal(deriveKey(master, 0, 16).toString('hex').toUpperCase(), 'C61E7A93744F39EE10734AFE3FF7A087');
  t.equal(deriveKey(master, 2, 14).toString('hex').toUpperCase(), '30CBBC08863D8C85D49DB34A9AE1');
  t.equal(deriveKey(master, 1, 20).toString('hex').toUpperCase(), 'CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4');
  t.end();
});

void t.test('a stream over two roll-overs with losses and swapped packets', (t) => {
  const key = newSrtpKey();
  const send = new Srtp(key);
  const receive = new Srtp(key);
  const open: Buffer[] = [];
  const around = (middle: number): number[] => Array.from({ length: 400 }, (_, i) => middle - 200 + i);
  for (const i of [
    ...around(65_536),
    ...around(90_000),
    ...around(115_000),
    ...around(131_072),
    ...around(150_000),
  ]) {
    const secret = send.protect(packet(i % 65_536));
    if (i % 7 === 0) continue;
    open.push(secret);
    if (open.length === 2) {
      for (const one of [open[1]!, open[0]!]) {
        const got = receive.unprotect(one);
        t.ok(got, `${i}`);
        t.equal(got!.readUInt32BE(8), 0x11223344);
        t.equal(got![20], got!.readUInt16BE(2) & 0xff);
      }
      open.length = 0;
    }
  }
  t.equal(receive.failures, 0);
  t.end();
});

void t.test('a changed packet, a wrong key and scraps are refused and counted', (t) => {
  const send = new Srtp(newSrtpKey());
  const receive = new Srtp(send.master);
  const secret = send.protect(packet(1));
  t.same(receive.unprotect(secret), packet(1));
  secret[40]! ^= 1;
  t.equal(receive.unprotect(secret), undefined);
  t.equal(new Srtp(newSrtpKey()).unprotect(send.protect(packet(2))), undefined);
  t.equal(receive.unprotect(Buffer.alloc(5)), undefined);
  t.equal(receive.unprotectRtcp(Buffer.alloc(9)), undefined);
  t.equal(receive.failures, 3);
  t.throws(() => new Srtp(Buffer.alloc(16)));
  t.end();
});

void t.test('SRTCP', (t) => {
  const send = new Srtp(newSrtpKey());
  const receive = new Srtp(send.master);
  const report = Buffer.from('80c90001' + '11223344' + '0102030405060708', 'hex');
  for (let i = 0; i < 3; i++) t.same(receive.unprotectRtcp(send.protectRtcp(report)), report);
  const forged = send.protectRtcp(report);
  forged[10]! ^= 1;
  t.equal(receive.unprotectRtcp(forged), undefined);
  t.end();
});
