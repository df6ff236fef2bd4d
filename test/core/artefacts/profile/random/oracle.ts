/**
 * `npm run oracle -- [--cases N] [--from SEED] [--say] [--store] [FOLDER…]`: random cases beside `go tool pprof`, on made profiles and on those of the
 * folders; differences are listed. --say compares standard error too; --store writes the digests that random.test.ts reads.
 */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseProfile } from '../../../../../src/core/artefacts/profile/parse.ts';
import { caseOf, temporaryFolder } from './cases.ts';
import { compare, digest, pprofPath, storedFile, type Compared, type Verdict } from './compare.ts';

const args = process.argv.slice(2);
const option = (name: string, otherwise: number): number => {
  const at = args.indexOf(name);
  return at < 0 ? otherwise : Number(args.splice(at, 2)[1]);
};
const [cases, from] = [option('--cases', 1000), option('--from', 1)];
const real = args
  .filter((arg) => !arg.startsWith('--'))
  .flatMap(filesIn)
  .filter((file) => parseProfile(readFileSync(file)).is === 'fine');
const pprof = pprofPath();
if (pprof === undefined) throw new Error('Go is needed for this');
const counts: Record<Verdict, number> = { equal: 0, 'both refuse': 0, varies: 0, 'we read more': 0, differs: 0 };
const digests = new Map<number, string>();
let saidOtherwise = 0;

await Promise.all([0, 1].map((nth) => work(pprof, nth)));
const judged = counts.equal + counts.differs;
const share = `equal ${((counts.equal / judged) * 100).toFixed(3)} % of ${judged}`;
process.stdout.write(`${JSON.stringify(counts)}; ${share}; other words on standard error ${saidOtherwise}\n`);
if (args.includes('--store')) writeFileSync(storedFile, `${JSON.stringify(Object.fromEntries([...digests].toSorted((a, b) => a[0] - b[0])), undefined, 1)}\n`);
process.exitCode = judged > 0 && counts.differs * 1000 <= judged ? 0 : 1;

/** Every second case. */
async function work(path: string, nth: number): Promise<void> {
  const folder = temporaryFolder();
  for (let seed = from + nth; seed < from + cases; seed += 2) {
    const words = caseOf(seed, folder, real);
    const shown = `seed ${seed}: ${words.map((word) => `'${word}'`).join(' ')}`;
    try {
      judge(seed, shown, await compare(path, words));
    } catch (problem) {
      process.stdout.write(`THROWS ${shown}\n  ${problem instanceof Error ? problem.stack : String(problem)}\n`);
      counts.differs += 1;
    }
  }
  rmSync(folder, { recursive: true });
}

function judge(seed: number, shown: string, { verdict, ours, theirs }: Compared): void {
  counts[verdict] += 1;
  const done = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (done % 1000 === 0) process.stderr.write(`${done}: ${JSON.stringify(counts)}\n`);
  if (verdict === 'equal') digests.set(seed, digest(theirs.out));
  if (sorted(ours.err) !== sorted(theirs.err)) {
    saidOtherwise += 1;
    if (args.includes('--say')) process.stdout.write(`says ${shown}\n  ${firstDifference(sorted(theirs.err), sorted(ours.err))}\n`);
  }
  if (verdict === 'differs' || verdict === 'varies')
    process.stdout.write(`${verdict} ${shown}\n  ${firstDifference(theirs.out || theirs.err, ours.out || ours.err)}\n`);
}

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile() && /\.(pprof|pb\.gz|pb|prof|txt)$/.test(file) && statSync(file).size < 400_000)
    .toSorted();
}

/** Some lines come in the order of a map. */
function sorted(text: string): string {
  return text.split('\n').toSorted().join('\n');
}

function firstDifference(theirs: string, ours: string): string {
  const [one, other] = [theirs.split('\n'), ours.split('\n')];
  const at = one.findIndex((line, index) => line !== other[index]);
  return `line ${at + 1}: theirs ${JSON.stringify(one[at] ?? '(end)')} ours ${JSON.stringify(other[at] ?? '(end)')}`;
}
