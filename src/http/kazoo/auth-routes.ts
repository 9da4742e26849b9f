// Logging in: with an API key, or with the hash of user and password, as Kazoo's clients do. Either gives a token.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { JsonSchema } from '../../conference/schema.js';
import type { Credentials } from '../credentials.js';
import { checkOf } from './check.js';
import type { Answer, BoxIdentity } from './envelope.js';
import { validationError } from './errors.js';
import type { Guard, LoggedIn } from './guard.js';
import type { ApiCall, Resource } from './resource.js';

export interface AuthRoutesParts {
  readonly credentials: Credentials;
  readonly guard: Guard;
  readonly box: BoxIdentity;
}

const apiAuthSchema: JsonSchema = {
  title: 'ApiAuth',
  description: 'An API key',
  type: 'object',
  required: ['api_key'],
  properties: { api_key: { type: 'string', minLength: 1, maxLength: 128 } },
};

const userAuthSchema: JsonSchema = {
  title: 'UserAuth',
  description: 'The hash of user:password, the user in lower case, and the account by name or realm',
  type: 'object',
  required: ['credentials'],
  properties: {
    credentials: { type: 'string', minLength: 1, maxLength: 64 },
    account_name: { type: 'string', minLength: 1, maxLength: 128 },
    account_realm: { type: 'string', minLength: 1, maxLength: 253 },
    method: { type: 'string', enum: ['md5', 'sha1', 'sha'], default: 'md5' },
  },
};

interface UserAuth {
  readonly credentials: string;
  readonly account_name?: string;
  readonly account_realm?: string;
  readonly method: 'md5' | 'sha1' | 'sha';
}

const checkApiAuth = checkOf<{ api_key: string }>(apiAuthSchema);
const checkUserAuth = checkOf<UserAuth>(userAuthSchema);

export function authRoutes(parts: AuthRoutesParts): Resource[] {
  return [
    {
      path: '/api_auth',
      operations: {
        PUT: {
          summary: 'Log in with an API key',
          open: true,
          data: apiAuthSchema,
          status: 201,
          handle: async (call) => {
            const { api_key } = checkApiAuth(call.data);
            const login = await parts.guard.login(call.address, async () => {
              const key = await parts.credentials.findApiKey(api_key);
              return key && { owner: key.id, kind: key.kind };
            });
            return welcome(parts, call, login);
          },
        },
      },
    },
    {
      path: '/user_auth',
      operations: {
        PUT: {
          summary: 'Log in with user and password',
          open: true,
          data: userAuthSchema,
          status: 201,
          handle: async (call) => {
            const wanted = checkUserAuth(call.data);
            if (wanted.account_name === undefined && wanted.account_realm === undefined) {
              const message = 'Field is required but missing';
              throw validationError([{ field: 'account_name', rule: 'required', message }]);
            }
            const login = await parts.guard.login(call.address, async () => {
              const method = wanted.method === 'md5' ? 'md5' : 'sha1';
              const hash = wanted.credentials.toLowerCase();
              // Both in any case: how long it takes does not say which of them was wrong.
              const named = await isOurAccount(parts, wanted);
              const admin = await parts.credentials.checkCredentialsHash(hash, method);
              return named && admin ? { owner: admin.adminId, kind: 'admin' } : undefined;
            });
            return welcome(parts, call, login);
          },
        },
      },
    },
  ];
}

async function welcome(
  { credentials }: AuthRoutesParts,
  call: ApiCall,
  { session, token }: LoggedIn,
): Promise<Answer> {
  call.authToken = token;
  const accountId = await credentials.accountId();
  return {
    data: {
      account_id: accountId,
      account_name: await credentials.accountName(),
      owner_id: session.owner,
      reseller_id: accountId,
      is_reseller: false,
      language: 'en-us',
      apps: [],
    },
  };
}

/** A realm is the domain of the account's phones: the box by name or address. */
async function isOurAccount({ credentials, box }: AuthRoutesParts, wanted: UserAuth): Promise<boolean> {
  const name = await credentials.accountName();
  const byName = wanted.account_name === undefined || same(plain(wanted.account_name), plain(name));
  const realms = [name, box.name, box.address];
  const { account_realm: realm } = wanted;
  const byRealm = realm === undefined || realms.some((ours) => same(realm.toLowerCase(), ours.toLowerCase()));
  return byName && byRealm;
}

/** Kazoo looks at letters and digits of an account's name only. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
