// What the thread that listens and the rest of the box see at the same time: for each ear the level above which it
// hears, and how loud it is now. Memory that both share, so that neither sends the other a message per packet.

/** More ears than phones fit into one box (port-layout.ts). */
const places = 1024;

export class TalkBoard {
  readonly memory: SharedArrayBuffer;
  private readonly cells: Int32Array;

  constructor(memory = new SharedArrayBuffer(places * 2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.cells = new Int32Array(memory);
  }

  static readonly places = places;

  /** Mean absolute 16-bit sample. */
  level(place: number): number {
    return Atomics.load(this.cells, 2 * place);
  }

  setLevel(place: number, level: number): void {
    Atomics.store(this.cells, 2 * place, level);
  }

  energy(place: number): number {
    return Atomics.load(this.cells, 2 * place + 1);
  }

  setEnergy(place: number, energy: number): void {
    Atomics.store(this.cells, 2 * place + 1, energy);
  }
}
