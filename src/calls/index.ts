export { Exchange, type ExchangeOptions } from './exchange.js';
export { Dialler, DialRefused, type DialRefusal } from './dialler.js';
export { Invitation, type DialOptions, type InvitationEvents } from './invitation.js';
export {
  ConferenceRecordings,
  type ConferenceRecordingsOptions,
  type RecordingLimits,
} from './conference-recordings.js';
export { NameRecorder, type NameRecorderOptions } from './name-recorder.js';
export type { LineQuality } from './line-watch.js';
export { ConferenceWatch, type ConferenceWatchOptions } from './conference-watch.js';
export { freeNumber, newPins } from './suggestions.js';
export type {
  ConferenceFacts,
  ConferenceFeed,
  FeedEvent,
  Happening,
  MemberFacts,
  Snapshot,
} from './conference-feed.js';
export { ConferenceControl, type MemberAction, type MemberWishes } from './conference-control.js';
export { ConferenceDirectory, type DirectorySource } from './directory.js';
export { ConferenceEditor, type ConferenceEditorOptions } from './conference-editor.js';
export { promptLanguages, type PromptLanguage } from './prompt-languages.js';
export { MediaLibrary, mediaIdOf, type MediaLibraryOptions } from './media-library.js';
export type { Play, PlayEnd } from './play-request.js';
export { longPatienceMs, SoundFiles, type SoundFilesOptions } from './sound-files.js';
export type { RunningConference } from './running-conference.js';
export { MeetingError, type MeetingFault } from './meeting-error.js';
export { Meetings } from './meetings.js';
export type { MeetingChange, MeetingsEvents, NewMeeting } from './meetings.js';
export {
  MeetingCalls,
  type MeetingCall,
  type MeetingCallsEvents,
  type NewMeetingCall,
} from './meeting-calls.js';
export { CallbackImpossible, CallbackSender, type CallbackSenderOptions } from './callback-sender.js';
export { GuardedRequests, UrlRefused, type GuardedRequest } from './guarded-requests.js';
export { MeetingSounds } from './meeting-sounds.js';
export type {
  ConferencePlayer,
  MeetingSound,
  MeetingSoundFact,
  MeetingSoundRequest,
  MeetingSoundsEvents,
} from './meeting-sounds.js';
export { RoomPlayer } from './room-player.js';
export { Speech, type SpeechOptions, type SpeechVoice, type SpokenLanguage } from './speech.js';
