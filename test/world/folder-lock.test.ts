/** One process for a data folder, whatever died before, and however many start at once. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, expect, test } from 'vitest';
import { lockFolder } from '../../src/world/folder-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'lock-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the second one is told who has it, and gets it after', async () => {
  const release = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toThrow(new RegExp(`another process \\(${process.pid}\\) uses this data folder`));
  release();
  (await lockFolder(folder))();
});

test('what a killed process left behind holds nobody up', async () => {
  const path = join(folder, 'server.sock');
  const child = spawn(process.execPath, ['-e', `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('on'))`]);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('close', resolve));
  (await lockFolder(folder))();
  writeFileSync(path, 'not even a socket');
  (await lockFolder(folder))();
});

test('processes that start in the same moment: one has it, also while others come and go', async () => {
  // Lines appended to one file stand in the order in which they were written; pipes would not tell.
  const log = join(folder, 'log');
  const program = `
    import { appendFileSync } from 'node:fs';
    const { lockFolder } = await import(${JSON.stringify(new URL('../../src/world/folder-lock.ts', import.meta.url).href)});
    const say = (line) => appendFileSync(${JSON.stringify(log)}, line + '\\n');
    try {
      const release = await lockFolder(${JSON.stringify(folder)});
      say('has it');
      setTimeout(() => { say('gives it back'); release(); }, 40);
    } catch (problem) { say(problem.message); }`;
  const children = Array.from({ length: 12 }, () => spawn(process.execPath, ['--input-type=module', '-e', program]));
  await Promise.all(children.map((child) => new Promise((resolve) => child.once('close', resolve))));
  const said = readFileSync(log, 'utf8').trim().split('\n');
  rmSync(log);
  const turns = said.filter((line) => !line.includes('uses this data folder'));
  expect(turns.length).toBeGreaterThanOrEqual(2);
  expect(said).toHaveLength(12 + turns.length / 2);
  expect(turns).toEqual(Array.from({ length: turns.length / 2 }, () => ['has it', 'gives it back']).flat());
});

test('an owner that is too busy to speak is an owner', async () => {
  const path = join(folder, 'server.sock');
  const server = createServer(() => {}).listen(path);
  await expect(lockFolder(folder)).rejects.toThrow(/another process \(busy\)/);
  server.close();
});

test('of many that start at once behind a dead one, one gets it', async () => {
  writeFileSync(join(folder, 'server.sock'), '');
  const all = await Promise.allSettled(Array.from({ length: 6 }, () => lockFolder(folder)));
  const got = all.filter((one) => one.status === 'fulfilled');
  expect(got).toHaveLength(1);
  for (const one of got) one.value();
  expect(readdirSync(folder)).toEqual([]);
});
