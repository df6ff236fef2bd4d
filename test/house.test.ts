/** The house law: who may import whom, how long a file may be, and how each opens. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const files = readdirSync('src', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => join(entry.parentPath, entry.name).replaceAll('\\', '/'));

/** Imports of a file, types-only ones marked: `import type` carries no code. */
function imports(file: string): readonly { readonly to: string; readonly type: boolean }[] {
  const text = readFileSync(file, 'utf8');
  const found = [...text.matchAll(/^(import|export)( type)?\b[^'";]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gms)];
  return found.map((hit) => {
    const name = hit[3] ?? hit[4] ?? hit[5] ?? '';
    return { to: name.startsWith('.') ? normalize(join(dirname(file), name)) : name, type: hit[2] !== undefined };
  });
}

interface Row {
  readonly from: RegExp;
  readonly may: RegExp;
  /** Type imports may also reach here. */
  readonly types?: RegExp;
}

const ground = /^src\/core\/(model|limits|golang)(\.ts|\/)/;
const kindOf = (file: string): string => /^src\/core\/artefacts\/([a-z]+)\//.exec(file)?.[1] ?? '';

/** The table of the plan; the first row that fits a file holds for it. */
const table: readonly Row[] = [
  { from: /^src\/core\/golang\/lock-table\//, may: /^src\/core\/(model|limits|golang)(\.ts|\/)|^node:zlib$/ },
  { from: /^src\/core\/(model|limits|golang)/, may: ground },
  { from: /^src\/core\/unpack\//, may: /^src\/core\/(unpack|model|limits|golang)|^node:(zlib|stream|buffer)$|^(yauzl|tar-stream)$/ },
  { from: /^src\/core\/artefacts\/(index|understand)\.ts$/, may: /^src\/core\/(artefacts|model|limits|golang)/ },
  { from: /^src\/core\/artefacts\//, may: /^src\/core\/(artefacts\/|model|limits|golang)|^node:(zlib|buffer)$|^pprof-format$/ },
  { from: /^src\/core\/rules\//, may: /^src\/core\/(rules|model|limits|golang|asks|asks\.ts)/, types: /^src\/core\/artefacts/ },
  { from: /^src\/core\/report\//, may: /^src\/core\/(report|model|limits)/ },
  { from: /^src\/(core\/[^/]+\.ts|core\/link\/.*|investigate\.ts)$/, may: /^src\/core\// },
  { from: /^src\/core\//, may: /^src\/core\// },
  { from: /^src\/world\//, may: /^src\/(core|world)\/|^src\/investigate\.ts$|^(?!src\/)(?!probot)/ },
  { from: /^src\/app\.ts$/, may: /^src\/(core|world|investigate|desk\/guard)|^(?!src\/)/ },
  { from: /^src\/(action|cli)\.ts$|^src\/desk\//, may: /^src\/(core|world|desk|investigate)|^(?!src\/)(?!probot)/ },
];

test('imports follow the table', () => {
  expect(files.length).toBeGreaterThan(40);
  const wrong: string[] = [];
  for (const file of files) {
    const row = table.find(({ from }) => from.test(file));
    if (row === undefined) wrong.push(`${file} is in no row of the table`);
    for (const { to, type } of imports(file)) {
      if (row !== undefined && !row.may.test(to) && !(type && row.types?.test(to) === true)) wrong.push(`${file} imports ${to}`);
      const [mine, theirs] = [kindOf(file), kindOf(to)];
      if (mine !== '' && theirs !== '' && mine !== theirs) wrong.push(`${file}: one kind imports another (${to})`);
    }
  }
  expect(wrong).toEqual([]);
});

test('the core has no effects', () => {
  const wrong = files
    .filter((file) => file.startsWith('src/core/'))
    .flatMap((file) => {
      const text = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      const hits =
        text.match(
          /\bDate\.now\(|\bnew Date\(\)|\bprocess\.(?:env|stdout|stderr|exit)\b|\bset(?:Timeout|Interval)\(|\bfetch\(|\bconsole\.|\bMath\.random\(/g,
        ) ?? [];
      return hits.map((hit) => `${file}: ${hit}`);
    });
  expect(wrong).toEqual([]);
});

test('the environment is read in the doors and in world/policy.ts only', () => {
  const wrong = files.filter(
    (file) => /\bprocess\.env\b/.test(readFileSync(file, 'utf8')) && !/^src\/(app|action|cli)\.ts$|^src\/world\/policy\.ts$|^src\/desk\//.test(file),
  );
  expect(wrong).toEqual([]);
});

test('every file opens with a sentence that says what it is, and none is a room of its own', () => {
  const silent = files.filter((file) => !/^(?:#!.*\n)?\/\*\*/.test(readFileSync(file, 'utf8')));
  expect(silent).toEqual([]);
  const nameless = files.filter((file) => /\b(?:utils?|helpers?|common|misc)\b/.test(file));
  expect(nameless).toEqual([]);
});
