/** Progress of long work on standard error, only on a terminal. */
import process from 'node:process';

export function progress(): { readonly step: (what: string) => void; readonly end: () => void } {
  if (!process.stderr.isTTY) return { step: () => {}, end: () => {} };
  const started = performance.now();
  return {
    step(what) {
      if (performance.now() - started > 300) process.stderr.write(`\r\u001b[Kreading ${what.slice(-60)}`);
    },
    end() {
      process.stderr.write('\r\u001b[K');
    },
  };
}
