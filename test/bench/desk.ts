/** The desk command on a real bundle with its binary, whole process, cold; and on a small profile beside `go tool pprof`. */
import { existsSync } from 'node:fs';
import process from 'node:process';
import type { Row } from './bench.ts';
import { desk, measure } from './measure.ts';

const small = 'fixtures/cases/gc-behind-pin/ipfs-profile.zip';

/** A bundle of 20 to 60 MB is not kept in the repository: PPROF_TRIAGE_BUNDLE names one. */
export async function bench(smoke: boolean): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const bundle = process.env['PPROF_TRIAGE_BUNDLE'];
  const runs = smoke ? 1 : 5;
  if (existsSync(small)) rows.push({ what: `triage of ${small}`, ...(await measure(desk(small, '--json'), runs)), want: 'at most 1.5 s' });
  if (bundle !== undefined && !smoke)
    rows.push({ what: 'triage of a large bundle', ...(await measure(desk(bundle, '--json'), runs)), want: 'at most 3 s and 700 MB' });
  return rows;
}
