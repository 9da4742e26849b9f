// Whether an error that ended a request is what Fastify refused by itself, or a fault of ours, which the log keeps.
import type { FastifyRequest } from 'fastify';
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';

/** The status of what Fastify refuses by itself, before a route is asked, 400 to 499; undefined = it is something else. */
export function refusedStatus(thrown: unknown): number | undefined {
  const status = (thrown as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' && status >= 400 && status <= 499 ? status : undefined;
}

/** Notes a fault of ours behind an API. Never the URL: it may hold what is secret. */
export function logFault(log: Log, thrown: unknown, request: FastifyRequest): void {
  const { method, routeOptions, id } = request;
  log.error('API request failed', {
    method,
    route: routeOptions.url,
    request: id,
    error: messageOf(thrown),
  });
}
