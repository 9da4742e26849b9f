export { Pages, type PagesOptions } from './pages.js';
export type { BoxFacts } from './box-facts.js';
export type { CertificateDesk, CertificateFacts } from './certificate-pages.js';
export { newSetupCode } from './setup-code.js';
