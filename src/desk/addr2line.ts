/** `pprof-triage addr2line FILE ADDR…`: functions, files and lines of addresses of a Go binary, inlined calls included. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { openBinary } from '../core/artefacts/binary/open-binary.ts';
import { symbolize } from '../core/artefacts/binary/symbolize.ts';
import { openFileSource } from './file-source.ts';
import { printable } from './stacks-text.ts';

const usage = `pprof-triage addr2line [options] FILE ADDR…    functions and lines of addresses (hexadecimal), innermost call first
  -            addresses from standard input, one a line
  --bias N     what to subtract from each address (a position-independent program's load address), hexadecimal
  --arch NAME  which slice of a fat Mach-O file: amd64, arm64
  --json       one array of {address, frames}
`;

/** Exit code 0 when every address has a line, 1 when one has none, 2 when the file or an address cannot be read. */
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
  const bias = hexadecimal(values.bias ?? '0');
  if (wrong !== undefined || bias === undefined) return complain(`${wrong ?? values.bias ?? ''} is no hexadecimal address`);
  const source = opened(file);
  if (typeof source === 'string') return complain(source);
  try {
    const binary = openBinary(source, file, values.arch);
    if (!('facts' in binary)) return complain(`${file}: ${binary.reason}`);
    if (binary.lines === undefined) return complain(`${file}: ${binary.facts.notes[0] ?? 'it has no line table'}`);
    const found = symbolize(
      binary,
      addresses.map((address) => address ?? 0),
      bias,
    );
    const rows = found.map((frames, index) => ({ address: `0x${(addresses[index] ?? 0).toString(16)}`, frames }));
    if (values.json === true) process.stdout.write(`${JSON.stringify(rows)}\n`);
    else for (const { address, frames } of rows) process.stdout.write(printable(`${address}\n${lines(frames)}`));
    return found.every((frames) => frames.length > 0) ? 0 : 1;
  } finally {
    source.close();
  }
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { bias: { type: 'string' }, arch: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (problem) {
    return problem instanceof Error ? problem.message : String(problem);
  }
}

function lines(frames: readonly { readonly func: string; readonly file: string; readonly line: number; readonly inlined?: boolean }[]): string {
  if (frames.length === 0) return '  ?\n';
  return frames.map(({ func, file, line, inlined }) => `  ${func}${inlined === true ? ' (inlined)' : ''}\n      ${file}:${line}\n`).join('');
}

function hexadecimal(text: string): number | undefined {
  return /^(?:0x)?[0-9a-f]{1,16}$/i.test(text) ? Number.parseInt(text, 16) : undefined;
}

/** The file, or why it cannot be opened. */
function opened(path: string): ReturnType<typeof openFileSource> | string {
  try {
    return openFileSource(path);
  } catch (problem) {
    return `${path} cannot be opened (${problem instanceof Error && 'code' in problem ? String(problem.code) : String(problem)})`;
  }
}

function complain(sentence: string): number {
  process.stderr.write(`${sentence}\n`);
  return 2;
}
