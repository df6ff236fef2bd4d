/**
 * Makes fixtures/binary: `node test/core/artefacts/binary/make-fixtures.ts CORPUS TINY`, where CORPUS holds folders trim-<go> with a program (app.gz), a dump and
 * profiles of it, and TINY the outputs of fixtures/binary/tiny/build.sh. Programs are kept as the pages that the tests read.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { gunzipSync } from 'node:zlib';
import { checkCalls } from '../../../../src/core/artefacts/binary/check-calls.ts';
import { blocksOf, interfaceArguments, lockFields, waitingBlocks } from '../../../../src/core/artefacts/binary/lock-fields.ts';
import { openBinary } from '../../../../src/core/artefacts/binary/open-binary.ts';
import { symbolize } from '../../../../src/core/artefacts/binary/symbolize.ts';
import { prove } from '../../../../src/core/artefacts/binary/verdict.ts';
import { parseProfile } from '../../../../src/core/artefacts/profile/parse.ts';
import { callPairs } from '../../../../src/core/link/symbols.ts';
import { decodeProfile } from './profiles.ts';
import { recording } from './sparse.ts';
import { releases, tinyPrograms } from './programs.ts';

const [corpus = '', tiny = ''] = process.argv.slice(2);
const out = new URL('../../../../fixtures/binary/', import.meta.url).pathname;

/** Files of a release: from the corpus, or as they are already kept. */
const folderOf = (release: string): string => [join(corpus, `trim-${release}`), join(out, `go${release}`)].find((folder) => existsSync(folder)) ?? '';

for (const release of releases) {
  const from = join(corpus, `trim-${release}`);
  if (!existsSync(from)) continue;
  mkdirSync(join(out, `go${release}`), { recursive: true });
  const source = recording(gunzipSync(readFileSync(join(from, 'app.gz'))));
  const binary = openBinary(source, release);
  if (!('facts' in binary)) throw new Error(binary.reason);
  for (const other of releases) {
    const dumps = ['goroutines.stacks', 'goroutines.txt'].map((file) => ({ file, bytes: readFileSync(join(folderOf(other), file)) }));
    const profiles = ['cpu.pprof', 'goroutines.pprof', 'heap.pprof'].map((file) => decodeProfile(file, readFileSync(join(folderOf(other), file))));
    prove(binary, { dumps, profiles: profiles.map(({ profile }) => profile) });
    if (other === release) {
      for (const file of ['cpu.pprof', 'heap.pprof']) {
        const parsed = parseProfile(readFileSync(join(from, file)));
        if (parsed.is === 'fine' && binary.lines !== undefined) checkCalls(binary.lines, callPairs(parsed.profile), 0);
      }
      for (const { locations } of profiles) {
        symbolize(
          binary,
          locations.map(({ address }) => address),
        );
      }
    }
  }
  const stacks = readFileSync(join(from, 'goroutines.stacks'));
  lockFields(binary, waitingBlocks(stacks));
  interfaceArguments(binary, blocksOf(stacks, new Set([1])), 0);
  writeFileSync(join(out, `go${release}`, 'app.gz'), source.sparse());
  for (const file of ['goroutines.stacks', 'goroutines.txt', 'cpu.pprof', 'goroutines.pprof', 'heap.pprof'])
    copyFileSync(join(from, file), join(out, `go${release}`, file));
}

for (const { name, places } of tiny === '' ? [] : tinyPrograms) {
  const source = recording(readFileSync(join(tiny, `tiny-${name}`)));
  const binary = openBinary(source, name);
  if (!('facts' in binary)) throw new Error(binary.reason);
  symbolize(
    binary,
    places.map(([address]) => Number(address)),
  );
  const type = binary.types?.find(new Set(['main.Session'])).get('main.Session')?.[0];
  if (type === undefined) throw new Error(`${name}: no type`);
  for (let offset = 0; offset < type.size; offset += 4) binary.types?.fieldPath(type.address, offset);
  writeFileSync(join(out, 'tiny', `tiny-${name}.gz`), source.sparse());
}
