/**
 * Makes fixtures/binary/probe: `node test/core/artefacts/binary/make-probes.ts FOLDER`, where FOLDER holds the outputs of its build.sh. Each program is run, on
 * foreign processors by qemu-user, and says what its own runtime knows of addresses and types; of the program itself the pages are kept that the tests read.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { findFunctions } from '../../../../src/core/artefacts/binary/function-index.ts';
import { openBinary } from '../../../../src/core/artefacts/binary/open-binary.ts';
import { askProbe, type ProbeAnswers } from './probes.ts';
import { recording } from './sparse.ts';

const [folder = ''] = process.argv.slice(2);
const out = new URL('../../../../fixtures/binary/probe/', import.meta.url).pathname;
const runners: Readonly<Record<string, readonly string[]>> = {
  arm: ['qemu-arm'],
  arm64: ['qemu-aarch64'],
  mips: ['qemu-mips'],
  ppc64le: ['qemu-ppc64le'],
  s390x: ['qemu-s390x'],
};
/** Places of one program, and bytes of a function that they are taken of. */
const most = 150;
const longest = 120;

const answers: Record<string, ProbeAnswers> = {};
for (const name of readdirSync(folder).toSorted()) {
  const path = join(folder, name);
  const source = recording(readFileSync(path));
  const binary = openBinary(source, name);
  if (!('facts' in binary) || binary.lines === undefined) throw new Error(`${name} cannot be read`);
  const { lines } = binary;
  const anchor = findFunctions(lines, new Set(['main.anchor'])).get('main.anchor')?.[0]?.entry;
  if (anchor === undefined) throw new Error(`${name} has no anchor`);
  const all: number[] = [];
  for (let index = 0; index < lines.functions; index++) {
    const { entry, end, name: func } = lines.func(index);
    const own = /^(?:main|example\.com\/probe\/yam)\./.test(func);
    if (own) for (let at = entry; at < Math.min(end - 1, entry + longest); at += lines.table.quantum * (lines.table.quantum === 4 ? 1 : 3)) all.push(at);
    else if (index % 23 === 1) all.push(entry);
  }
  // Padding has no line, and old releases end over it.
  const places = all.filter((at) => (lines.frames(at)[0]?.line ?? 0) > 0);
  const chosen = places.filter((_, index) => index % Math.ceil(places.length / most) === 0 || lines.frames(places[index] ?? 0).length > 2).slice(0, 2 * most);
  const [program, ...before] = [...(runners[binary.facts.arch] ?? []), path];
  const run = (what: string, input = ''): readonly string[] =>
    execFileSync(program, [...before, what], { input, encoding: 'utf8' })
      .trim()
      .split('\n');
  const asked = [anchor, ...chosen].map((at) => at.toString(16)).join('\n');
  answers[name] = { frames: run('frames', `${asked}\n`).map((row) => row.split('|')), fields: run('types').map((row) => row.split('|')) };
  // Everything that the tests ask is asked here, so that its pages are kept.
  const kept = recording(readFileSync(path));
  askProbe(kept, name, answers[name]);
  writeFileSync(join(out, `${name}.gz`), kept.sparse());
}
writeFileSync(join(out, 'answers.json.gz'), gzipSync(JSON.stringify(answers), { level: 9 }));
