// What calls/ may use of the media side. See README.md.
export { MediaEngine, type MediaEngineEvents, type MediaEngineOptions } from './engine.js';
export { Ingress, type IngressEvents } from './ingress.js';
export { phoneTag } from './ingress-recipes.js';
export type { IngressStats } from './ingress-stats.js';
export { Room, type RoomEvents, type RoomOptions } from './room.js';
export type { Playback, PlaybackEnd, PlayOptions } from './playback.js';
export type { Silence } from './silence-watch.js';
export type { GainRelay } from './gain-relay.js';
export type { PortLayout, Slot } from './slots.js';
export type { SdpDirection } from './phone-sdp.js';
export { EngineDownError, NoCodecError, NoSlotError, ReleasedError, SdpError } from './errors.js';
export { NgError, type NgFailure } from './ng-client.js';
export { SoundCache } from './sound-cache.js';
export { renderTone, ToneError, type Tone } from './tone.js';
export { readWav, wavHeader, writeWav, WavError, type Wav } from './wav.js';
export { Recorder, type OpenRecording, type RecorderOptions } from './recorder.js';
export { mendRecording, type RecordingSize } from './recording-file.js';
export type { RecordingEnd, RecordingEndReason, RecordingOrder } from './recording-messages.js';
