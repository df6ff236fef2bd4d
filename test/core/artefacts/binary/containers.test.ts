/** One small program in every container and build mode, and files that only look like programs. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binaryKind } from '../../../../src/core/artefacts/binary/kind.ts';
import { type GoBinary, openBinary } from '../../../../src/core/artefacts/binary/open-binary.ts';
import { memorySource } from '../../../../src/core/artefacts/binary/source.ts';
import { symbolize } from '../../../../src/core/artefacts/binary/symbolize.ts';
import { prove } from '../../../../src/core/artefacts/binary/verdict.ts';
import { tinyPrograms } from './programs.ts';
import { fixture } from './sparse.ts';

function opened(bytes: Uint8Array, arch?: string): GoBinary {
  const binary = openBinary(memorySource(bytes), 'tiny', arch);
  if (!('facts' in binary)) throw new Error(binary.reason);
  return binary;
}

const tiny = (name: string): Buffer => fixture(`tiny/tiny-${name}.gz`);

/** Lines of `Session.Open` as Go's disassembler shows them, against ours. */
function compareLines(binary: GoBinary, name: string): void {
  // Padding behind the function has no line.
  const places = (tinyPrograms.find((program) => program.name === name)?.places ?? []).filter(([, place]) => !place.endsWith(':-1'));
  const found = symbolize(
    binary,
    places.map(([address]) => Number(address)),
  );
  expect(found.map((frames) => `${frames[0]?.file.split('/').at(-1)}:${frames[0]?.line}`)).toEqual(places.map(([, place]) => place));
  expect(found.map((frames) => frames.at(-1)?.func)).toEqual(places.map(() => 'main.(*Session).Open'));
  expect(places.length).toBeGreaterThan(40);
}

function fields(binary: GoBinary): readonly string[] {
  const type = binary.types?.find(new Set(['main.Session'])).get('main.Session')?.[0];
  if (type === undefined) return [];
  const named = new Set<string>();
  for (let offset = 0; offset < type.size; offset += 4)
    named.add(
      (binary.types?.fieldPath(type.address, offset) ?? [])
        .slice(0, 2)
        .map(({ name }) => name)
        .join('.'),
    );
  return [...named];
}

const systems = [
  ['linux-amd64-exe', 'elf', 'linux', 'amd64'],
  ['linux-amd64-pie', 'elf', 'linux', 'amd64'],
  ['linux-amd64-stripped', 'elf', 'linux', 'amd64'],
  ['linux-amd64-pie-stripped', 'elf', 'linux', 'amd64'],
  ['linux-arm64-exe', 'elf', 'linux', 'arm64'],
  ['linux-386-exe', 'elf', 'linux', '386'],
  ['darwin-arm64-exe', 'mach-o', 'darwin', 'arm64'],
  ['darwin-amd64-exe', 'mach-o', 'darwin', 'amd64'],
  ['windows-amd64-exe', 'pe', 'windows', 'amd64'],
] as const;

describe('containers', () => {
  test.each(systems)('%s', (name, format, os, arch) => {
    const binary = opened(tiny(name));
    expect(binary.facts).toMatchObject({
      format,
      os,
      arch,
      go: 'go1.26.8',
      main: { path: 'example.com/tiny' },
      settings: { '-trimpath': 'true', path: 'example.com/tiny' },
    });
    compareLines(binary, name);
    expect(fields(binary)).toEqual(expect.arrayContaining(['id', 'name', 'streamLock.mu', 'inflight.mu', 'inflight.count', 'Recorder.once', 'Recorder.out']));
    const inlined = tinyPrograms.find((program) => program.name === name)?.places.find(([, place]) => place === 'main.go:32');
    const frames = inlined === undefined ? [] : (symbolize(binary, [Number(inlined[0])])[0] ?? []);
    expect(frames.map(({ func, line, inlined: inside }) => `${func}:${line}:${inside === true}`)).toEqual([
      'main.inner:32:true',
      'main.(*Session).Open:42:false',
    ]);
  });

  test.each(['linux-amd64-exe', 'linux-amd64-stripped', 'linux-amd64-pie', 'linux-amd64-pie-stripped'])('%s without section headers', (name) => {
    const bytes = Buffer.from(tiny(name));
    bytes.fill(0, 0x28, 0x30);
    bytes.fill(0, 0x3c, 0x40);
    const binary = opened(bytes);
    expect(binary.facts).toMatchObject({ go: 'go1.26.8', main: { path: 'example.com/tiny' } });
    compareLines(binary, name);
    expect(fields(binary)).toContain('streamLock.mu');
  });

  test('a fat file: the slice of the architecture asked for', () => {
    const slices = ['darwin-amd64-exe', 'darwin-arm64-exe'].map(tiny);
    const head = Buffer.alloc(4096);
    head.writeUInt32BE(0xcafebabe, 0);
    head.writeUInt32BE(2, 4);
    let offset = 4096;
    for (const [index, slice] of slices.entries()) {
      head.writeUInt32BE(offset, 8 + index * 20 + 8);
      head.writeUInt32BE(slice.length, 8 + index * 20 + 12);
      offset += slice.length;
    }
    const fat = Buffer.concat([head, ...slices]);
    expect(opened(fat).facts).toMatchObject({ format: 'mach-o fat', arch: 'amd64' });
    const arm = opened(fat, 'arm64');
    expect(arm.facts).toMatchObject({ arch: 'arm64', notes: [expect.stringContaining('folder'), 'one of 2 architectures in the file: amd64, arm64'] });
    compareLines(arm, 'darwin-arm64-exe');
  });

  test('UPX is recognised and nothing is claimed', () => {
    const bytes = Buffer.from(tiny('linux-amd64-exe'));
    bytes.write('UPX!', 0x200, 'latin1');
    const binary = opened(bytes);
    expect(binary.facts.notes).toEqual(['packed by UPX: unpack it (`upx -d`) and send that file']);
    expect(prove(binary, { dumps: [], profiles: [] }).report).toMatchObject({ verdict: 'cannot tell', why: [expect.stringContaining('UPX')] });
  });
});

