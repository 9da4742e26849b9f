export { Exchange, type ExchangeOptions } from './exchange.js';
export { Dialler, DialRefused, type DialRefusal } from './dialler.js';
export { Invitation, type DialOptions, type InvitationEvents } from './invitation.js';
export { ConferenceControl, type MemberAction, type MemberWishes } from './conference-control.js';
export { ConferenceDirectory, type DirectorySource } from './directory.js';
export { ConferenceEditor, type ConferenceEditorOptions } from './conference-editor.js';
export { SoundFiles, type SoundFilesOptions } from './sound-files.js';
export type { RunningConference } from './running-conference.js';
export { MeetingError, Meetings } from './meetings.js';
export type { MeetingChange, MeetingFault, MeetingsEvents, NewMeeting } from './meetings.js';
export {
  MeetingCalls,
  type MeetingCall,
  type MeetingCallsEvents,
  type NewMeetingCall,
} from './meeting-calls.js';
export { UrlGuard, UrlRefused, type UrlGuardOptions } from './url-guard.js';
export { CallbackImpossible, CallbackSender, type CallbackSenderOptions } from './callback-sender.js';
export { guardedRequest, type GuardedReply, type GuardedRequest } from './guarded-request.js';
export { FetchedSounds, NotASound, type FetchedSoundsOptions } from './fetched-sounds.js';
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
