/**
 * Go's sort.Sort (sort/zsortinterface.go, Go 1.19 and later): a pattern-defeating quicksort. It is not stable, and in call trees equal nodes are
 * common: their order in pprof's drawings is the one that this algorithm leaves behind.
 */

/** Sorts in place; `less` as in Go. */
export function goSort<T>(list: T[], less: (a: T, b: T) => boolean): void {
  if (list.length > 1) new Sorter(list, less).sort(0, list.length, bits(list.length));
}

/** Go's bits.Len. */
function bits(length: number): number {
  return 32 - Math.clz32(length);
}

const maxInsertion = 12;
const shortestShifting = 50;
const shortestNinther = 50;
const maxSwaps = 12;

class Sorter<T> {
  private readonly list: T[];
  private readonly of: (a: T, b: T) => boolean;
  /** Swaps while a pivot is chosen: none means that the range rises, all that it falls. */
  private swaps = 0;

  constructor(list: T[], less: (a: T, b: T) => boolean) {
    this.list = list;
    this.of = less;
  }

  private less(one: number, other: number): boolean {
    return this.of(this.list[one] as T, this.list[other] as T);
  }

  private swap(one: number, other: number): void {
    const { list } = this;
    [list[one], list[other]] = [list[other] as T, list[one] as T];
  }

  /** The range from `a` to before `b`; `limit` bad pivots are allowed. */
  sort(from: number, to: number, allowed: number): void {
    let [a, b, limit] = [from, to, allowed];
    let [balanced, partitioned] = [true, true];
    for (;;) {
      const length = b - a;
      if (length <= maxInsertion) return this.insertion(a, b);
      if (limit === 0) return this.heap(a, b);
      if (!balanced) {
        this.breakPatterns(a, length);
        limit -= 1;
      }
      let pivot = this.choosePivot(a, length);
      const falling = this.swaps === maxSwaps;
      if (falling) {
        for (let i = a, j = b - 1; i < j; i += 1, j -= 1) this.swap(i, j);
        pivot = b - 1 - (pivot - a);
      }
      if (balanced && partitioned && (falling || this.swaps === 0) && this.partialInsertion(a, b)) return undefined;
      if (a > 0 && !this.less(a - 1, pivot)) {
        a = this.partitionEqual(a, b, pivot);
        continue;
      }
      const [middle, already] = this.partition(a, b, pivot);
      partitioned = already;
      balanced = Math.min(middle - a, b - middle) >= Math.trunc(length / 8);
      if (middle - a < b - middle) {
        this.sort(a, middle, limit);
        a = middle + 1;
      } else {
        this.sort(middle + 1, b, limit);
        b = middle;
      }
    }
  }

  private insertion(a: number, b: number): void {
    for (let i = a + 1; i < b; i += 1) for (let j = i; j > a && this.less(j, j - 1); j -= 1) this.swap(j, j - 1);
  }

  private heap(first: number, b: number): void {
    const size = b - first;
    for (let i = Math.trunc((size - 1) / 2); i >= 0; i -= 1) this.siftDown(i, size, first);
    for (let i = size - 1; i >= 0; i -= 1) {
      this.swap(first, first + i);
      this.siftDown(0, i, first);
    }
  }

  private siftDown(from: number, size: number, first: number): void {
    for (let root = from; ;) {
      let child = 2 * root + 1;
      if (child >= size) return;
      if (child + 1 < size && this.less(first + child, first + child + 1)) child += 1;
      if (!this.less(first + root, first + child)) return;
      this.swap(first + root, first + child);
      root = child;
    }
  }

  /** Less than the pivot, the pivot, the others; whether they stood so already. */
  private partition(a: number, b: number, pivot: number): readonly [number, boolean] {
    this.swap(a, pivot);
    let [i, j] = [a + 1, b - 1];
    let already = true;
    for (;;) {
      while (i <= j && this.less(i, a)) i += 1;
      while (i <= j && !this.less(j, a)) j -= 1;
      if (i > j) break;
      this.swap(i++, j--);
      already = false;
    }
    this.swap(j, a);
    return [j, already];
  }

  private partitionEqual(a: number, b: number, pivot: number): number {
    this.swap(a, pivot);
    let [i, j] = [a + 1, b - 1];
    for (;;) {
      while (i <= j && !this.less(a, i)) i += 1;
      while (i <= j && this.less(a, j)) j -= 1;
      if (i > j) return i;
      this.swap(i++, j--);
    }
  }

  /** Sorts what is nearly sorted; false when it is not. */
  private partialInsertion(a: number, b: number): boolean {
    let i = a + 1;
    for (let step = 0; step < 5; step += 1) {
      while (i < b && !this.less(i, i - 1)) i += 1;
      if (i === b) return true;
      if (b - a < shortestShifting) return false;
      this.swap(i, i - 1);
      if (i - a >= 2) for (let j = i - 1; j >= 1 && this.less(j, j - 1); j -= 1) this.swap(j, j - 1);
      if (b - i >= 2) for (let j = i + 1; j < b && this.less(j, j - 1); j += 1) this.swap(j, j - 1);
    }
    return false;
  }

  private breakPatterns(a: number, length: number): void {
    let random = BigInt(length);
    const mask = (1n << BigInt(bits(length))) - 1n;
    const middle = a + Math.trunc(length / 4) * 2;
    for (let at = middle - 1; at <= middle + 1; at += 1) {
      random ^= BigInt.asUintN(64, random << 13n);
      random ^= random >> 7n;
      random ^= BigInt.asUintN(64, random << 17n);
      const other = Number(random & mask);
      this.swap(at, a + (other >= length ? other - length : other));
    }
  }

  private choosePivot(a: number, length: number): number {
    this.swaps = 0;
    const quarter = Math.trunc(length / 4);
    const near = (at: number): number => (length >= shortestNinther ? this.median(at - 1, at, at + 1) : at);
    const [i, j, k] = [near(a + quarter), near(a + quarter * 2), near(a + quarter * 3)];
    return this.median(i, j, k);
  }

  private median(one: number, two: number, three: number): number {
    let [a, b, c] = [one, two, three];
    [a, b] = this.ordered(a, b);
    [b, c] = this.ordered(b, c);
    [a, b] = this.ordered(a, b);
    return b;
  }

  private ordered(a: number, b: number): readonly [number, number] {
    if (!this.less(b, a)) return [a, b];
    this.swaps += 1;
    return [b, a];
  }
}
