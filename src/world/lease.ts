/** What several workers must share: who writes in a thread now, and when the next write to GitHub may be made. */
import { randomUUID } from 'node:crypto';
import type { Store } from './store.ts';

/** Longer than any request to GitHub may take (world/client.ts), so that a write in flight has ended when a lease has run out. */
const leaseSeconds = 60;

/** Somebody else writes in this thread now: this run must stop before it doubles anything. */
export class LeaseLost extends Error {}

export interface Lease {
  /** Before each effect: rejects with LeaseLost when it is not ours any more. */
  renew(): Promise<void>;
  release(): Promise<void>;
}

/** The lease, or the seconds until the other one's runs out. */
export async function takeLease(store: Store, name: string): Promise<Lease | number> {
  const holder = randomUUID();
  const taken = await store.query(
    `insert into triage.lease (name, holder, until) values ($1, $2, now() + make_interval(secs => $3))
     on conflict (name) do update set holder = $2, until = now() + make_interval(secs => $3) where triage.lease.until < now() returning name`,
    [name, holder, leaseSeconds],
  );
  if (taken.length === 0) {
    const [other] = await store.query('select extract(epoch from until - now())::float8 as left from triage.lease where name = $1', [name]);
    return Math.max(1, Number(other?.['left'] ?? 1));
  }
  return {
    async renew() {
      const rows = await store.query(
        'update triage.lease set until = now() + make_interval(secs => $3) where name = $1 and holder = $2 and until > now() returning name',
        [name, holder, leaseSeconds],
      );
      if (rows.length === 0) throw new LeaseLost(`another worker took over ${name}`);
    },
    async release() {
      await store.query('delete from triage.lease where name = $1 and holder = $2', [name, holder]);
    },
  };
}

/** Milliseconds until this installation's next write may be made; the place in the row is taken by asking. */
export async function nextWrite(store: Store, installation: number, gapMs: number): Promise<number> {
  const [row] = await store.query(
    `insert into triage.pace (installation, next_write) values ($1, now() + make_interval(secs => $2))
     on conflict (installation) do update set next_write = greatest(triage.pace.next_write, now()) + make_interval(secs => $2)
     returning extract(epoch from next_write - now())::float8 * 1000 - $2 * 1000 as wait`,
    [installation, gapMs / 1000],
  );
  return Math.max(0, Number(row?.['wait'] ?? 0));
}

/** Nothing is asked of GitHub for this installation until then. */
export async function pause(store: Store, installation: number, seconds: number): Promise<void> {
  await store.query(
    `insert into triage.pace (installation, paused_until) values ($1, now() + make_interval(secs => $2))
     on conflict (installation) do update set paused_until = greatest(triage.pace.paused_until, excluded.paused_until)`,
    [installation, seconds],
  );
}

/** Seconds that the installation is still paused; 0 when it is not. */
export async function pausedFor(store: Store, installation: number): Promise<number> {
  const [row] = await store.query('select extract(epoch from paused_until - now())::float8 as left from triage.pace where installation = $1', [installation]);
  return Math.max(0, Number(row?.['left'] ?? 0));
}
