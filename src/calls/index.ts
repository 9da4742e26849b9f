export { Exchange, type ExchangeOptions } from './exchange.js';
export { ConferenceControl, type MemberAction } from './conference-control.js';
export type {
  ConferenceFacts,
  ConferenceFeed,
  FeedEvent,
  Happening,
  MemberFacts,
  Snapshot,
} from './conference-feed.js';
export { ConferenceDirectory, type DirectorySource } from './directory.js';
export { ConferenceEditor, type ConferenceEditorOptions } from './conference-editor.js';
export { SoundFiles, type SoundFilesOptions } from './sound-files.js';
export type { RunningConference } from './running-conference.js';
