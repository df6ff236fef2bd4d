/**
 * Speed of proving and symbolizing. A binary of real size is too large for the repository: PPROF_TRIAGE_BENCH names a folder with an unpacked
 * `ipfs diag profile` (ipfs, goroutines.stacks, cpu.pprof, heap.pprof, goroutines.pprof); without it the small fixture stands in.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { enrichWithBinary } from '../../src/core/artefacts/binary/enrich.ts';
import { openBinary } from '../../src/core/artefacts/binary/open-binary.ts';
import { memorySource } from '../../src/core/artefacts/binary/source.ts';
import { symbolize } from '../../src/core/artefacts/binary/symbolize.ts';
import { rowsOf } from '../../src/core/artefacts/goroutines/rows.ts';
import type { GoroutineDump } from '../../src/core/model.ts';
import { openFileSource } from '../../src/desk/file-source.ts';
import { decodeProfile } from '../core/artefacts/binary/profiles.ts';
import { fixture } from '../core/artefacts/binary/sparse.ts';
import type { Row } from './bench.ts';

const profileNames = ['cpu.pprof', 'heap.pprof', 'goroutines.pprof'];
/** Runs that a median is taken of. */
const repeats = 9;

export async function bench(smoke: boolean): Promise<readonly Row[]> {
  const folder = process.env['PPROF_TRIAGE_BENCH'] ?? '';
  const real = !smoke && existsSync(join(folder, 'ipfs'));
  const read = (name: string): Buffer => (real ? readFileSync(join(folder, name)) : fixture(`go126/${name}`));
  const dump = emptyDump('goroutines.stacks');
  const text = read('goroutines.stacks');
  const profiles = profileNames.map((name) => decodeProfile(name, read(name)).profile);
  const before = process.memoryUsage.rss();
  const bytes = real ? readFileSync(join(folder, 'ipfs')) : fixture('go126/app.gz');
  const size = `${Math.round(bytes.length / 1e6)} MB`;
  const times = repeated(() => {
    const { verdict } = enrichWithBinary('ipfs', bytes, { dumps: [{ bytes: text, dump }], profiles });
    if (verdict.verdict !== 'identical' && verdict.verdict !== 'matches') throw new Error(verdict.why.join('; '));
  });
  const over = (process.resourceUsage().maxRSS * 1024 - before - bytes.length) / 1e6;
  const rows: Row[] = [
    {
      what: `verdict on a binary of ${size} with its dump and ${profiles.length} profiles, median`,
      seconds: median(times),
      megabytes: Math.max(0, over),
      want: 'at most 0.30 s and 150 MB over the file',
    },
  ];
  rows.push({
    what: `10000 sorted addresses of ${size} in memory, with opening, median`,
    seconds: median(repeated(() => named(memorySource(bytes)))),
    want: 'at most 0.25 s',
  });
  if (real) {
    const fromDisk = repeated(() => {
      const source = openFileSource(join(folder, 'ipfs'));
      named(source);
      source.close();
    });
    rows.push({ what: `10000 sorted addresses of ${size} on disk, with opening, median`, seconds: median(fromDisk), want: 'at most 0.25 s' });
  }
  return rows;
}

/** Ten thousand places spread evenly over the text. */
function named(source: Parameters<typeof openBinary>[0]): void {
  const binary = openBinary(source, 'ipfs');
  const lines = 'facts' in binary ? binary.lines : undefined;
  if (!('facts' in binary) || lines === undefined) throw new Error('no line table');
  const from = lines.func(0).entry;
  const to = lines.func(lines.functions - 1).end;
  const addresses = Array.from({ length: 10_000 }, (_, index) => Math.floor(from + ((to - from) * index) / 10_000));
  const found = symbolize(binary, addresses).filter((frames) => frames.length > 0);
  if (found.length < 9_000) throw new Error(`${found.length} named`);
}

function repeated(work: () => void): readonly number[] {
  return Array.from({ length: repeats }, () => {
    const started = performance.now();
    work();
    return (performance.now() - started) / 1000;
  });
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
}

function emptyDump(file: string): GoroutineDump {
  const lock = { kind: 'mutex', waiters: [1], holders: [], wantedIn: '' } as const;
  return {
    kind: 'goroutine dump',
    file,
    dialect: 'debug=2',
    count: 1,
    unread: 0,
    truncated: false,
    notes: [],
    stacks: [],
    goroutines: rowsOf([]),
    groups: [],
    locks: [lock],
    cycles: [],
  };
}
