/** DOT → SVG with Graphviz as WebAssembly, in a thread that can be stopped: layout of large graphs takes minutes. */
import { getCompileCacheDir } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** Nobody waits longer for a drawing; 80 nodes take a tenth of a second. */
const maxSeconds = 5;

const own = fileURLToPath(import.meta.url);
const thread = own.endsWith('.ts') ? own.replace(/graphviz\.ts$/, 'graphviz-thread.ts') : own.replace(/graphviz\.js$/, 'graphviz-thread.js');

/** Rejects with a sentence when it takes too long or Graphviz does not like the graph. */
export function dotToSvg(dot: string, seconds: number = maxSeconds): Promise<string> {
  return new Promise((resolve, reject) => {
    const cache = getCompileCacheDir();
    // Permission flags and preloaded modules of the parent are nothing for it; compiled code saves a tenth of a second.
    const worker = new Worker(thread, { workerData: dot, execArgv: [], env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache } });
    const stop = (problem: string): void => {
      clearTimeout(clock);
      void worker.terminate();
      reject(new Error(problem));
    };
    const clock = setTimeout(
      () => stop(`the drawing was not done within ${seconds} s and was stopped: ask for fewer nodes, as with -nodecount=80`),
      seconds * 1000,
    );
    worker.once('message', (svg: unknown) => {
      clearTimeout(clock);
      void worker.terminate();
      if (typeof svg === 'string') resolve(svg);
      else reject(new Error('Graphviz made no drawing of it'));
    });
    worker.once('error', (problem) => stop(`Graphviz could not draw it: ${problem instanceof Error ? problem.message.split('\n')[0] : 'no reason given'}`));
    worker.once('exit', () => stop('Graphviz ended before the drawing was done: ask for fewer nodes'));
  });
}
