import type { FastifyRequest } from 'fastify';
import t from 'tap';
import { logFault, refusedStatus } from '../../src/http/fault.js';
import { listeningLog } from '../store/scratch.js';

void t.test('what Fastify refuses by itself', (t) => {
  for (const status of [400, 413, 499]) t.equal(refusedStatus({ statusCode: status }), status);
  for (const other of [399, 500, '400', undefined]) t.equal(refusedStatus({ statusCode: other }), undefined);
  for (const thrown of [undefined, null, 'text', new Error()]) t.equal(refusedStatus(thrown), undefined);
  t.end();
});

void t.test('a fault is logged by its route, without what the address held', (t) => {
  const { log, lines } = listeningLog();
  const request = { id: 'r', method: 'GET', url: '/a/1234', routeOptions: { url: '/a/:pin' } };
  logFault(log, new Error('no disk'), request as unknown as FastifyRequest);
  t.strictSame(lines, [
    {
      level: 'error',
      event: 'API request failed',
      fields: { method: 'GET', route: '/a/:pin', request: 'r', error: 'no disk' },
    },
  ]);
  t.end();
});
