/** Counts of the server in OpenMetrics text (github.com/prometheus/OpenMetrics, specification 1.0). */
import process from 'node:process';
import type { Depth } from './queue.ts';

/** Everything that is counted, with what it says. */
const counters = {
  deliveries_accepted: 'Deliveries stored with a job',
  deliveries_duplicate: 'Deliveries that were here already',
  deliveries_ignored: 'Deliveries about something else',
  deliveries_refused: 'Requests with a wrong signature or too large',
  jobs_done: 'Threads read and answered, or found to need no answer',
  jobs_settled: 'Jobs that found nothing new since last time',
  jobs_gone: 'Jobs whose thread was locked, deleted or moved',
  jobs_busy: 'Jobs put off, because their thread or installation was not free',
  jobs_failed: 'Attempts that failed and are tried again or put aside',
  pauses: 'Times that GitHub asked us to slow down',
  writes: 'Writes to GitHub',
} as const;

export type Counter = keyof typeof counters;

export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

export interface Metrics {
  count(what: Counter): void;
  /** One job's time from start to end. */
  took(seconds: number): void;
  text(depth: Depth): string;
}

export function metrics(): Metrics {
  const counts = new Map<Counter, number>();
  let [seconds, jobs] = [0, 0];
  const family = (name: string, type: string, help: string, samples: readonly string[]): string =>
    `# TYPE pprof_triage_${name} ${type}\n# HELP pprof_triage_${name} ${help}.\n${samples.map((sample) => `pprof_triage_${name}${sample}\n`).join('')}`;
  return {
    count: (what) => void counts.set(what, (counts.get(what) ?? 0) + 1),
    took: (one) => {
      seconds += one;
      jobs += 1;
    },
    text: ({ waiting, active, aside, oldest }) =>
      [
        ...Object.entries(counters).map(([name, help]) => family(name, 'counter', help, [`_total ${[...counts].find(([key]) => key === name)?.[1] ?? 0}`])),
        family('job_seconds', 'summary', 'Time that jobs took', [`_count ${jobs}`, `_sum ${seconds.toFixed(3)}`]),
        family('queue_jobs', 'gauge', 'Jobs in the queue', [`{state="waiting"} ${waiting}`, `{state="active"} ${active}`, `{state="aside"} ${aside}`]),
        family('queue_oldest_seconds', 'gauge', 'Age of the oldest job that could run', [` ${oldest.toFixed(3)}`]),
        family('resident_bytes', 'gauge', 'Memory of the server itself', [` ${process.memoryUsage.rss()}`]),
        '# EOF\n',
      ].join(''),
  };
}