describe('what is no Go program', () => {
  const recognise = (bytes: Uint8Array) => binaryKind.recognise({ path: 'x', bytes }, {});

  test('text, an empty file, a Java class and a word that begins with MZ are not mine', () => {
    const java = Buffer.alloc(200);
    java.writeUInt32BE(0xcafebabe, 0);
    java.writeUInt32BE(52, 4);
    for (const bytes of [Buffer.alloc(0), Buffer.from('goroutine 1 [running]:\n'.repeat(10)), Buffer.from(`MZ ${'words '.repeat(40)}`), java])
      expect(recognise(bytes)).toEqual({ is: 'not mine' });
  });

  test('an ELF file that is cut in its header is broken, one that is no Go program is fine and says so', () => {
    const elf = Buffer.alloc(100);
    elf.writeUInt32BE(0x7f454c46, 0);
    elf[4] = 2;
    elf[5] = 1;
    elf.writeUInt16LE(62, 18);
    expect(recognise(elf)).toMatchObject({
      is: 'fine',
      artefacts: [{ kind: 'binary', arch: 'amd64', notes: ['not a Go program, or one that has neither build info nor a line table'] }],
    });
    expect(openBinary(memorySource(elf.subarray(0, 40)), 'x')).toEqual({ path: 'x', reason: 'it is no ELF, Mach-O or PE executable' });
  });

  test('WebAssembly is named', () => {
    expect(recognise(Buffer.concat([Buffer.from('0061736d01000000', 'hex'), Buffer.alloc(100)]))).toEqual({
      is: 'broken',
      kind: 'binary',
      reason: expect.stringContaining('WebAssembly'),
    });
  });

  test.each(['linux-amd64-exe', 'darwin-arm64-exe', 'windows-amd64-exe'])('a program that was cut says so: %s', (name) => {
    const whole = tiny(name);
    const cut = opened(whole.subarray(0, Math.floor(whole.length / 3)));
    expect(cut.facts.notes[0]).toMatch(/^cut: its headers speak of \d+ bytes, and \d+ are there$/);
    expect(prove(cut, { dumps: [], profiles: [] }).report).toMatchObject({ verdict: 'cannot tell', why: [expect.stringContaining('cut: ')] });
    expect(opened(whole).facts.notes.join()).not.toContain('cut');
  });

  test('the kind tells the facts', () => {
    expect(recognise(tiny('windows-amd64-exe'))).toMatchObject({ is: 'fine', artefacts: [{ kind: 'binary', file: 'x', os: 'windows', go: 'go1.26.8' }] });
  });
});

describe('hostile bytes', () => {
  const samples = ['linux-amd64-exe', 'linux-amd64-pie', 'darwin-arm64-exe', 'windows-amd64-exe', 'linux-386-exe'].map(tiny);
  const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), early: fc.boolean(), bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }) });

  test('whatever is changed or cut, an answer and no exception', () => {
    fc.assert(
      fc.property(
        fc.nat(samples.length - 1),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        (which, changes, cut) => {
          const bytes = Buffer.from(samples[which] ?? Buffer.alloc(0));
          for (const { at, early, bytes: put } of changes) bytes.set(put.subarray(0, 4), Math.floor(at * (early ? 4096 : bytes.length - 8)));
          const binary = openBinary(memorySource(cut === null ? bytes : bytes.subarray(0, Math.floor(cut * bytes.length))), 'x');
          if (!('facts' in binary)) return;
          symbolize(binary, [0x48a580, 0x48a5dd, 0, 2 ** 48]);
          prove(binary, { dumps: [{ file: 'd', bytes: Buffer.from('main.main()\n\tmain.go:44 +0x9d\n') }], profiles: [] });
        },
      ),
      { numRuns: 150 },
    );
  });

  test('any bytes behind any magic', () => {
    const magic = fc.constantFrom('7f454c46', 'cffaedfe', 'cafebabe', '4d5a9000', 'feedface');
    fc.assert(
      fc.property(magic, fc.uint8Array({ maxLength: 600 }), (start, rest) => {
        const answer = binaryKind.recognise({ path: 'x', bytes: Buffer.concat([Buffer.from(start, 'hex'), rest]) }, {});
        expect(['not mine', 'broken', 'fine']).toContain(answer.is);
      }),
    );
  });
});
