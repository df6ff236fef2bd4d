/**
 * Speed of proving and symbolizing, on a program of real size: built once where Go is installed (large-program.ts), or PPROF_TRIAGE_BENCH names a folder with an
 * unpacked `ipfs diag profile`. The small fixture stands in where there is neither, and says so.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { enrichWithBinary } from '../../src/core/artefacts/binary/enrich.ts';
import { openBinary } from '../../src/core/artefacts/binary/open-binary.ts';
import { memorySource } from '../../src/core/artefacts/binary/source.ts';
import { symbolize } from '../../src/core/artefacts/binary/symbolize.ts';
import { prove } from '../../src/core/artefacts/binary/verdict.ts';
import { rowsOf } from '../../src/core/artefacts/goroutines/rows.ts';
import type { GoroutineDump } from '../../src/core/model.ts';
import { type FileSource, openFileSource } from '../../src/desk/file-source.ts';
import { decodeProfile } from '../core/artefacts/binary/profiles.ts';
import { fixture } from '../core/artefacts/binary/sparse.ts';
import type { Row } from './bench.ts';
import { largeProgram } from './large-program.ts';

const profileNames = ['cpu.pprof', 'heap.pprof', 'goroutines.pprof'];
/** Runs that a median is taken of. */
const repeats = 9;

export async function bench(smoke: boolean): Promise<readonly Row[]> {
  const folder = smoke ? undefined : largeProgram();
  const file = folder === undefined ? '' : join(folder, existsSync(join(folder, 'ipfs')) ? 'ipfs' : 'app');
  const read = (name: string): Buffer => (folder === undefined ? fixture(`go126/${name}`) : readFileSync(join(folder, name)));
  const dumps = [{ bytes: read('goroutines.stacks'), dump: emptyDump('goroutines.stacks') }];
  const profiles = profileNames.map((name) => decodeProfile(name, read(name)).profile);
  const before = process.memoryUsage.rss();
  const bytes = folder === undefined ? fixture('go126/app.gz') : readFileSync(file);
  const size = `${Math.round(bytes.length / 1e6)} MB${folder === undefined ? ' (no Go here to build a large one)' : ''}`;
  const exact = (verdict: string, why: readonly string[]): void => {
    if (verdict !== 'identical' && verdict !== 'matches') throw new Error(why.join('; '));
  };
  const times = repeated(() => {
    const { verdict } = enrichWithBinary('app', bytes, { dumps, profiles });
    exact(verdict.verdict, verdict.why);
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
  if (folder !== undefined) {
    const onDisk = (work: (source: FileSource) => void): readonly number[] =>
      repeated(() => {
        const source = openFileSource(file);
        work(source);
        source.close();
      });
    const held = { dumps: dumps.map(({ bytes: text, dump }) => ({ file: dump.file, bytes: text })), profiles };
    const proved = onDisk((source) => {
      const binary = openBinary(source, 'app');
      if (!('facts' in binary)) throw new Error(binary.reason);
      const { report } = prove(binary, held);
      exact(report.verdict, report.why);
    });
    rows.push({ what: `verdict on ${size} on disk, median`, seconds: median(proved), want: 'at most 0.30 s' });
    rows.push({ what: `10000 sorted addresses of ${size} on disk, with opening, median`, seconds: median(onDisk(named)), want: 'at most 0.25 s' });
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
