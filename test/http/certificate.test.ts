import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import t from 'tap';
import { Certificate, HttpsServer } from '../../src/http/index.js';
import { silentLog } from '../../src/log.js';
import { freePort } from '../calls/box.js';
import { listeningLog, scratchFolder } from '../store/scratch.js';

const names = ['192.0.2.1', '127.0.0.1', 'box.example', 'localhost', 'no name;$(x)'];

void t.test('the box makes a certificate once, for its names, its key for the owner alone', async (t) => {
  const folder = join(scratchFolder(t), 'certificate');
  const made = await new Certificate({ folder, names, log: silentLog }).load();
  const { subjectAltName, validTo } = new X509Certificate(made.certificate);
  t.equal(subjectAltName, 'IP Address:192.0.2.1, IP Address:127.0.0.1, DNS:box.example, DNS:localhost');
  t.ok(Date.parse(validTo) > Date.now() + 9 * 365 * 86_400_000);
  t.equal(statSync(join(folder, 'key.pem')).mode & 0o777, 0o600);
  t.same(await new Certificate({ folder, names, log: silentLog }).load(), made);
});

void t.test('a certificate that a power cut has emptied is laid aside for a new one', async (t) => {
  const folder = join(scratchFolder(t), 'certificate');
  const { log, lines } = listeningLog();
  const made = await new Certificate({ folder, names, log }).load();
  writeFileSync(join(folder, 'certificate.pem'), '');
  const again = await new Certificate({ folder, names, log }).load();
  t.not(again.certificate, made.certificate);
  t.same(await new Certificate({ folder, names, log }).load(), again, 'and that one is kept');
  t.equal(readFileSync(join(folder, 'certificate.pem.unusable'), 'utf8'), '');
  t.equal(readFileSync(join(folder, 'key.pem.unusable'), 'utf8'), made.key);
  t.equal(lines.length, 2);
});

void t.test('an own certificate that was put in its place by half is put there whole', async (t) => {
  const folder = scratchFolder(t);
  const options = { names, log: silentLog };
  const box = new Certificate({ folder: join(folder, 'a'), ...options });
  await box.load();
  const own = await new Certificate({ folder: join(folder, 'b'), ...options }).load();
  writeFileSync(join(folder, 'a/key.pem'), own.key);
  writeFileSync(join(folder, 'a/certificate.pem.part'), own.certificate);
  t.same(await box.load(), own);
  t.notOk(existsSync(join(folder, 'a/certificate.pem.part')));
});

/** What the server answers, and the certificate it shows. */
function ask(port: number): Promise<{ text: string; fingerprint: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', rejectUnauthorized: false, agent: false }, (response) => {
      const { fingerprint256 } = (response.socket as TLSSocket).getPeerCertificate();
      response
        .setEncoding('utf8')
        .once('data', (text: string) => resolve({ text, fingerprint: fingerprint256 }));
    });
    sent.once('error', reject);
    sent.end();
  });
}

void t.test('HTTPS serves with it, and with another from one request to the next', async (t) => {
  const folder = scratchFolder(t);
  const port = await freePort();
  const certificate = new Certificate({ folder: join(folder, 'a'), names, log: silentLog });
  const server = new HttpsServer({ address: '127.0.0.1', port, certificate, log: silentLog });
  t.equal(server.port(), undefined);
  await server.start((_request, response) => void response.end('here'), {
    maxConnections: 10,
  });
  t.teardown(() => server.stop());
  t.equal(server.port(), port);
  t.match(await ask(port), { text: 'here', fingerprint: server.facts()?.fingerprint });
  t.equal(server.facts()?.own, true);

  const other = await new Certificate({
    folder: join(folder, 'b'),
    names: ['other.example'],
    log: silentLog,
  }).load();
  const before = server.facts()?.fingerprint;
  await server.use(other.certificate, other.key);
  t.not(server.facts()?.fingerprint, before);
  t.match(await ask(port), { fingerprint: server.facts()?.fingerprint });
  t.same(await certificate.load(), other, 'after a restart too');

  const third = await new Certificate({
    folder: join(folder, 'c'),
    names: ['third.example'],
    log: silentLog,
  }).load();
  await t.rejects(server.use(third.certificate, other.key), 'a key of another');
  await t.rejects(server.use('nonsense', 'nonsense'));
  t.same(await certificate.load(), other);
});

void t.test('a box without HTTPS, or without a certificate, goes on without', async (t) => {
  const folder = scratchFolder(t);
  const limits = { maxConnections: 10 };
  const off = new HttpsServer({
    address: '127.0.0.1',
    port: 0,
    certificate: new Certificate({ folder, names, log: silentLog }),
    log: silentLog,
  });
  await off.start(() => undefined, limits);
  t.same([off.wanted, off.port(), off.facts()], [false, undefined, undefined]);
  const faulty = new HttpsServer({
    address: '127.0.0.1',
    port: await freePort(),
    certificate: { load: () => Promise.reject(new Error('no openssl')) } as unknown as Certificate,
    log: silentLog,
  });
  await faulty.start(() => undefined, limits);
  t.same([faulty.wanted, faulty.port()], [true, undefined]);
});
