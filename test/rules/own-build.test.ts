/** Programs that are built with a few modules of other versions than the release's: distributions and patched builds. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { diagnose } from '../../src/core/diagnose.ts';
import type { Report } from '../../src/core/model.ts';
import { shippedLockTable } from '../../src/world/lock-table.ts';

const dump = gunzipSync(readFileSync('fixtures/goroutines/gc-behind-pin.stacks.gz')).toString();

function read(text: string): Promise<Report> {
  return diagnose([{ name: 'ipfs.stacks', bytes: Buffer.from(text) }], { lockTable: shippedLockTable }).then(({ report }) => report);
}

/** Versions of these modules made into one that no release has. */
function bumped(modules: RegExp): string {
  return dump.replaceAll(/(\t(?:[\w./~-]*\/)?)([\w.-]+\/[\w./-]+)@v[^/\n]+\//g, (whole, lead: string, module: string) =>
    modules.test(module) ? `${lead}${module}@v9.9.9/` : whole,
  );
}

test('a release with another quic-go and libp2p is still that release', async () => {
  const text = bumped(/quic-go$|go-libp2p$/);
  expect(text).not.toBe(dump);
  const [first] = (await read(text)).findings;
  expect(first?.rule).toBe('lock-held');
  expect(first?.title).toContain('ipfs pin add');
  expect(first?.certainty).toBe('very likely');
});

test('one with other versions of nearly everything is none, and nobody is said to hold', async () => {
  const { findings } = await read(bumped(/./));
  expect(findings.filter(({ rule }) => rule === 'lock-held').map(({ certainty }) => certainty)).not.toContain('certain');
});

test('who waits for a lock and has it on some paths only does not wait for itself', async () => {
  // kubo 0.43.1 with another quic-go: `ipfs add` runs below a loop that may have kept the pin lock.
  const text = gunzipSync(readFileSync('fixtures/goroutines/gc-behind-pin-own-build.stacks.gz')).toString();
  const { findings } = await read(text);
  expect(findings[0]?.goroutines[0]).toBe(567);
  expect(findings.map(({ rule }) => rule)).not.toContain('lock-cycle');
});

/** The same from a tree that nobody knows: other modules, other lines. */
function unknownTree(text: string): string {
  return text.replaceAll(/(\tgithub\.com\/ipfs\/(?:kubo|boxo)[^\n:]*\.go:)(\d+)/g, (_, place: string, line: string) => `${place}${Number(line) + 37}`);
}

test('who keeps the pin lock is told by the names of the code that takes it', async () => {
  const [first] = (await read(unknownTree(bumped(/./)))).findings;
  expect(first?.rule).toBe('lock-held');
  expect(first?.certainty).toBe('likely');
  expect(first?.goroutines[0]).toBe(585);
});

test('one that has not taken it yet does not keep it', async () => {
  const early = unknownTree(bumped(/./)).replaceAll('pinning/pinner/dspinner.(*pinner).Pin(', 'kubo/core/coreapi.(*CoreAPI).ResolveNode(');
  expect(early).toContain('ResolveNode');
  const { findings } = await read(early);
  expect(findings.filter(({ certainty }) => certainty !== 'hint').map(({ rule }) => rule)).not.toContain('lock-held');
});
