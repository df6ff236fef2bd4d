/** RE2 syntax (github.com/google/re2/wiki/Syntax) as a tree: the part that people use on function names. */

export type Tree =
  | { readonly is: 'set'; readonly ranges: readonly (readonly [number, number])[]; readonly not: boolean }
  | { readonly is: 'assert'; readonly what: 'start' | 'end' | 'line start' | 'line end' | 'word' | 'not word' }
  | { readonly is: 'all'; readonly parts: readonly Tree[] }
  | { readonly is: 'any'; readonly parts: readonly Tree[] }
  | { readonly is: 'repeat'; readonly part: Tree; readonly least: number; readonly most: number };

/** What is wrong with a pattern, in words. */
export class PatternProblem extends Error {}

interface Flags {
  readonly fold: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

/** Largest count in `{n,m}`, as RE2 has it. */
const maxCount = 1000;
const maxDepth = 100;

const digit = [[48, 57]] as const;
const word = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
] as const;
const space = [
  [9, 10],
  [12, 13],
  [32, 32],
] as const;
const perl: Readonly<Record<string, readonly (readonly [number, number])[]>> = { d: digit, w: word, s: space };
const posix: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  alpha: [
    [65, 90],
    [97, 122],
  ],
  digit,
  alnum: [
    [48, 57],
    [65, 90],
    [97, 122],
  ],
  upper: [[65, 90]],
  lower: [[97, 122]],
  space: [
    [9, 13],
    [32, 32],
  ],
  xdigit: [
    [48, 57],
    [65, 70],
    [97, 102],
  ],
  word,
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126],
  ],
};
const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, a: 7 };

/** Throws `PatternProblem`. */
export function treeOf(source: string): Tree {
  return new Parser(source).whole();
}

class Parser {
  private readonly source: string;
  private at = 0;
  private depth = 0;

  constructor(source: string) {
    this.source = source;
  }

  whole(): Tree {
    const tree = this.alternatives({ fold: false, multiline: false, dotAll: false });
    if (this.at < this.source.length) throw new PatternProblem('it has a ) too many');
    return tree;
  }

  private peek(): string {
    return this.source[this.at] ?? '';
  }

  private alternatives(flags: Flags): Tree {
    this.depth += 1;
    if (this.depth > maxDepth) throw new PatternProblem('its groups are nested too deep');
    let now = flags;
    const parts: Tree[] = [];
    let row: Tree[] = [];
    while (this.at < this.source.length && this.peek() !== ')') {
      if (this.peek() === '|') {
        this.at += 1;
        parts.push({ is: 'all', parts: row });
        row = [];
        continue;
      }
      const set = /^\(\?([imsU]*)(?:-([imsU]+))?\)/.exec(this.source.slice(this.at, this.at + 20));
      if (set !== null) {
        this.at += set[0].length;
        now = withFlags(now, set[1] ?? '', set[2] ?? '');
        continue;
      }
      row.push(this.repeated(this.atom(now)));
    }
    this.depth -= 1;
    parts.push({ is: 'all', parts: row });
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { is: 'any', parts };
  }

  private repeated(atom: Tree): Tree {
    let tree = atom;
    for (;;) {
      const counted = /^\{(\d{1,4})(,?)(\d{0,4})\}/.exec(this.source.slice(this.at, this.at + 12));
      let least: number;
      let most: number;
      if (this.peek() === '*') [least, most] = [0, Number.POSITIVE_INFINITY];
      else if (this.peek() === '+') [least, most] = [1, Number.POSITIVE_INFINITY];
      else if (this.peek() === '?') [least, most] = [0, 1];
      else if (counted !== null) {
        least = Number(counted[1]);
        most = counted[2] === '' ? least : counted[3] === '' ? Number.POSITIVE_INFINITY : Number(counted[3]);
      } else return tree;
      if (least > maxCount || (Number.isFinite(most) && (most > maxCount || most < least))) throw new PatternProblem('a count in it is too large');
      this.at += counted === null ? 1 : counted[0].length;
      // Whether it takes much or little does not matter to whether it matches.
      if (this.peek() === '?') this.at += 1;
      tree = { is: 'repeat', part: tree, least, most };
    }
  }

  private atom(flags: Flags): Tree {
    const character = this.peek();
    this.at += 1;
    switch (character) {
      case '(':
        return this.group(flags);
      case '[':
        return this.bracket(flags);
      case '.':
        return { is: 'set', not: true, ranges: flags.dotAll ? [] : [[10, 10]] };
      case '^':
        return { is: 'assert', what: flags.multiline ? 'line start' : 'start' };
      case '$':
        return { is: 'assert', what: flags.multiline ? 'line end' : 'end' };
      case '*':
      case '+':
      case '?':
        throw new PatternProblem(`there is nothing before ${character} to repeat`);
      case '\\':
        return this.escape(flags);
      default:
        return one(character.charCodeAt(0), flags);
    }
  }

