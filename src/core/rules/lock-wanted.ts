/** A dump without times and numbers (debug=1, protobuf) in which many want one lock: who waits, and what the likely holder waits for. */
import { placeOf, stacks } from '../asks.ts';
import { boxOf, causeWords } from './causes.ts';
import { crowdDoing } from './doing.ts';
import { type Crowd, type View, packageOf } from './dump-view.ts';
import { boxed, capital, times } from './plain.ts';
import { pinLockHolders } from './pin-lock.ts';
import { defineRule } from './rule.ts';
import { type Outside, waitOf } from './waits.ts';

/** So many at once are seen on no healthy daemon; a few are the moment between two holders. */
const many = 10;

interface Facts {
  readonly wantedIn: string;
  readonly count: number;
  readonly by: readonly { readonly who: string; readonly count: number }[];
  readonly holder?: string;
  readonly cause?: Outside;
  readonly funcs: readonly string[];
}

const locking = /^(?:internal\/)?sync\.\(\*(?:RW)?Mutex\)\.(?:R?Lock|lockSlow)$/;

export const lockWanted = defineRule({
  id: 'lock-wanted',
  about: 'hang',
  needs: ['dump'],
  see: ({ dump }): readonly Facts[] => {
    if (dump.dump.goroutines.length > 0) return [];
    const waiting = dump.crowds.filter(({ funcs }) => funcs.slice(0, 6).some((func) => locking.test(func)));
    const byOwner = Map.groupBy(waiting, ({ funcs }) => ownerOf(wantedIn(funcs)));
    const [largest] = [...byOwner].map(([owner, crowds]) => ({ owner, crowds, count: countOf(crowds) })).toSorted((a, b) => b.count - a.count);
    if (largest === undefined || largest.count < many) return [];
    const holder = holderIn(dump, largest.owner, waiting);
    const by = [...Map.groupBy(largest.crowds, (crowd) => crowdDoing(crowd).words)].map(([who, crowds]) => ({ who, count: countOf(crowds) }));
    return [
      {
        wantedIn: wantedIn(largest.crowds[0]?.funcs ?? []),
        count: largest.count,
        by: by.toSorted((a, b) => b.count - a.count),
        holder: holder === undefined ? undefined : crowdDoing(holder.crowd).words,
        cause: holder?.cause,
        funcs: [...(holder?.crowd.funcs ?? []), ...(largest.crowds[0]?.funcs ?? [])]
          .filter((func) => !/^(?:runtime|sync|internal|net\/http)[./]/.test(func))
          .slice(0, 16),
      },
    ];
  },
  say: ({ wantedIn: where, count, by, holder, cause, funcs }, { dump, capture, complaint }) => {
    const whose = by
      .slice(0, 3)
      .map((one) => times(one.count, one.who))
      .join(', ');
    const known = holder === undefined || cause === undefined ? undefined : { for: cause, goroutine: 0, how: 'own stack' as const };
    return {
      title:
        known === undefined
          ? `${capital(whose)} want one lock at the same moment`
          : `${capital(causeWords(holder ?? '', known))}, and ${count} others want the lock that it may hold`,
      effect: known === undefined ? undefined : `${capital(whose)} wait.`,
      because: `They all ask for it in \`${where.slice(where.lastIndexOf('/') + 1)}\`. This form of a dump tells neither how long they have waited nor who holds what; \`…/debug/pprof/goroutine?debug=2\` does.`,
      // Reading and sending are slow for a moment on every busy node.
      certainty: cause === 'content' || cause === 'disk' ? 'likely' : 'hint',
      weight: 58,
      functions: funcs,
      witnesses: [{ file: dump.dump.file, row: where }],
      next: [`Take the full form while it lasts: \`${stacks(placeOf([capture], complaint))}\`.`],
      chain:
        known === undefined
          ? undefined
          : {
              nodes: [
                ...by.slice(0, 3).map((one, at) => ({ id: `w${at}`, text: `${boxed(one.who, one.count)}\n${one.count === 1 ? 'wants' : 'want'} the lock` })),
                { id: 'root', text: `${boxed(holder ?? '')}\nmay hold it` },
                { id: 'outside', text: boxOf(known) },
              ],
              edges: [...by.slice(0, 3).map((_, at) => [`w${at}`, 'root'] as const), ['root', 'outside'] as const],
            },
    };
  },
});

function countOf(crowds: readonly Crowd[]): number {
  return crowds.reduce((sum, { group }) => sum + group.count, 0);
}

/** The first function that is not of the lock itself. */
function wantedIn(funcs: readonly string[]): string {
  return funcs.find((func) => !/^(?:runtime|(?:internal\/)?sync)[./]/.test(func)) ?? '';
}

/** Package and type of a method: those of one object ask for the same lock. */
function ownerOf(func: string): string {
  return /^.*\.\(\*[^()]+\)/.exec(func)?.[0] ?? packageOf(func);
}

/** The only group inside of the guarded code that waits for something outside of the process. */
function holderIn(view: View, owner: string, waiting: readonly Crowd[]): { readonly crowd: Crowd; readonly cause: Outside } | undefined {
  const inside = (func: string): boolean => ownerOf(func) === owner || (owner.endsWith('(*gclocker)') && pinLockHolders.test(func));
  const found = view.crowds.flatMap((crowd) => {
    if (waiting.includes(crowd) || crowd.group.idle || !crowd.funcs.some(inside)) return [];
    const cause = waitOf(view, crowd);
    return cause === undefined ? [] : [{ crowd, cause }];
  });
  const [only] = found;
  return found.length === 1 ? only : undefined;
}
