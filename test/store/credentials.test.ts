// Who logged in once, and whether they are still welcome.
import { join } from 'node:path';
import t from 'tap';
import { Store } from '../../src/store/index.js';
import { scratchFolder } from './scratch.js';

void t.test(
  'a login ends with its key, its admin or its password, also when another process ends it',
  async (t) => {
    const file = join(scratchFolder(t), 'box.db');
    let now = 1000;
    const box = new Store({ file, now: () => now });
    const tool = new Store({ file, tool: true, now: () => now });
    await box.start();
    await tool.start();
    t.teardown(async () => {
      await tool.stop();
      await box.stop();
    });
    const { credentials } = box;
    const key = await box.apiKeys.create({ kind: 'kazoo' });
    const ada = await box.admins.setPassword('ada', 'correct horse', { create: 'missing' });
    const eve = await box.admins.setPassword('eve', 'battery staple', { create: 'missing' });
    now = 2000;
    const logins = {
      key: { owner: key.id, kind: 'kazoo', since: now },
      ada: { owner: ada.id, kind: 'admin', since: now },
      eve: { owner: eve.id, kind: 'admin', since: now },
    };
    for (const login of Object.values(logins)) t.ok(await credentials.stillValid(login));
    t.notOk(await credentials.stillValid({ ...logins.ada, kind: 'kazoo' }), 'an admin is no key');
    t.notOk(await credentials.stillValid({ ...logins.ada, since: 999 }), 'before the password');

    now = 3000;
    await tool.apiKeys.revoke(key.id);
    t.notOk(await credentials.stillValid(logins.key));
    await tool.admins.setPassword('ada', 'another horse');
    t.notOk(await credentials.stillValid(logins.ada));
    t.ok(await credentials.stillValid({ ...logins.ada, since: now }), 'with the new one');
    await tool.admins.remove('eve');
    t.notOk(await credentials.stillValid(logins.eve));
  },
);
