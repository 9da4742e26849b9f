// Every kind of failure has its exit code.
import t from 'tap';
import { cliError, CliError } from '../../src/cli/errors.js';
import { PartylineError, SettingsError } from '../../src/errors.js';
import {
  ConflictError,
  InvalidDocumentError,
  NumbersInUseError,
  StorageError,
  StoreFileError,
} from '../../src/store/index.js';

void t.test('what was thrown becomes an exit code and a sentence', (t) => {
  const system = (code: string) => Object.assign(new Error(`${code}: x`), { code, path: '/x' });
  const cases: [unknown, number, RegExp][] = [
    [new CliError(3, 'x'), 3, /^x$/],
    [new PartylineError('NOT_FOUND', 'Conference 1'), 3, /Conference 1 was not found/],
    [new PartylineError('VALIDATION', 'no'), 1, /^This cannot be done: no/],
    [new ConflictError('1', 2), 4, /by somebody else/],
    [new NumbersInUseError(['1']), 4, /already in use: 1/],
    [new InvalidDocumentError([{ field: 'a', rule: 'b', message: 'c', value: 'd' }]), 1, /not valid/],
    [new StorageError(new Error('full')), 1, /full/],
    [new SettingsError('PARTYLINE_X is wrong.'), 2, /PARTYLINE_X/],
    [new StoreFileError('/x', 'in-use', 'locked'), 4, /locked/],
    [new StoreFileError('/x', 'damaged', 'broken'), 1, /broken/],
    [system('ENOENT'), 3, /^\/x was not found/],
    [system('EEXIST'), 4, /exists/],
    [system('EACCES'), 1, /\/x may not be used/],
    [system('EIO'), 1, /EIO/],
    ['text', 1, /text/],
  ];
  for (const [thrown, code, message] of cases) t.match(cliError(thrown), { exitCode: code, message });
  const { faults } = cliError(cases[5]![0]);
  t.same(faults, [{ field: 'a', message: 'c' }], 'without what was given');
  t.end();
});
