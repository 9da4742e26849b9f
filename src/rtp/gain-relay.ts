// The seam for members whose volume or gate is not neutral. rtpengine 26.0 has neither, so their audio takes a detour
// through something that has; a room leads a phone and its leg through it when it is given one.
import type { Bend } from '../conference/types.js';
import type { InnerCodec } from './codecs.js';

export interface GainRelay {
  /** Opens two loopback ports for one member: the phone's side sends to the first, the room's leg to the second. */
  open(key: string, codec: InnerCodec, bend: Bend): Promise<{ phonePort: number; roomPort: number }>;
  /** Where the two sides listen, loopback ports. */
  route(key: string, ports: { phone: number; room: number }): void;
  /** Changes the bend of an open one. */
  adjust(key: string, bend: Bend): void;
  close(key: string): void;
}
