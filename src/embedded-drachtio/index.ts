export { EmbeddedDrachtio, type EmbeddedDrachtioOptions } from './server.js';
