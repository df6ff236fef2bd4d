/**
 * Speed of goroutine dumps: header, state, minutes, functions, lines and groups of a generated dump, one thread, bytes in
 * memory, beside gostackparse (parse only) and panicparse in the same run, warm; and the whole command, cold. Peers need `go`.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDumps } from '../../src/core/artefacts/goroutines/dumps.ts';
import { groupsOf } from '../../src/core/artefacts/goroutines/groups.ts';
import type { Row } from './bench.ts';
import { desk, measure } from './measure.ts';

/** Goroutines of the two dumps: about 28 MB and 277 MB. */
const sizes = [10_000, 100_000];

export async function bench(smoke: boolean): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'goroutines-'));
  try {
    const peers = smoke ? undefined : buildPeers(folder);
    const rows: Row[] = [];
    for (const count of smoke ? [500] : sizes) {
      const file = join(folder, `${count}.stacks`);
      writeDump(file, count);
      const megabytes = statSync(file).size / 1e6;
      const what = `${count} goroutines, ${Math.round(megabytes)} MB`;
      const { seconds, first, theirs } = inTurns(file, count, peers);
      const speed = `${Math.round(megabytes / seconds)} MB/s, the first time ${first.toFixed(2)} s`;
      rows.push({ what: `${what}, read and grouped, ${speed}`, seconds, peer: theirs, want: 'at least 2 times gostackparse, which does not group' });
      if (count === sizes[0])
        rows.push({ what: `${what}, read and grouped`, seconds, peer: peer(peers, 'panicparse', file, 1), want: 'at least 20 times panicparse' });
      const whole = await measure(desk(file, '--json'), smoke ? 1 : 3);
      rows.push({
        what: `${what}, whole command, ${((whole.megabytes ?? 0) / megabytes).toFixed(2)} times the file in memory`,
        seconds: whole.seconds,
        megabytes: whole.megabytes,
        peer: peers === undefined ? undefined : { name: 'gostackparse as a process', seconds: (await measure([peers, 'gostackparse', file, '1'], 3)).seconds },
        want: 'not slower than gostackparse, at most 2 s for 277 MB, and 2.2 times the file and 120 MB',
      });
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Both sides take turns, so that a busy machine is busy for both: best of all runs of each. */
function inTurns(file: string, count: number, peers: string | undefined): { seconds: number; first: number; theirs: Row['peer'] } {
  const bytes = readFileSync(file);
  let seconds = Infinity;
  let first: number | undefined;
  let theirs: Row['peer'];
  for (let turn = 0; turn < 4; turn++) {
    for (let run = 0; run < 4; run++) {
      const begin = performance.now();
      const [dump] = readDumps(file, bytes);
      const groups = dump === undefined ? 0 : groupsOf(dump).length;
      const took = (performance.now() - begin) / 1000;
      first ??= took;
      seconds = Math.min(seconds, took);
      if (dump?.count !== count || groups === 0) throw new Error(`read ${dump?.count} of ${count} goroutines`);
    }
    const one = peer(peers, 'gostackparse', file, 3);
    if (one !== undefined && (theirs === undefined || one.seconds < theirs.seconds)) theirs = one;
  }
  return { seconds, first: first ?? seconds, theirs };
}

/** Path of the peers' program, undefined without Go or without their modules. */
function buildPeers(folder: string): string | undefined {
  try {
    const program = join(folder, 'peers');
    execFileSync('go', ['build', '-o', program, '.'], { cwd: 'test/bench/peers', stdio: ['ignore', 'ignore', 'ignore'] });
    return program;
  } catch {
    return undefined;
  }
}

function peer(program: string | undefined, name: string, file: string, runs: number): Row['peer'] {
  if (program === undefined) return undefined;
  const version =
    execFileSync(program, ['versions'])
      .toString()
      .split('\n')
      .find((line) => line.includes(name))
      ?.split(' ')[1] ?? '';
  const times = execFileSync(program, [name, file, String(runs)])
    .toString()
    .trim()
    .split('\n')
    .map((line) => Number(line.split(' ')[1]) / 1e6);
  return { name: `${name} ${version}`, seconds: Math.min(...times) };
}

const packages = [
  'github.com/libp2p/go-libp2p/p2p/net/swarm.(*Swarm)',
  'github.com/libp2p/go-libp2p/p2p/protocol/identify.(*idService)',
  'github.com/libp2p/go-libp2p-kad-dht.(*IpfsDHT)',
  'github.com/libp2p/go-yamux/v4.(*Session)',
  'github.com/ipfs/boxo/bitswap/client/internal/session.(*Session)',
  'github.com/ipfs/boxo/bitswap/client/internal/messagequeue.(*MessageQueue)',
  'github.com/ipfs/boxo/bitswap/server/internal/decision.(*blockstoreManager)',
  'github.com/ipfs/boxo/ipld/merkledag.(*ComboService)',
  'github.com/ipfs/boxo/pinning/pinner/dspinner.(*pinner)',
  'github.com/ipfs/kubo/core/corehttp.(*gateway)',
  'github.com/ipfs/go-ds-flatfs.(*Datastore)',
  'github.com/quic-go/quic-go.(*connection)',
  'net/http.(*conn)',
  'internal/poll.(*FD)',
];
const verbs = ['Read', 'Write', 'handle', 'loop', 'GetBlock', 'Pin', 'fetch', 'dial', 'Connected', 'serve', 'run', 'accept', 'Get', 'lookup', 'update'];
const states = ['select', 'select', 'select', 'IO wait', 'chan receive', 'sync.Mutex.Lock', 'semacquire', 'sleep', 'sync.Cond.Wait'];

/** 400 distinct stacks of 8 to 20 frames with aggregates, `?`, inlined calls and parents, the first ones most often. */
function writeDump(file: string, count: number): void {
  let seed = 42;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 0x100000000) * below);
  };
  const of = <T>(list: readonly T[]): T => list[random(list.length)] ?? list[0]!;
  const stacks = Array.from({ length: 400 }, () => ({
    state: of(states),
    frames: Array.from({ length: 8 + random(13) }, () => {
      const owner = of(packages);
      return {
        func: `${owner}.${of(verbs)}${random(4) === 0 ? `.func${1 + random(3)}` : ''}`,
        place: `/home/ipfs/go/pkg/mod/${owner.replace(/\.\(.*/, '')}@v0.33.2/${of(['conn', 'swarm', 'session', 'engine'])}.go:${20 + random(900)}`,
        args: random(6),
      };
    }),
  }));
  const out = openSync(file, 'w');
  let text = '';
  for (let id = 1; id <= count; id++) {
    const { state, frames } = stacks[Math.floor(400 * (random(1000) / 1000) ** 3)] ?? stacks[0]!;
    text += `goroutine ${id * 7} [${state}${random(3) > 0 ? `, ${1 + random(3000)} minutes` : ''}]:\n`;
    const base = 0xc000000000 + random(1 << 30);
    for (const [i, { func, place, args }] of frames.entries()) {
      if (i % 5 === 4) text += `${func}(...)\n\t${place}\n`;
      else {
        const values = Array.from({ length: args }, (_, a) =>
          a === 2
            ? `{0x${(0x2000000 + random(1 << 20)).toString(16)}, 0x${(base + i).toString(16)}}`
            : a === 3
              ? `0x${random(255).toString(16)}?`
              : `0x${(base + i * 128 + a * 16).toString(16)}`,
        );
        text += `${func}(${values.join(', ')})\n\t${place} +0x${(0x20 + i * 7).toString(16)}\n`;
      }
    }
    text += `created by ${frames[0]?.func} in goroutine ${random(id * 7)}\n\t${frames[0]?.place} +0x9c\n\n`;
    if (text.length > 1 << 20) {
      writeSync(out, text);
      text = '';
    }
  }
  writeSync(out, text);
  closeSync(out);
}
