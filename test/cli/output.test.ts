// What is printed where.
import t from 'tap';
import { CliError } from '../../src/cli/errors.js';
import { Output, table, timeJson, timeText } from '../../src/cli/output.js';

function listening(json: boolean) {
  const texts = { out: '', err: '' };
  const output = new Output({
    json,
    out: { write: (text) => (texts.out += text) },
    err: { write: (text) => (texts.err += text) },
  });
  return { output, texts };
}

void t.test('text and JSON', (t) => {
  const error = new CliError(1, 'It is wrong.', [
    { field: 'a.b', message: 'no' },
    { field: '', message: 'never' },
  ]);
  const text = listening(false);
  text.output.result({ a: 1 }, ['one', 'two']);
  text.output.note('by the way');
  text.output.error(error);
  t.same(text.texts, { out: 'one\ntwo\n', err: 'by the way\nIt is wrong.\n  a.b: no\n  document: never\n' });
  const json = listening(true);
  json.output.result({ a: 1 }, ['one']);
  json.output.note('by the way');
  json.output.error(error);
  t.same(JSON.parse(json.texts.out), { a: 1 });
  t.same(JSON.parse(json.texts.err), {
    error: { message: 'It is wrong.', exit_code: 1, fields: error.faults },
  });
  t.end();
});

void t.test('tables and times', (t) => {
  t.same(
    table(
      ['A', 'BB', 'C'],
      [
        ['aaa', 'b', ''],
        ['a', 'bbb', 'x\u001b'],
      ],
    ),
    ['A    BB   C', 'aaa  b', 'a    bbb  x?'],
  );
  t.same(table(['A'], []), ['A']);
  t.equal(timeText(1_700_000_000_123), '2023-11-14T22:13:20Z');
  t.equal(timeText(undefined), '-');
  t.equal(timeJson(1_700_000_000_123), '2023-11-14T22:13:20.123Z');
  t.equal(timeJson(undefined), null);
  t.end();
});
