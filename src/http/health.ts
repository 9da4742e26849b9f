// GET /health: 200 once calls can be taken, else 503, with the state of each part. For supervisors, load balancers
// and people; it tells no secret and needs no login.
import type { FastifyInstance } from 'fastify';

export interface Health {
  readonly sip: boolean;
  readonly media: boolean;
  readonly store: boolean;
}

const schema = {
  type: 'object',
  properties: {
    status: { type: 'string', enum: ['ok', 'unavailable'] },
    sip: { type: 'boolean' },
    media: { type: 'boolean' },
    store: { type: 'boolean' },
  },
} as const;

export function healthRoute(app: FastifyInstance, health: () => Health): void {
  app.get('/health', { schema: { response: { 200: schema, 503: schema } } }, (_request, reply) => {
    const parts = health();
    const ok = parts.sip && parts.media && parts.store;
    return reply.code(ok ? 200 : 503).send({ status: ok ? 'ok' : 'unavailable', ...parts });
  });
}
