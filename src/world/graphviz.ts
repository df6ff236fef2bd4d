/** DOT → SVG with Graphviz as WebAssembly, in a thread that can be stopped: layout of large graphs takes minutes. */
import { getCompileCacheDir } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** Nobody waits longer for a drawing; 80 nodes take a tenth of a second. */
const maxSeconds = 5;

const own = fileURLToPath(import.meta.url);
const thread = own.endsWith('.ts') ? own.replace(/graphviz\.ts$/, 'graphviz-thread.ts') : own.replace(/graphviz\.js$/, 'graphviz-thread.js');

/** A thread that has begun to load Graphviz. */
export interface Drawing {
  /** Once. Rejects with a sentence when it takes too long or Graphviz does not like the graph. */
  draw(dot: string, seconds?: number): Promise<string>;
  /** Nothing is to be drawn after all. */
  stop(): void;
}

/** Loading takes a tenth of a second, in which the graph can be made. */
export function startDrawing(): Drawing {
  const cache = getCompileCacheDir();
  // Permission flags and preloaded modules of the parent are nothing for it; compiled code saves a tenth of a second.
  const worker = new Worker(thread, { execArgv: [], env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache } });
  const done = new Promise<string>((resolve, reject) => {
    worker.once('message', (svg: unknown) => (typeof svg === 'string' ? resolve(svg) : reject(new Error('Graphviz made no drawing of it'))));
    worker.once('error', (problem) =>
      reject(new Error(`Graphviz could not draw it: ${problem instanceof Error ? problem.message.split('\n')[0] : 'no reason given'}`)),
    );
    worker.once('exit', () => reject(new Error('Graphviz ended before the drawing was done: ask for fewer nodes')));
  });
  // Until it is asked for, nobody listens.
  done.catch(() => {});
  const stop = (): void => void worker.terminate();
  return {
    stop,
    async draw(dot, seconds = maxSeconds) {
      let clock: NodeJS.Timeout | undefined;
      const tooLong = new Promise<never>((_, reject) => {
        const said = `the drawing was not done within ${seconds} s and was stopped: ask for fewer nodes, as with -nodecount=80`;
        clock = setTimeout(() => reject(new Error(said)), seconds * 1000);
      });
      worker.postMessage(dot);
      try {
        return await Promise.race([done, tooLong]);
      } finally {
        clearTimeout(clock);
        stop();
      }
    },
  };
}

/** At once. */
export function dotToSvg(dot: string, seconds: number = maxSeconds): Promise<string> {
  return startDrawing().draw(dot, seconds);
}
