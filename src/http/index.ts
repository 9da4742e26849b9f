export { HttpServer, buildApp, type HttpServerOptions } from './http-server.js';
export type { Credentials } from './credentials.js';
export type { Health } from './health.js';
export type { BoxIdentity, KazooApiOptions } from './kazoo/index.js';
export { Certificate, type CertificateOptions } from './certificate.js';
export { HttpsServer, type HttpsServerOptions } from './https-server.js';
export { PlainHttp } from './plain-http.js';
export { newSetupCode, type PagesOptions } from './pages/index.js';
