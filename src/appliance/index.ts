export { Appliance, type WifiState } from './appliance.js';
export { readMessage, takeMessage, writeMessage } from './message-file.js';
export {
  describeAddress,
  isHost,
  isHostName,
  networkSettingsOf,
  sameAddress,
  staticAddressOf,
  type AddressFault,
  type NetworkSettings,
  type StaticAddress,
} from './network-settings.js';
export { isRecord } from './records.js';
export { sameWifi, wifiOf, type Wifi, type WifiFault } from './wifi.js';
export {
  isRequestId,
  networkRequestOf,
  nextTrial,
  provesReach,
  sameNetwork,
  shownAnswer,
  stoppedTrial,
  trialSeconds,
  type NetworkAnswer,
  type NetworkOutcome,
  type NetworkRequest,
  type NetworkTrial,
  type ReturnReason,
  type TrialAct,
  type TrialEvent,
} from './network-trial.js';
export {
  endOf,
  percentOf,
  updateRecordOf,
  updateRequestOf,
  type BadUpdate,
  type UpdateAnswer,
  type UpdateEnd,
  type UpdateRecord,
  type UpdateRequest,
} from './update-answer.js';
export { bundleUrl, companyNetworks, FetchFailed } from './fetch-bundle.js';
export { UpdateDesk, type Intake, type UpdateDeskOptions } from './update-desk.js';
export {
  firstState,
  mayBegin,
  mayCancel,
  nextUpdate,
  type FetchFault,
  type Refusal,
  type UpdateState,
} from './update-state.js';
