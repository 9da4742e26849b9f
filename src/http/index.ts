export { HttpServer, buildApp, type HttpServerOptions } from './http-server.js';
export type { Health } from './health.js';
