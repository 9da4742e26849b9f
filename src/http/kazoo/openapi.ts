// The OpenAPI 3.1 document of the API, made from the tables that the requests go through, so that neither can say what
// the other does not.
import type { JsonSchema } from '../../conference/schema.js';
import { methods, type Operation, type Resource } from './resource.js';

type Json = Record<string, unknown>;

/** @param version release of this software */
export function openApiOf(resources: readonly Resource[], version: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Partyline: conferences in the way of Kazoo',
      version,
      description: 'Log in at /api_auth or /user_auth, then send the token as X-Auth-Token.',
    },
    servers: [{ url: '/v2' }],
    security: [{ token: [] }],
    paths: Object.fromEntries(resources.map((resource) => [templateOf(resource.path), pathOf(resource)])),
    components: {
      securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' } },
      schemas: { Success: successSchema, Error: errorSchema },
    },
  };
}

/** Of every answer. */
const signature: Json = {
  request_id: { type: 'string' },
  timestamp: { type: 'string', description: 'ISO 8601' },
  version: { type: 'string' },
  node: { type: 'string' },
  auth_token: { type: 'string' },
};

const successSchema: Json = {
  type: 'object',
  required: ['data', 'status', 'request_id', 'revision'],
  properties: {
    data: {},
    status: { const: 'success' },
    revision: { type: 'string' },
    page_size: { type: 'integer' },
    start_key: { type: 'string' },
    next_start_key: { type: 'string' },
    ...signature,
  },
};

const errorSchema: Json = {
  type: 'object',
  required: ['data', 'status', 'error', 'message', 'request_id'],
  properties: {
    data: { type: 'object' },
    status: { const: 'error' },
    error: { type: 'string', description: 'The HTTP status' },
    message: { type: 'string', description: 'bad_identifier, validation error and so on' },
    ...signature,
  },
};

function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

function pathOf({ path, operations }: Resource): Json {
  const names = [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '');
  const parameters = names.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const described = methods.flatMap((method) => {
    const operation = operations[method];
    return operation ? [[method.toLowerCase(), operationOf(operation)] as const] : [];
  });
  return { ...(parameters.length > 0 && { parameters }), ...Object.fromEntries(described) };
}

function operationOf(operation: Operation): Json {
  const { summary, query, data, status = 200, open, bare, takesSound } = operation;
  return {
    summary,
    ...(open && { security: [] }),
    ...(query && { parameters: queryParameters(query) }),
    ...(data && { requestBody: content({ type: 'object', properties: { data } }) }),
    ...(takesSound && { requestBody: { required: true, content: soundContent } }),
    responses: {
      [status]: {
        description: summary,
        ...content(bare ? { type: 'object' } : { $ref: '#/components/schemas/Success' }),
      },
      default: { description: 'Refused', ...content({ $ref: '#/components/schemas/Error' }) },
    },
  };
}

function queryParameters({ properties = {} }: JsonSchema): Json[] {
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }));
}

const soundContent = Object.fromEntries(
  ['audio/mpeg', 'audio/mp3', 'audio/wav', 'audio/x-wav'].map((type) => [
    type,
    { schema: { type: 'string', format: 'binary' } },
  ]),
);

function content(schema: Json): Json {
  return { content: { 'application/json': { schema } } };
}
