/** Headers of goroutines read from the bytes as Go prints them; those that look otherwise go through the patient reader of whole lines. */
import { maxHeader, plainState, readHeader } from './header.ts';
import { isDigit } from './lines.ts';
import { leakedBit, lockedBit } from './scanned.ts';
import { lineEnd, Ranges, type Text } from './words.ts';

/** Distinct states kept: the runtime has some 80. */
const maxStates = 60_000;

const space = 32;
const comma = 44;
const bracket = 93;

export class Headers {
  private readonly text: Text;
  private readonly raw: Ranges;
  /** Number of the plain state of each raw one, and whether it says leaked. */
  private readonly stateOf: number[] = [];
  private readonly leakedOf: boolean[] = [];
  private readonly index = new Map<string, number>();
  /** Plain states by number. */
  readonly names: string[] = [];
  /** Of the header read last. */
  id = 0;
  state = 0;
  /** -1 when none are printed. */
  minutes = -1;
  /** `lockedBit`, `leakedBit`. */
  flags = 0;
  labels: string | undefined;
  /** `gp=` or `m=` are printed, or it is goroutine 0: a crash or signal. */
  machine = false;

  constructor(text: Text) {
    this.text = text;
    this.raw = new Ranges(text);
  }

  /** Reads the header at `at`, where `goroutine ` and a digit stand; offset of the next line, or 0 when it is none. */
  read(at: number): number {
    const { bytes, end } = this.text;
    let i = at + 10;
    let id = 0;
    for (let digit = bytes[i]! - 48; digit >= 0 && digit < 10; digit = bytes[++i]! - 48) id = id * 10 + digit;
    this.machine = id === 0;
    // ` gp=0xc000002380 m=3 mp=0xc000100008`, where `m=nil` comes without `mp`.
    while (bytes[i] === space && (bytes[i + 1] === 103 || bytes[i + 1] === 109)) {
      this.machine = true;
      for (i++; i < end && bytes[i]! > space; i++);
    }
    if (bytes[i] !== space || bytes[i + 1] !== 91) return this.readLine(at);
    const from = i + 2;
    let to = from;
    for (let b = bytes[to]; to < end && b !== comma && b !== bracket && b !== 123 && b !== 10; b = bytes[++to]);
    let close = to;
    this.minutes = -1;
    if (bytes[close] === comma && isDigit(bytes[close + 2])) {
      let minutes = 0;
      close += 2;
      for (let digit = bytes[close]! - 48; digit >= 0 && digit < 10; digit = bytes[++close]! - 48) minutes = minutes * 10 + digit;
      // " minutes" is 8 bytes.
      if (bytes[close] !== space || bytes[close + 1] !== 109 || bytes[close + 7] !== 115) return this.readLine(at);
      close += 8;
      this.minutes = Math.min(minutes, 0x7fffffff);
    }
    if (bytes[close] !== bracket) return this.readLine(at);
    this.labels = undefined;
    let next = close + 3;
    if (bytes[close + 1] === space && bytes[close + 2] === 123) {
      next = lineEnd(this.text.view, bytes, close, end) + 1;
      if (bytes[next - 2] !== 58 || bytes[next - 3] !== 125 || next - at > maxHeader) return this.readLine(at);
      this.labels = this.string(close + 3, next - 3);
    } else if (bytes[close + 1] !== 58 || bytes[close + 2] !== 10) return this.readLine(at);
    this.id = id;
    this.states(from, to);
    return next;
  }

  /** State and flags of the text between the bracket and the comma. */
  private states(from: number, to: number): void {
    const raw = this.raw.of(from, to);
    let state = this.stateOf[raw];
    if (state === undefined) {
      const plain = plainState(this.raw.string(raw));
      state = this.number(plain.state);
      this.stateOf[raw] = state;
      this.leakedOf[raw] = plain.leaked;
    }
    this.state = state;
    this.flags = this.leakedOf[raw] === true ? leakedBit : 0;
  }

  private readLine(at: number): number {
    const { view, bytes, end } = this.text;
    const to = lineEnd(view, bytes, at, end);
    if (to - at > maxHeader) return 0;
    const header = readHeader(this.string(at, to));
    if (header === undefined) return 0;
    const { state, leaked } = plainState(header.state);
    this.id = header.id;
    this.state = this.number(state);
    this.minutes = header.minutes;
    this.flags = (header.locked ? lockedBit : 0) | (leaked ? leakedBit : 0);
    this.labels = header.labels;
    this.machine = header.machine || header.id === 0;
    return to + 1;
  }

  private number(state: string): number {
    const known = this.index.get(state);
    if (known !== undefined) return known;
    if (this.names.length >= maxStates) return 0;
    this.index.set(state, this.names.length);
    return this.names.push(state) - 1;
  }

  private string(from: number, to: number): string {
    return this.text.source.toString('utf8', from, to);
  }
}
