/** `npm run backtest -- FOLDER…`: all rules over any folder of bundles, and per rule how often it fired, how sure, on what. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { diagnose } from '../src/core/diagnose.ts';
import type { Bundle, Finding } from '../src/core/model.ts';

/** Files that are read together: one folder, or one archive, is one report. */
async function bundlesIn(folder: string): Promise<readonly { readonly name: string; readonly files: readonly string[] }[]> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const groups = new Map<string, string[]>();
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (/(?:truth|want|thread|actions)\.json$|\.(?:md|sh|py|go)$|diag-profile\.txt$/.test(path)) continue;
    const key = /\.(?:zip|tgz|tar\.gz|log(?:\.gz)?)$/.test(path) ? path : dirname(path);
    groups.set(key, [...(groups.get(key) ?? []), path]);
  }
  return [...groups].map(([name, files]) => ({ name, files: files.toSorted() })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

interface Row {
  readonly name: string;
  readonly findings: readonly Finding[];
  readonly milliseconds: number;
}

/** Runs all and prints; the exit code is 1 when a folder named healthy (`idle`, `busy`, `healthy`) has more than hints. */
async function backtest(folders: readonly string[]): Promise<number> {
  const rows: Row[] = [];
  for (const folder of folders) {
    const groups = (await stat(folder)).isDirectory() ? await bundlesIn(folder) : [{ name: folder, files: [folder] }];
    for (const { name, files } of groups) {
      const bundles: Bundle[] = await Promise.all(files.map(async (file) => ({ name: basename(file), bytes: await readFile(file) })));
      const start = performance.now();
      const { report } = await diagnose(bundles);
      rows.push({ name: name.slice(folder.length + 1) || basename(name), findings: report.findings, milliseconds: performance.now() - start });
    }
  }
  const rules = new Map<string, { certainty: string; names: string[] }[]>();
  for (const { name, findings } of rows) {
    for (const { rule, certainty } of findings) {
      const of = rules.get(rule) ?? [];
      rules.set(rule, of);
      const known = of.find((one) => one.certainty === certainty);
      if (known === undefined) of.push({ certainty, names: [name] });
      else if (!known.names.includes(name)) known.names.push(name);
    }
  }
  for (const [rule, of] of [...rules].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    for (const { certainty, names } of of) process.stdout.write(`${rule}  ${certainty}  ${names.length}: ${names.join(', ')}\n`);
  const loud = rows.filter(
    ({ name, findings }) => /idle|busy|healthy|^servers?\b|caddy|prometheus/.test(name) && findings.some(({ certainty }) => certainty !== 'hint'),
  );
  const times = rows.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  process.stdout.write(
    `${rows.length} reports; median ${(times[Math.floor(times.length / 2)] ?? 0).toFixed(0)} ms, slowest ${(times.at(-1) ?? 0).toFixed(0)} ms; healthy ones with more than a hint: ${loud.length === 0 ? 'none' : loud.map(({ name }) => name).join(', ')}\n`,
  );
  return rows.length === 0 || loud.length > 0 ? 1 : 0;
}

const folders = process.argv.slice(2);
if (folders.length === 0) process.stdout.write('npm run backtest -- FOLDER…\n');
process.exitCode = folders.length === 0 ? 2 : await backtest(folders);
