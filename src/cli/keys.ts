// partyline key: API keys, made, listed and revoked.
import type { ApiKey, NewApiKey } from '../store/index.js';
import type { Command } from './command.js';
import { usageError } from './errors.js';
import { table, timeJson, timeText } from './output.js';

const create: Command = {
  words: ['key', 'create'],
  options: ['kind', 'name', 'user'],
  summary: 'make an API key and show it, this once',
  details: [
    'A kazoo key is what "api_key" is in PUT /v2/api_auth. A catapult key is a user, and a token and a secret for HTTP',
    'Basic. The box keeps only their hashes: a key that is lost cannot be shown again, only revoked.',
  ],
  async run({ options: { kind, name, user }, box, output }) {
    if (kind !== 'kazoo' && kind !== 'catapult') throw usageError('--kind must be kazoo or catapult.');
    const key = await box.withNewStore((store) =>
      store.apiKeys.create({
        kind,
        ...(name !== undefined && { name }),
        ...(user !== undefined && { userId: user }),
      }),
    );
    output.result({ ...keyJson(key), ...secrets(key) }, [
      `id          ${key.id}`,
      ...Object.entries(secrets(key)).map(([field, value]) => `${field.padEnd(10)}  ${value}`),
    ]);
    output.note('Write it down now: the box cannot show it again.');
  },
};

const list: Command = {
  words: ['key', 'list'],
  summary: 'list the API keys, without what is secret',
  async run({ box, output }) {
    const keys = await box.withStore((store) => store.apiKeys.list());
    output.result(
      keys.map(keyJson),
      table(
        ['ID', 'KIND', 'USER', 'CREATED', 'LAST USED', 'REVOKED', 'NAME'],
        keys.map((key) => [
          key.id,
          key.kind,
          key.userId ?? '-',
          timeText(key.createdAt),
          timeText(key.lastUsedAt),
          timeText(key.revokedAt),
          key.name,
        ]),
      ),
    );
  },
};

const revoke: Command = {
  words: ['key', 'revoke'],
  args: [{ name: 'ID' }],
  summary: 'make an API key open nothing any more',
  details: ['The running box refuses the key from the next request on.'],
  async run({ args: [id = ''], box, output }) {
    const key = await box.withStore((store) => store.apiKeys.revoke(id));
    output.result(keyJson(key), [`API key ${key.id} is revoked.`]);
  },
};

export const keyCommands: readonly Command[] = [create, list, revoke];

function keyJson(key: ApiKey): Record<string, unknown> {
  return {
    id: key.id,
    kind: key.kind,
    name: key.name,
    ...(key.kind === 'catapult' && { user_id: key.userId, api_token: key.token }),
    created_at: timeJson(key.createdAt),
    last_used_at: timeJson(key.lastUsedAt),
    revoked_at: timeJson(key.revokedAt),
  };
}

/** In the words of the two APIs. */
function secrets(key: NewApiKey): Record<string, string> {
  if (key.kind === 'kazoo') return { api_key: key.secret };
  return { user_id: key.userId ?? '', api_token: key.token ?? '', api_secret: key.secret };
}
