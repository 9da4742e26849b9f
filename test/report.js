// Reads the raw TAP of a test run, says one line for each file and everything about what failed, and adds the numbers
// to a file, so that several runs end in one honest total: assertions are counted where they are made, the line that
// closes a suite only when the suite failed without one (it crashed, or timed out).
import { appendFileSync } from 'node:fs';
import { Parser } from 'tap-parser';

const [label, totals] = process.argv.slice(2);
const count = { passed: 0, failed: 0, skipped: 0 };

/** @param found failures of this suite and of those inside, as { path, result } */
function follow(suite, path, found) {
  let inner;
  suite.on('child', (child) => {
    inner = { name: child.name, found: found.length };
    follow(child, [...path, child.name], found);
  });
  suite.on('assert', (result) => {
    const closes = inner !== undefined && result.name === inner.name;
    const explained = closes && (result.ok || found.length > inner.found);
    if (closes) inner = undefined;
    if (explained) return;
    if (result.skip || result.todo) count.skipped += 1;
    else if (result.ok) count.passed += 1;
    else {
      count.failed += 1;
      found.push({ path, result });
    }
  });
}

function say(file, { path, result }) {
  console.log(`     ${[...path, result.name].join(' > ') || file}`);
  const text = JSON.stringify(result.diag ?? {}, undefined, 2).replaceAll('\\n', '\n');
  console.log(text.slice(0, 4000).replaceAll(/^/gm, '       '));
}

const failures = [];
const run = new Parser();
let before = { passed: 0, failures: 0 };
follow(run, [], failures);
run.on('assert', (result) => {
  const own = failures.slice(before.failures);
  const name = result.name.replace(/^dist\/test\//, '').replace(/\.test\.js$/, '');
  const seconds = ((result.time ?? 0) / 1000).toFixed(1);
  console.log(
    `${result.ok ? 'ok  ' : 'FAIL'} ${name} (${count.passed - before.passed} passed, ${seconds} s)`,
  );
  for (const failure of own) say(name, failure);
  before = { passed: count.passed, failures: failures.length };
});
run.on('complete', (results) => {
  // A run that was cut off, or in which nothing was tested, is no success.
  if ((!results.ok && count.failed === 0) || count.passed + count.failed === 0) count.failed += 1;
  appendFileSync(totals, `${JSON.stringify(count)}\n`);
  const skips = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
  console.log(`${label}: ${count.passed} assertions passed, ${count.failed} failed${skips}`);
  process.exitCode = count.failed > 0 ? 1 : 0;
});
process.stdin.pipe(run);
