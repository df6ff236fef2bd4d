/** The desk door as a command: exit codes, formats, refusals; a broken file loses nothing of the others. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'desk-'));
const version = join(folder, 'a-file');
writeFileSync(version, '{"Version":"0.34.1","Commit":"","Repo":"16","System":"amd64/linux","Golang":"go1.24.9"}\n');

function desk(args: readonly string[], input = ''): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, ['src/cli.ts', ...args], { encoding: 'utf8', input });
}

test('the report of any input validates against its schema', () => {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(readFileSync('docs/report.schema.json', 'utf8')));
  const report: unknown = JSON.parse(execFileSync(process.execPath, ['src/cli.ts', '--json', version], { encoding: 'utf8' }));
  expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
  expect(report).toMatchObject({ schema: 1, inventory: [{ path: 'a-file', kind: 'version' }] });
});

test('nothing readable is exit code 2 and one sentence for each file', () => {
  const nonsense = join(folder, 'nonsense.txt');
  writeFileSync(nonsense, 'hello there');
  const done = desk(['--json', nonsense, join(folder, 'missing')]);
  expect(done.status).toBe(2);
  expect(done.stderr.trim().split('\n')).toHaveLength(2);
  expect(done.stderr).toContain('there is no such file');
});

test('a broken file beside a good one costs only itself', () => {
  const broken = join(folder, 'ipfs-profile.zip');
  writeFileSync(broken, 'PK\u0003\u0004 and then nothing');
  const done = desk(['--json', broken, version]);
  expect(done.status).toBe(0);
  expect(done.stderr).toContain('ipfs-profile.zip');
  expect(JSON.parse(done.stdout)).toMatchObject({ captures: [{ program: { version: '0.34.1' } }] });
});

test('a pasted dump comes through standard input', () => {
  const dump =
    'goroutine 1 [chan receive, 12 minutes]:\nmain.main()\n\t/src/main.go:10 +0x20\n\ngoroutine 7 [IO wait]:\ninternal/poll.runtime_pollWait(0x1, 0x72)\n\t/usr/local/go/src/runtime/netpoll.go:343 +0x85\nmain.serve()\n\t/src/main.go:22 +0x20\ncreated by main.main in goroutine 1\n\t/src/main.go:8 +0x30\n';
  const done = desk(['--json', '-'], dump);
  expect(done.status).toBe(0);
  expect(JSON.parse(done.stdout)).toMatchObject({ captures: [{ dumps: [{ dialect: 'debug=2', goroutines: 2, unread: 0 }] }] });
});

test('a post saved as Markdown: what it leads to is said, what is pasted in it is read', () => {
  const post = join(folder, 'post.md');
  writeFileSync(post, 'See [dump.zip](https://github.com/ipfs/kubo/files/1/dump.zip) and [Uploading heap.gz…]()\n');
  const done = desk(['--json', post, version]);
  expect(done.status).toBe(0);
  expect(done.stderr).toContain('dump.zip: the post only links to it');
  expect(done.stderr).toContain('heap.gz: its upload had not ended');
});

test('wrong options are said in one line', () => {
  expect(desk(['--format', 'xml', version])).toMatchObject({ status: 2, stderr: '--format is text, markdown or json, not xml\n' });
  expect(desk(['--show', 'everything', version]).stderr).toContain('--show is one of leads');
});

test('pages are written where asked', () => {
  const out = join(folder, 'out');
  expect(desk(['--out', out, version]).status).toBe(0);
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/);
  expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toMatchObject({ schema: 1 });
});

test('a key in a file is named first, by kind and file, in every form', () => {
  const key = 'AKIAIOSFODNN7EXAMPLE';
  const named = join(folder, 'config');
  writeFileSync(named, `{"Identity":{"PeerID":"12D3KooWA"},"Datastore":{"Spec":{"accessKey":"${key}"}}}\n`);
  const text = desk([named, version]).stdout;
  expect(text).toMatch(/^Shown here: an access key of AWS in config\./);
  const out = join(folder, 'secret');
  expect(desk(['--out', out, named, version]).status).toBe(0);
  const page = readFileSync(join(out, 'report.html'), 'utf8');
  expect(page).toContain('an access key of AWS in config');
  expect(text + page).not.toContain(key);
  expect(desk([version]).stdout).not.toContain('Shown here');
});
