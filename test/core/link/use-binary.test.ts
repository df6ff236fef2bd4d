/** A bundle with its binary: the exact one names locks and bare addresses, any other changes nothing. */
import { Profile } from 'pprof-format';
import { describe, expect, test } from 'vitest';
import { binaryKind } from '../../../src/core/artefacts/binary/kind.ts';
import { profileKind } from '../../../src/core/artefacts/profile/kind.ts';
import type { Exhibit } from '../../../src/core/artefacts/understand.ts';
import { useBinary } from '../../../src/core/link/use-binary.ts';
import { rowsOf } from '../../../src/core/artefacts/goroutines/rows.ts';
import type { Artefact, GoroutineDump, Kind, ProfileArtefact } from '../../../src/core/model.ts';
import { fixture } from '../artefacts/binary/sparse.ts';

function exhibit(kind: Kind, path: string, bytes: Uint8Array): Exhibit {
  const answer = kind.recognise({ path, bytes }, {});
  const [artefact] = answer.is === 'fine' ? answer.artefacts : [];
  if (artefact === undefined) throw new Error(`${path}: ${answer.is}`);
  return { evidence: { path, bytes }, artefact };
}

function dumpExhibit(bytes: Uint8Array, notes: readonly string[] = []): Exhibit {
  const artefact: GoroutineDump = {
    kind: 'goroutine dump',
    file: 'goroutines.stacks',
    dialect: 'debug=2',
    count: 9,
    unread: 0,
    truncated: false,
    notes,
    stacks: [],
    goroutines: rowsOf([]),
    groups: [],
    cycles: [],
    locks: [{ kind: 'mutex', waiters: [17, 19, 21], holders: [], wantedIn: 'example.com/tp/yam.(*Session).OpenStream' }],
  };
  return { evidence: { path: artefact.file, bytes }, artefact };
}

/** The profile without its functions, and without the build id if wanted. */
function bare(bytes: Buffer, withId = true): Buffer {
  const profile = Profile.decode(bytes);
  for (const location of profile.location) location.line = [];
  profile.function = [];
  if (!withId) for (const mapping of profile.mapping) mapping.buildId = 0;
  return Buffer.from(profile.encode());
}

/** Releases whose fixtures hold the text around calls. */
const releases = ['115', '119', '121', '124', '125', '126', '127'] as const;

const dump = (artefacts: readonly Artefact[]): GoroutineDump | undefined => artefacts.find((one): one is GoroutineDump => one.kind === 'goroutine dump');
const cpu = (artefacts: readonly Artefact[]): ProfileArtefact | undefined => artefacts.find((one): one is ProfileArtefact => 'sampleType' in one);

describe('a bundle with a binary', () => {
  const right = exhibit(binaryKind, 'app', fixture('go126/app.gz'));
  const wrong = exhibit(binaryKind, 'old', fixture('go125/app.gz'));
  const stacks = dumpExhibit(fixture('go126/goroutines.stacks'));
  const profile = exhibit(profileKind, 'cpu.pprof', bare(fixture('go126/cpu.pprof')));

  test('the exact one names the lock and the hot functions', () => {
    const { artefacts, verdict } = useBinary([stacks, right, profile]);
    // The build id is in the profile, and the frames of the dump agree.
    expect(verdict).toMatchObject({ verdict: 'identical', file: 'app' });
    expect(dump(artefacts)?.locks[0]?.name).toBe('yam.Session.streamLock');
    const named = cpu(artefacts);
    const whole = cpu([exhibit(profileKind, 'cpu.pprof', fixture('go126/cpu.pprof')).artefact]);
    expect(named?.functions.map(({ func, flat, cum }) => [func, flat, cum])).toEqual(whole?.functions.map(({ func, flat, cum }) => [func, flat, cum]));
    expect(named).toMatchObject({ symbolized: true, total: whole?.total });
    expect(named?.notes.at(-1)).toContain('app, which is the exact one');
  });

  test.each(releases)('go%s: the calls on the stacks of bare addresses prove the binary that made them', (release) => {
    const file = fixture(`go${release}/cpu.pprof`);
    const given = [exhibit(binaryKind, 'app', fixture(`go${release}/app.gz`)), exhibit(profileKind, 'cpu.pprof', bare(file, false))];
    const { artefacts, verdict } = useBinary(given);
    expect(verdict).toMatchObject({ verdict: 'matches', why: [expect.stringMatching(/^(\d+) of \1 calls on the stacks of cpu.pprof/)] });
    const whole = cpu([exhibit(profileKind, 'cpu.pprof', file).artefact]);
    expect(cpu(artefacts)?.functions).toEqual(whole?.functions);
  });

  test('and every other one is found out by them', () => {
    for (const release of releases) {
      for (const other of releases) {
        if (release === other) continue;
        const given = [
          exhibit(binaryKind, 'app', fixture(`go${release}/app.gz`)),
          exhibit(profileKind, 'cpu.pprof', bare(fixture(`go${other}/cpu.pprof`), false)),
        ];
        const { artefacts, verdict } = useBinary(given);
        expect(verdict?.verdict).toBe('different');
        expect(artefacts).toEqual(given.map(({ artefact }) => artefact));
      }
    }
  });

  test('a dump that fits does not vouch for the bare addresses of another build', () => {
    const foreign = exhibit(profileKind, 'cpu.pprof', bare(fixture('go125/cpu.pprof'), false));
    const { artefacts, verdict } = useBinary([right, stacks, foreign]);
    expect(verdict?.verdict).toBe('same program, other build');
    expect(cpu(artefacts)?.symbolized).toBe(false);
  });

  test('of two, the exact one is used', () => {
    expect(useBinary([wrong, stacks, right]).verdict).toMatchObject({ file: 'app', verdict: 'matches' });
  });

  test('another one changes nothing', () => {
    const given = [wrong, stacks, profile];
    const { artefacts, verdict } = useBinary(given);
    expect(verdict?.verdict).toBe('same program, other build');
    expect(artefacts).toEqual(given.map(({ artefact }) => artefact));
  });

  test('a dump that had to be mended is held against it as mended', () => {
    const quoted = Buffer.from(fixture('go126/goroutines.stacks').toString().replaceAll(/^/gm, '> '));
    expect(useBinary([dumpExhibit(quoted, ['every line began with a prefix']), right]).verdict?.verdict).toBe('matches');
  });

  test('without a binary there is no verdict', () => {
    expect(useBinary([stacks])).toEqual({ artefacts: [stacks.artefact], verdict: undefined });
  });
});