  private group(flags: Flags): Tree {
    const head = /^\?(?::|P?<\w+>|([imsU]*)(?:-([imsU]+))?:)/.exec(this.source.slice(this.at, this.at + 80));
    if (head !== null) this.at += head[0].length;
    else if (this.peek() === '?') throw new PatternProblem('it has a (? that RE2 does not know');
    const tree = this.alternatives(head === null ? flags : withFlags(flags, head[1] ?? '', head[2] ?? ''));
    if (this.peek() !== ')') throw new PatternProblem('a ( in it is not closed');
    this.at += 1;
    return tree;
  }

  private escape(flags: Flags): Tree {
    const character = this.peek();
    if (character === '') throw new PatternProblem('it ends in a backslash');
    const asserts: Readonly<Record<string, 'start' | 'end' | 'word' | 'not word'>> = { A: 'start', z: 'end', b: 'word', B: 'not word' };
    const what = asserts[character];
    if (what !== undefined) {
      this.at += 1;
      return { is: 'assert', what };
    }
    if (character === 'Q') {
      const end = this.source.indexOf('\\E', this.at);
      const text = this.source.slice(this.at + 1, end < 0 ? undefined : end);
      this.at = end < 0 ? this.source.length : end + 2;
      return { is: 'all', parts: Array.from({ length: text.length }, (_, index) => one(text.charCodeAt(index), flags)) };
    }
    const set = perl[character.toLowerCase()];
    if (set !== undefined) {
      this.at += 1;
      return { is: 'set', ranges: set, not: character !== character.toLowerCase() };
    }
    return one(this.escaped(), flags);
  }

  /** Code of an escaped character, after the backslash. */
  private escaped(): number {
    const hex = /^x(?:\{([0-9a-fA-F]{1,4})\}|([0-9a-fA-F]{2}))/.exec(this.source.slice(this.at, this.at + 8));
    if (hex !== null) {
      this.at += hex[0].length;
      return Number.parseInt(hex[1] ?? hex[2] ?? '0', 16);
    }
    const character = this.peek();
    this.at += 1;
    const control = controls[character];
    if (control !== undefined) return control;
    if (/[a-zA-Z0-9]/.test(character)) throw new PatternProblem(`\\${character} is not known here`);
    return character.charCodeAt(0);
  }

  private bracket(flags: Flags): Tree {
    const not = this.peek() === '^';
    if (not) this.at += 1;
    const ranges: (readonly [number, number])[] = [];
    for (let first = true; first || this.peek() !== ']'; first = false) {
      if (this.at >= this.source.length) throw new PatternProblem('a [ in it is not closed');
      const named = /^\[:(\^?)([a-z]+):\]/.exec(this.source.slice(this.at, this.at + 14));
      const known = named === null ? undefined : posix[named[2] ?? ''];
      if (named !== null && known !== undefined) {
        this.at += named[0].length;
        ranges.push(...(named[1] === '^' ? others(known) : known));
        continue;
      }
      const shorthand = /^\\([dwsDWS])/.exec(this.source.slice(this.at, this.at + 2))?.[1];
      if (shorthand !== undefined) {
        this.at += 2;
        const set = perl[shorthand.toLowerCase()] ?? [];
        ranges.push(...(shorthand === shorthand.toLowerCase() ? set : others(set)));
        continue;
      }
      const low = this.member();
      let high = low;
      if (this.peek() === '-' && this.source[this.at + 1] !== ']' && this.at + 1 < this.source.length) {
        this.at += 1;
        high = this.member();
        if (high < low) throw new PatternProblem('a range in it is the wrong way round');
      }
      ranges.push([low, high]);
    }
    this.at += 1;
    return { is: 'set', not, ranges: flags.fold ? folded(ranges) : ranges };
  }

  private member(): number {
    const character = this.peek();
    this.at += 1;
    return character === '\\' ? this.escaped() : character.charCodeAt(0);
  }
}

function withFlags(flags: Flags, on: string, off: string): Flags {
  const has = (name: string, before: boolean): boolean => (off.includes(name) ? false : on.includes(name) || before);
  return { fold: has('i', flags.fold), multiline: has('m', flags.multiline), dotAll: has('s', flags.dotAll) };
}

function one(code: number, flags: Flags): Tree {
  const range: readonly (readonly [number, number])[] = [[code, code]];
  return { is: 'set', not: false, ranges: flags.fold ? folded(range) : range };
}

/** Letters of both cases. */
function folded(ranges: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const upper = ranges.map(([low, high]) => [Math.max(low, 97) - 32, Math.min(high, 122) - 32] as const);
  const lower = ranges.map(([low, high]) => [Math.max(low, 65) + 32, Math.min(high, 90) + 32] as const);
  return [...ranges, ...upper, ...lower].filter(([low, high]) => low <= high);
}

/** All characters that are in none of the ranges, which are in order. */
function others(ranges: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  let from = 0;
  for (const [low, high] of ranges) {
    if (low > from) found.push([from, low - 1]);
    from = high + 1;
  }
  return [...found, [from, 0xffff]];
}
