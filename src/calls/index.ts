export { Exchange, type ExchangeOptions } from './exchange.js';
export { ConferenceDirectory, type DirectorySource } from './directory.js';
export { SoundFiles, type SoundFilesOptions } from './sound-files.js';
export type { RunningConference } from './running-conference.js';
