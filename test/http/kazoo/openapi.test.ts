// The description of the API: every call that exists, and none that does not.
import { Ajv } from 'ajv';
import t from 'tap';
import { accountId } from '../credentials.js';
import { Api } from './api.js';

interface Described {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Record<string, Record<string, Operation>>;
}

interface Operation {
  readonly security?: unknown[];
  readonly parameters?: { readonly name: string }[];
  readonly requestBody?: { readonly content: { 'application/json'?: { schema: object } } };
}

void t.test('names every call, open to all', async (t) => {
  const api = await Api.start(t);
  api.token = '';
  const reply = await api.get('/openapi.json');
  t.equal(reply.status, 200);
  const document = reply.body as unknown as Described;
  t.equal(document.openapi, '3.1.0');
  t.equal(document.info.version, '1.2.3');
  const calls = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((key) => key !== 'parameters')
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
  const one = '/accounts/{account}/conferences/{conference}';
  t.strictSame(
    calls.sort(),
    [
      'PUT /api_auth',
      'PUT /user_auth',
      'GET /accounts/{account}/conferences',
      'PUT /accounts/{account}/conferences',
      `GET ${one}`,
      `PUT ${one}`,
      `POST ${one}`,
      `PATCH ${one}`,
      `DELETE ${one}`,
      `GET ${one}/participants`,
      `PUT ${one}/participants`,
      `GET ${one}/participants/{participant}`,
      `PUT ${one}/participants/{participant}`,
      'GET /accounts/{account}/recordings',
      'GET /accounts/{account}/recordings/{recording}',
      'DELETE /accounts/{account}/recordings/{recording}',
      'GET /accounts/{account}/media',
      'PUT /accounts/{account}/media',
      'GET /accounts/{account}/media/{media}',
      'POST /accounts/{account}/media/{media}',
      'PATCH /accounts/{account}/media/{media}',
      'DELETE /accounts/{account}/media/{media}',
      'GET /accounts/{account}/media/{media}/raw',
      'PUT /accounts/{account}/media/{media}/raw',
      'POST /accounts/{account}/media/{media}/raw',
    ].sort(),
  );
  t.strictSame(document.paths['/api_auth']?.put?.security, []);
  t.equal(document.paths[one]?.get?.security, undefined);
  const names = document.paths['/accounts/{account}/conferences']?.get?.parameters?.map(({ name }) => name);
  t.strictSame(names, ['page_size', 'start_key', 'paginate', 'ascending', 'descending']);
});

void t.test('its schemas are schemas, and each call it names answers', async (t) => {
  const api = await Api.start(t);
  const document = (await api.get('/openapi.json')).body as unknown as Described;
  const ajv = new Ajv({ strict: true, allowUnionTypes: true });
  const id = await api.conference();
  await api.join(id);
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (method === 'parameters') continue;
      const schema = operation.requestBody?.content['application/json']?.schema;
      if (schema) t.ok(ajv.compile(schema), `${method} ${path}`);
      if (method === 'delete') continue;
      const url = path
        .replace('{account}', accountId)
        .replace('{conference}', id)
        .replace('{participant}', '1');
      const reply = await api.send(method.toUpperCase(), url);
      t.notOk([401, 403, 405].includes(reply.status) || reply.status >= 500, `${method} ${path}`);
    }
  }
});
