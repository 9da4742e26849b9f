// Sounds that people give the box. Others import from here only.
export { auHeaderLength, auMagic, wavOfAu, writeAu, type Pcm } from './au-file.js';
export { AddressRefused, FetchGuard, type FetchGuardOptions, type Network } from './fetch-guard.js';
export { evened } from './level.js';
export { rate as soundRate } from './loudness.js';
export { Resampler } from './resampler.js';
export { FetchedSounds, type FetchedSoundsOptions } from './fetched-sounds.js';
export { Transcoder, type TranscodedFile, type TranscoderOptions } from './transcoder.js';
export { SoundError, UnreadableSound } from './sound-error.js';
export { checkedUrl, readableUrl } from './sound-fetcher.js';
