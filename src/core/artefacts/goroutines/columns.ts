/** Goroutines in columns: one number each for id, state, minutes, stack, creator, flags and offset. */
import { larger } from './words.ts';

export class Columns {
  count = 0;
  ids: Float64Array;
  states: Uint16Array;
  minutes: Int32Array;
  /** Node of the tree where the stack ends. */
  nodes: Int32Array;
  creators: Float64Array;
  flags: Uint8Array;
  starts: Float64Array;

  constructor(expected: number) {
    this.ids = new Float64Array(expected);
    this.states = new Uint16Array(expected);
    this.minutes = new Int32Array(expected);
    this.nodes = new Int32Array(expected);
    this.creators = new Float64Array(expected);
    this.flags = new Uint8Array(expected);
    this.starts = new Float64Array(expected);
  }

  /** Index of a new goroutine. */
  add(start: number, id: number, state: number, minutes: number, flags: number): number {
    const index = this.count++;
    if (index === this.ids.length) this.grow();
    this.starts[index] = start;
    this.ids[index] = id;
    this.states[index] = state;
    this.minutes[index] = minutes;
    this.creators[index] = -1;
    this.flags[index] = flags;
    return index;
  }

  private grow(): void {
    const size = this.ids.length * 2;
    this.ids = larger(this.ids, new Float64Array(size));
    this.states = larger(this.states, new Uint16Array(size));
    this.minutes = larger(this.minutes, new Int32Array(size));
    this.nodes = larger(this.nodes, new Int32Array(size));
    this.creators = larger(this.creators, new Float64Array(size));
    this.flags = larger(this.flags, new Uint8Array(size));
    this.starts = larger(this.starts, new Float64Array(size));
  }
}
