/** Lines that belong to no goroutine: why the program dumped, where dumps begin, and signs that the text was damaged. */
import { hasHeader, isPreamble, isProfile, readPlace } from './lines.ts';
import { lineEnd, type Text } from './words.ts';

const maxPreambles = 1_000;
const tab = 9;

/** Where the lines stand. */
type Where = 'anywhere' | 'runtime stack' | 'panic message' | 'counted';

export class Outside {
  private readonly text: Text;
  private where: Where = 'anywhere';
  /** Offsets of lines that say why the program dumped. */
  readonly preambles: number[] = [];
  /** Offsets of `goroutine profile: total N`, where a debug=1 dump begins. */
  readonly profiles: number[] = [];
  /** Offsets of `-----`, after which GOTRACEBACK=crash repeats threads. */
  readonly repeats: number[] = [];
  /** Headers that do not stand at the start of their line. */
  shifted = 0;
  /** Lines of frames outside of any goroutine. */
  orphans = 0;
  /** Lines of a debug=1 dump that are none. */
  strange = 0;
  /** Some line says crash rather than debug=2. */
  machine = false;
  /** The open entry of a debug=1 dump; '' when none is. */
  private last = '';
  /** The first line of frames, before any reason to dump. */
  private firstOrphan = -1;

  constructor(text: Text) {
    this.text = text;
  }

  /** Frames stand before the first header, whose offset this is. */
  headless(first: number): boolean {
    return this.firstOrphan >= 0 && this.firstOrphan < first;
  }

  /** A line feed alone, or a header: what was open is over. */
  close(): void {
    if (this.where !== 'counted') this.where = 'anywhere';
    this.last = '';
  }

  /** A goroutine begins, and with it no debug=1 dump goes on. */
  begin(): void {
    this.where = 'anywhere';
  }

  /** Reads the line at `at`; offset of the next one. */
  line(at: number): number {
    const { bytes, view, end } = this.text;
    const to = lineEnd(view, bytes, at, end);
    if (this.where === 'runtime stack') return to + 1;
    if (bytes[at] === tab && (bytes[at + 1] !== 103 || this.where === 'panic message')) {
      // The value of a panic goes on in lines that begin with a tab (Go 1.23): a stack in it is none of this dump.
      if (this.where === 'panic message') return to + 1;
      if (hasHeader(bytes, at, to)) this.shifted++;
      else if (readPlace(bytes, at + 1, to) !== undefined) this.orphan(at);
      return to + 1;
    }
    const line = this.text.source.toString('utf8', at, Math.min(to, at + 256));
    if (line === 'runtime stack:') {
      this.machine = true;
      this.where = 'runtime stack';
    } else if (line === '-----') this.repeats.push(at);
    else if (isProfile(line)) {
      this.profiles.push(at);
      this.where = 'counted';
    } else if (isPreamble(line)) {
      if (this.preambles.length < maxPreambles) this.preambles.push(at);
      if (line.startsWith('panic: ')) this.where = 'panic message';
    } else if (hasHeader(bytes, at, to) || /.goroutine(?:leak)? profile: total \d/.test(line)) this.shifted++;
    else if (this.where === 'counted') this.counted(line);
    return to + 1;
  }

  /** A line of a debug=1 dump: `12 @ 0x…`, then lines that begin with `#`, then an empty one. */
  private counted(line: string): void {
    const entry = /^\d+ @/.test(line);
    const fits = entry ? line !== this.last : this.last !== '' && /^#[\t ]/.test(line);
    if (!fits || line.includes('\u2026')) this.strange++;
    if (entry) this.last = line;
  }

  private orphan(at: number): void {
    this.orphans++;
    if (this.firstOrphan < 0 && this.preambles.length === 0) this.firstOrphan = at;
  }
}
