/** Makes fixtures/profile/state: `node test/core/artefacts/binary/make-state.ts FOLDER`, where FOLDER has what main.go there wrote, and the program as the pages that are read. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { openBinary } from '../../../../src/core/artefacts/binary/open-binary.ts';
import { symbolize } from '../../../../src/core/artefacts/binary/symbolize.ts';
import { parseProfile } from '../../../../src/core/artefacts/profile/parse.ts';
import { recording } from './sparse.ts';

const [from = ''] = process.argv.slice(2);
const out = 'fixtures/profile/state';
const source = recording(readFileSync(join(from, 'app')));
const binary = openBinary(source, 'app');
if (!('facts' in binary)) throw new Error(binary.reason);
for (const name of ['heap', 'allocs', 'mutex', 'block', 'goroutine']) {
  const parsed = parseProfile(readFileSync(join(from, `${name}.txt`)), { bare: true });
  if (parsed.is !== 'fine') throw new Error(`${name} is ${parsed.is}`);
  symbolize(binary, Array.from(parsed.profile.locationAddress, Number), 0, 'profile');
  for (const end of ['.txt', '.pb.gz']) copyFileSync(join(from, `${name}${end}`), join(out, `${name}${end}`));
}
writeFileSync(join(out, 'app.gz'), source.sparse());
