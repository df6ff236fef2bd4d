/** Where goroutines rest, and near misses. */
import { describe, expect, test } from 'vitest';
import { restingPlace } from '../../../src/core/golang/resting-places.ts';
import type { Stack } from '../../../src/core/model.ts';

const stack = (...funcs: readonly string[]): Stack => ({ frames: funcs.map((func) => ({ func, file: 'x.go', line: 1 })) });

describe('main', () => {
  const start = ['github.com/urfave/cli.(*App).Run', 'main.main'];
  test('rests where it waits for a signal', () => expect(restingPlace(stack('main.run', ...start), 'chan receive', 'channel')).toBe('main waits for the end'));
  test('does not rest deep inside of what it does', () => {
    const work = Array.from({ length: 12 }, (_, at) => `example.org/work.Step${at}`);
    expect(restingPlace(stack('github.com/ipfs/boxo/bitswap/client/internal/getter.SyncGetBlock', ...work, ...start), 'select', 'select')).toBeUndefined();
  });
});

describe('bitswap of every era', () => {
  test.each([
    'github.com/ipfs/boxo/bitswap/client/internal',
    'github.com/ipfs/go-libipfs/bitswap/client/internal',
    'github.com/ipfs/go-bitswap/client/internal',
    'github.com/ipfs/go-bitswap/internal',
  ])('%s', (path) => {
    expect(restingPlace(stack(`${path}/getter.handleIncoming`), 'select', 'select')).toBeDefined();
    expect(restingPlace(stack(`${path}/getter.SyncGetBlock`, 'x/y.F'), 'select', 'select')).toBeUndefined();
  });
});
