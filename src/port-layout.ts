// How the range of RTP ports is divided, known to whoever configures rtpengine and to whoever asks it for ports: a
// pair for each phone, each pair a logical interface of its own (the only way to get the same ports again after
// rtpengine was restarted), and the rest for what phones, rooms and buses exchange on loopback. One range for both,
// without overlap, because on a test machine the phones' address is loopback too.

export interface PhoneSlot {
  /** Name of the logical interface. */
  readonly name: string;
  /** RTP port; RTCP is the next. */
  readonly port: number;
}

export interface PortLayout {
  readonly slots: readonly PhoneSlot[];
  /** Name of the loopback interface, which is rtpengine's default. */
  readonly inner: string;
  readonly innerPorts: { readonly first: number; readonly last: number };
}

/**
 * A phone in a room uses 2 ports of its own and 6 inside (its ingress's inner side, its leg, and who listens to it; RTP
 * and RTCP each).
 */
const portsPerPhone = 8;
/** What a room needs besides: anchor, announcer loop and buses, ports. */
const portsForRooms = 32;
/** More than 600 phones are beyond the machines this is made for; rtpengine starts in 41 ms with as many interfaces. */
const mostSlots = 600;

/** @param range inclusive */
export function portLayout(range: { readonly first: number; readonly last: number }): PortLayout {
  const first = range.first + (range.first % 2);
  const count = range.last - first + 1;
  const phones = Math.max(1, Math.min(mostSlots, Math.floor((count - portsForRooms) / portsPerPhone)));
  return {
    slots: Array.from({ length: phones }, (_, n) => ({ name: `s${n}`, port: first + 2 * n })),
    inner: 'inner',
    innerPorts: { first: first + 2 * phones, last: range.last },
  };
}
