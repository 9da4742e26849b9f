import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { runPorts } from '../../src/supervisor/run-ports.js';

const folder = mkdtempSync(join(tmpdir(), 'partyline-ports-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

void t.test('ports are remembered, and another one is taken for one that is in use', async (t) => {
  const first = await runPorts(folder);
  t.equal(new Set(Object.values(first)).size, 3);
  t.strictSame(await runPorts(folder), first);
  const taken = createSocket('udp4');
  await new Promise<void>((resolve) => taken.bind(first.ng, '127.0.0.1', resolve));
  t.teardown(() => taken.close());
  const second = await runPorts(folder);
  t.not(second.ng, first.ng);
  t.equal(second.dtmf, first.dtmf);
  t.equal(second.drachtio, first.drachtio);
  t.strictSame(JSON.parse(readFileSync(join(folder, 'run', 'ports.json'), 'utf8')), second);
});

void t.test('a file that cannot be read is no obstacle', async (t) => {
  for (const content of ['', '{', '[]', '{"ng": "x", "dtmf": -1, "drachtio": 70000}']) {
    writeFileSync(join(folder, 'run', 'ports.json'), content);
    const ports = await runPorts(folder);
    t.ok(Object.values(ports).every((port) => Number.isInteger(port) && port >= 1024 && port <= 65535));
  }
});
