/** Random flags on random profiles: what pprof printed for them, stored; and a sample beside the pprof that is here. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { caseOf, temporaryFolder } from './cases.ts';
import { compare, digest, ours, pprofPath, storedFile, type Verdict } from './compare.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));

describe('stored digests of what pprof printed', () => {
  const stored = Object.entries<string>(JSON.parse(readFileSync(storedFile, 'utf8')));
  test('there are many', () => expect(stored.length).toBeGreaterThan(200));
  const parts = Array.from({ length: 10 }, (_, part) => stored.filter((_entry, at) => at % 10 === part));
  test.each(parts.entries().toArray())('part %d', async (_, part) => {
    const wrong: string[] = [];
    for (const [seed, wanted] of part) {
      const words = caseOf(Number(seed), folder, []);
      const { out } = await ours(words);
      if (digest(out) !== wanted) wrong.push(`seed ${seed}: ${words.join(' ')}`);
    }
    expect(wrong).toEqual([]);
  });
});

const pprof = pprofPath();
const sample = 160;

describe.runIf(pprof !== undefined)('live go tool pprof', () => {
  const real = ['real', 'own', 'upstream'].flatMap((name) =>
    readdirSync(`fixtures/profile/${name}`)
      .filter((file) => /\.(pprof|pb\.gz|txt)$/.test(file) && !file.startsWith('pprof.'))
      .map((file) => `fixtures/profile/${name}/${file}`)
      .toSorted(),
  );
  test('it prints the same, or does not print the same twice', { timeout: 240_000 }, async () => {
    const counts: Record<Verdict, number> = { equal: 0, 'both refuse': 0, varies: 0, 'we read more': 0, differs: 0 };
    const wrong: string[] = [];
    const half = async (from: number): Promise<void> => {
      for (let seed = from; seed < sample; seed += 2) {
        const words = caseOf(900_000 + seed, folder, real);
        const { verdict } = await compare(pprof ?? '', words);
        counts[verdict] += 1;
        if (verdict === 'differs') wrong.push(`seed ${900_000 + seed}: ${words.join(' ')}`);
      }
    };
    await Promise.all([half(0), half(1)]);
    expect(wrong).toEqual([]);
    expect(counts.equal).toBeGreaterThan(sample / 2);
    expect(counts.varies).toBeLessThan(sample / 20);
  });
});
