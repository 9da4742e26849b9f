// Sounds that people give the box. Others import from here only.
export { auHeaderLength, auMagic, writeAu, type Pcm } from './au-file.js';
export { FetchGuard, type FetchGuardOptions, type Network } from './fetch-guard.js';
export { FetchedSounds, type FetchedSoundsOptions } from './fetched-sounds.js';
export { Recoder, type RecodedFile, type RecoderOptions } from './recoder.js';
export { SoundError } from './sound-error.js';
export { checkedUrl, readableUrl } from './sound-fetcher.js';
