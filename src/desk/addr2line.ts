/** `pprof-triage addr2line FILE ADDR…`: functions, files and lines of addresses of a Go binary, inlined calls included. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { symbolize } from '../core/artefacts/binary/symbolize.ts';
import { prove } from '../core/artefacts/binary/verdict.ts';
import type { Frame } from '../core/model.ts';
import { openExecutable } from './executable.ts';
import { printable } from '../core/report/escape.ts';

const usage = `pprof-triage addr2line [options] FILE ADDR…    functions and lines of addresses (hexadecimal), innermost call first;
                  FILE may be an archive or folder with the binary in it
  -               addresses from standard input, separated by spaces or lines
  --bias N        what to subtract from each address (where a position-independent program was loaded), hexadecimal
  --against FILE  a dump or profile of the same process, which proves the binary and says where it was loaded; may be repeated
  --arch NAME     which slice of a fat Mach-O file: amd64, arm64
  --json          one array of {address, frames}
Exit code: 0 every address has a line, 1 one has none, 2 the file or an address cannot be read or --against proves another binary.
`;

/** Exit code as the usage says. */
export async function run(args: readonly string[]): Promise<number> {
  const options = read(args);
  if (typeof options === 'string') return complain(options);
  const { values, positionals } = options;
  const [file, ...given] = positionals;
  if (values.help === true || file === undefined || given.length === 0) {
    process.stdout.write(usage);
    return values.help === true ? 0 : 2;
  }
  const words = given.includes('-')
    ? readFileSync(0, 'utf8')
        .split(/\s+/)
        .filter((word) => word !== '')
    : given;
  const addresses = words.map(hexadecimal);
  const wrong = words[addresses.indexOf(undefined)];
  const said = hexadecimal(values.bias ?? '0');
  if (wrong !== undefined || said === undefined) return complain(`${wrong ?? values.bias ?? ''} is no hexadecimal address`);
  const opened = await openExecutable(file, values.arch);
  if (typeof opened === 'string') return complain(opened);
  const { binary, name } = opened;
  try {
    if (binary.lines === undefined) return complain(`${name}: ${binary.facts.notes[0] ?? 'it has no line table'}`);
    let bias = said;
    if (values.against !== undefined) {
      const { evidenceOf, partsOf } = await import('./binary.ts');
      const proof = prove(binary, await partsOf(await evidenceOf(values.against)), name);
      if (!proof.exact)
        return complain(`${name} is not proved to be the binary of ${values.against.join(', ')}: ${proof.report.verdict}: ${proof.report.why.join('; ')}`);
      bias = proof.bias ?? 0;
    }
    const found = symbolize(
      binary,
      addresses.map((address) => address ?? 0),
      bias,
    );
    const rows = found.map((frames, index) => ({ address: `0x${(addresses[index] ?? 0).toString(16)}`, frames }));
    if (values.json === true) process.stdout.write(`${JSON.stringify(rows)}\n`);
    else for (const { address, frames } of rows) process.stdout.write(printable(`${address}\n${lines(frames)}`));
    const unknown = found.filter((frames) => frames.length === 0).length;
    if (unknown === found.length && binary.image.layout.pie && bias === 0)
      process.stderr.write('The program is position-independent: --bias or --against says where it was loaded.\n');
    return unknown === 0 ? 0 : 1;
  } finally {
    opened.close();
  }
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        bias: { type: 'string' },
        against: { type: 'string', multiple: true },
        arch: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (problem) {
    return problem instanceof Error ? problem.message : String(problem);
  }
}

function lines(frames: readonly Frame[]): string {
  if (frames.length === 0) return '  ? (no code of this program)\n';
  return frames.map(({ func, file, line, inlined }) => `  ${func}${inlined === true ? ' (inlined)' : ''}\n      ${file}:${line}\n`).join('');
}

function hexadecimal(text: string): number | undefined {
  return /^(?:0x)?[0-9a-f]{1,16}$/i.test(text) ? Number.parseInt(text, 16) : undefined;
}

function complain(sentence: string): number {
  process.stderr.write(`${sentence}\n`);
  return 2;
}
