// The command line beside a whole box: what it says of it, what the box notices, and what it may not do.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { run } from '../cli/run.js';
import { Box } from './box.js';

void t.test('a box, its first admin, and the command line beside it', async (t) => {
  const password = 'a first password';
  const box = await Box.start({ env: { PARTYLINE_ADMIN_PASSWORD: password } });
  t.teardown(() => box.stop());
  const env = { PARTYLINE_DATA: box.data, PARTYLINE_HTTP_PORT: String(box.httpPort) };
  const cli = (...args: string[]) => run(args, { env });

  t.match(await cli('status'), { code: 0, out: 'The box takes calls.\n' });
  t.match(await cli('admin', 'list'), { code: 0, out: /admin/ });
  t.match(await cli('conference', 'list'), { code: 0, out: /3000 +yes +Demo/ });
  const backup = join(box.data, 'copy');
  t.equal((await cli('backup', backup)).code, 0);
  t.match(await cli('restore', backup), { code: 4, err: /A box is running/ });

  t.equal(await box.interrupt(), 0);
  t.match(await cli('status'), { code: 1, out: /is not running/ });
  t.match(await cli('restore', backup), { code: 0, out: /2 conferences/ });

  await box.boot();
  t.match(await cli('status'), { code: 0 }, 'and it runs on what was restored');
  await box.logged(({ msg }) => /PARTYLINE_ADMIN_PASSWORD is ignored/.test(String(msg)));
  const logs = readdirSync(join(box.data, 'log')).map((name) =>
    readFileSync(join(box.data, 'log', name), 'utf8'),
  );
  t.notMatch(logs.join('') + box.said, password);
});

void t.test('a first password that is too short stops the start with a sentence', async (t) => {
  const start = Box.start({ env: { PARTYLINE_ADMIN_PASSWORD: 'seven77' } });
  const error: unknown = await start.then(
    (box) => box.stop(),
    (thrown: unknown) => thrown,
  );
  t.match(String(error), /PARTYLINE_ADMIN_PASSWORD must have 8 to 128 characters/);
  t.notMatch(String(error), 'seven77');
});
