// The store: everything the box remembers, in one SQLite file. Others import from here only.
export { Store } from './store.js';
export type { StoreOptions } from './store.js';
export type { Conferences, ConferenceList, ConferenceQuery, DialledConference } from './conferences.js';
export type { StoredConference, WriteOptions } from './conferences.js';
export type { AccessNumbers } from './access-numbers.js';
export type { SettingValues } from './setting-values.js';
export { parsePeerUri, PeerError, peerUri } from './outbound-peer.js';
export type { OutboundPeer, OutboundPeerSetting, PeerField } from './outbound-peer.js';
export type { CallRecords } from './call-records.js';
export type { CallChanges, CallFilter, CallList, CallRecord, NewCall, Retention } from './call-record.js';
export type {
  NewRecording,
  RecordingList,
  RecordingQuery,
  RecordingRecord,
  Recordings,
} from './recordings.js';
export type { CallbackMessage, CallbackQueue } from './callback-queue.js';
export type { PlacedCall, PlacedCalls } from './placed-calls.js';
export type { CallbackTarget, MeetingMember, MeetingRecord, MeetingTable, MeetingState } from './meetings.js';
export type { Account } from './account.js';
export { checkedName, mostAdmins } from './admins.js';
export type { Admin, Admins, SetPasswordOptions } from './admins.js';
export { mostApiKeys } from './api-keys.js';
export type { ApiKey, ApiKeyKind, ApiKeys, CreateApiKeyOptions, NewApiKey } from './api-keys.js';
export { boxOrganisation, certificateFiles, certificateFolder, isMadeByBox } from './backup-certificate.js';
export { authorBox, authorOfKey, keyOfAuthor } from './authors.js';
export type { Change, ChangeKind, ChangeLog, ChangeQuery, NewChange } from './change-log.js';
export type { SessionAdmin, Sessions } from './sessions.js';
export { sessionIdleMs, sessionLongestMs } from './sessions.js';
export { pendingFile, prepareRestore, restorePending } from './pending-restore.js';
export { keepWayBack } from './way-back.js';
export type { Credentials } from './credentials.js';
export { createFirstAdmin, firstAdminName } from './first-admin.js';
export { mediaFolder, recordingsFolder } from './backup-sounds.js';
export { BoxLock } from './box-lock.js';
export { restoreDatabase } from './restore.js';
export type { RestoreOptions, Restored, RestoreStep } from './restore.js';
export {
  ConflictError,
  InvalidDocumentError,
  NumbersInUseError,
  SoundInUseError,
  StorageError,
  StoreFileError,
} from './errors.js';
export type {
  MediaDocument,
  MediaList,
  MediaQuery,
  MediaTable,
  StoredMedia,
  StoredSound,
} from './media-table.js';
export { createDemo } from './demo.js';
export type { Demo, DemoEntry } from './demo.js';
