/** The thread of graphviz.ts: draws the DOT text that it is sent. */
import { parentPort } from 'node:worker_threads';
import { Graphviz } from '@hpcc-js/wasm-graphviz';

const graphviz = await Graphviz.load();
parentPort?.once('message', (dot: unknown) => {
  parentPort?.postMessage(typeof dot === 'string' ? graphviz.dot(dot, 'svg') : undefined);
});
