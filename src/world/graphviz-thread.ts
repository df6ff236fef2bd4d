/** The thread of graphviz.ts: draws the DOT text that it was started with. */
import { parentPort, workerData } from 'node:worker_threads';
import { Graphviz } from '@hpcc-js/wasm-graphviz';

const graphviz = await Graphviz.load();
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of threads, not a window
parentPort?.postMessage(typeof workerData === 'string' ? graphviz.dot(workerData, 'svg') : undefined);
