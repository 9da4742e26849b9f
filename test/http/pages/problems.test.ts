import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { machineState, temperature } from '../../../src/http/pages/box-facts.js';
import { problemsOf } from '../../../src/http/pages/problems.js';
import { scratchFolder } from '../../store/scratch.js';

const well = { sip: true, media: true, store: true };
const idle = {
  diskFree: 10e9,
  diskTotal: 30e9,
  memoryFree: 1e9,
  load: 0.1,
  cores: 2,
  temperature: undefined,
};

void t.test('names each problem, the worst first', (t) => {
  t.same(problemsOf(well, idle, false), []);
  t.same(problemsOf({ sip: false, media: false, store: false }, idle, true), [
    'store',
    'sip',
    'media',
    'https',
  ]);
  t.same(problemsOf(well, { ...idle, diskFree: 1e9 }, false), ['disk']);
  t.same(problemsOf(well, { ...idle, diskFree: 0, diskTotal: 0 }, false), [], 'a disk that says nothing');
  t.same(problemsOf(well, { ...idle, memoryFree: 1e6, load: 4, temperature: 80 }, false), [
    'memory',
    'hot',
    'load',
  ]);
  t.end();
});

void t.test('the hottest sensor counts, one that is not there does not', async (t) => {
  const folder = scratchFolder(t);
  t.equal(temperature(folder), undefined);
  t.equal(temperature('/nowhere'), undefined);
  for (const [zone, text] of [
    ['0', '41234\n'],
    ['1', '62500\n'],
    ['2', '-274000\n'],
  ] as const) {
    mkdirSync(join(folder, `thermal_zone${zone}`));
    writeFileSync(join(folder, `thermal_zone${zone}`, 'temp'), text);
  }
  t.equal(temperature(folder), 62.5);
  const state = await machineState(folder);
  t.ok(state.diskTotal >= state.diskFree && state.diskTotal > 0);
  t.ok(state.memoryFree > 0);
  t.ok(state.cores > 0);
});
