/** GitHub's moods: errors by pattern for one test, or at a seeded rate for a soak. */

/** What happens to a request instead of, or after, its answer. */
export type Mood =
  | { readonly is: 'answer'; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly message: string }
  /** The effect takes place, the answer is lost. */
  | { readonly is: 'lost answer' }
  /** Nothing takes place, and nothing is ever said. */
  | { readonly is: 'hang' };

interface Planned {
  readonly pattern: RegExp;
  readonly mood: Mood;
  times: number;
}

/** Shares of all requests, 0..1. */
export interface Rates {
  readonly serverErrors: number;
  readonly tooMany: number;
  readonly secondary: number;
  readonly hangs: number;
  /** Of writes. */
  readonly lostAnswers: number;
}

export class Faults {
  private readonly planned: Planned[] = [];
  private readonly single = new Map<number, Mood>();
  private rates: { readonly of: Rates; readonly random: () => number } | undefined;

  plan(pattern: RegExp, mood: Mood, times: number): void {
    this.planned.push({ pattern, mood, times });
  }

  /** What befalls the request with this number, counted from 0 over all requests. */
  at(index: number, mood: Mood): void {
    this.single.set(index, mood);
  }

  /** From now on faults come by chance; `random` gives 0..1. */
  rate(of: Rates | undefined, random: () => number = Math.random): void {
    this.rates = of === undefined ? undefined : { of, random };
  }

  /** What befalls this request; undefined for an ordinary answer. */
  next(call: string, index: number): Mood | undefined {
    const single = this.single.get(index);
    if (single !== undefined) return single;
    const found = this.planned.find(({ pattern, times }) => times > 0 && pattern.test(call));
    if (found !== undefined) {
      found.times -= 1;
      return found.mood;
    }
    if (this.rates === undefined) return undefined;
    const { of, random } = this.rates;
    let draw = random();
    const falls = (share: number): boolean => (draw -= share) < 0;
    if (falls(of.serverErrors)) return answer([500, 502, 503][Math.floor(random() * 3)] ?? 500, 'it failed');
    if (falls(of.tooMany)) return answer(429, 'too many requests', { 'retry-after': '1' });
    if (falls(of.secondary)) return answer(403, 'You have exceeded a secondary rate limit', { 'retry-after': '2' });
    if (falls(of.hangs)) return { is: 'hang' };
    if (!call.startsWith('GET') && falls(of.lostAnswers)) return { is: 'lost answer' };
    return undefined;
  }
}

export function answer(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Mood {
  return { is: 'answer', status, message, headers };
}
