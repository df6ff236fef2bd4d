/** Who may hold a lock: of every goroutine with a frame that touches it the most telling frame, and how far it is believed. */
import { scoreOf, type Claim, type Claims } from './claims.ts';
import { evidenceOf, inCode, needOf, type Context, type Evidence, type Need } from './evidence.ts';
import { isUntold, liftedFrame, type Found } from './identify.ts';
import type { Onces } from './onces.ts';
import type { Named } from './search.ts';
import { structural } from './structure.ts';
import type { Touch, Touches } from './touches.ts';
import type { View, Views } from './view.ts';
import type { Wait } from './wait.ts';

export interface Candidate {
  readonly view: View;
  /** Sum of what speaks for it, about 0 to 1. */
  readonly score: number;
  /** Share of the belief, 0 to 1: candidates and "somebody who does not show" together make 1. */
  readonly belief: number;
  readonly why: readonly string[];
  readonly frame: number;
  /** It waits for this very lock itself. */
  readonly self: boolean;
  /** Shown by the structure of the standard library, by the source or by what is known of a function. */
  readonly proof: boolean;
  /** A frame is past a place where this lock is taken. */
  readonly past: boolean;
  /** A frame carries a pointer that ties it to this very lock. */
  readonly tied: boolean;
  readonly reads: boolean | undefined;
  /** Blocked for less time than its waiters: the lock goes from one to the next, and this one has it at the moment. */
  readonly recent: boolean;
}

export interface Dump extends Context {
  readonly touches: Touches;
  readonly waitOf: (view: View) => Wait;
  readonly views: Views;
  readonly onces: Onces;
  /** What the source says of a lock. */
  readonly claimsOn: (lock: Found) => Claims;
  /** Nothing is missing, so that somebody in the dump most likely holds each lock. */
  readonly whole: boolean;
}

type Draft = { -readonly [K in keyof Omit<Candidate, 'belief'>]: Candidate[K] };

/** Below this nobody is worth a thought. */
const leastScore = 0.05;
/** Objects that ask for one lock, and goroutines at one of them: more come only from a lock that everything shares. */
const maxAskers = 8;
const maxTouches = 2_000;
/** Candidates of a lock that are compared with those of other locks of the object. */
const maxShared = 8;

export function candidatesOf(lock: Found, dump: Dump): readonly Candidate[] {
  const certain = structural(lock, dump);
  if (certain !== undefined) return certain;
  const need = needOf(lock);
  const waiting = new Set(lock.waiters);
  const longest = lock.waiters.reduce((most, { minutes }) => Math.max(most, minutes), 0);
  const best = new Map<View, Draft>();
  const claims = dump.claimsOn(lock);
  for (const { view, at } of nearby(lock, need, dump)) {
    if (claims.isFree(view)) continue;
    const draft = draftOf(lock, view, at, waiting.has(view), need, dump);
    if (draft === undefined) continue;
    const known = best.get(view);
    if (known === undefined || draft.score > known.score) best.set(view, draft);
  }
  for (const [view, claim] of claims.of) best.set(view, claimed(best.get(view), claim, lock, view, waiting.has(view)));
  const drafts = [...best.values()];
  for (const draft of drafts) withTime(draft, longest);
  for (const draft of drafts) if (draft.self && !draft.proof) draft.score -= 0.1;
  contradict(drafts, claims, need);
  return believed(
    drafts.filter(({ score }) => score > leastScore),
    need,
    dump.whole && !isUntold(lock),
  );
}

/** Frames that carry the object, the lock or an asking object, or of the object's type, or in the functions that ask. */
function nearby(lock: Found, need: Need, { touches }: Dump): Iterable<Touch> {
  const near = new Set<Touch>();
  const take = (list: readonly Touch[]): void => {
    for (const touch of list.slice(0, maxTouches)) near.add(touch);
  };
  // Two goroutines at one place cannot both hold an exclusive lock: those who stand alone are enough.
  const alone = need !== 'read';
  if (lock.object !== undefined) {
    take(touches.of(lock.object.value, alone));
    take(touches.unread(lock.object.type, alone));
  }
  if (lock.address !== undefined) take(touches.of(lock.address, alone));
  for (const value of [...lock.askers.keys()].slice(0, maxAskers)) take(touches.of(value, alone));
  if (lock.object === undefined || isUntold(lock)) for (const func of lock.sites.keys()) take(touches.in(func, alone));
  return near;
}

function draftOf(lock: Found, view: View, at: number, self: boolean, need: Need, dump: Dump): Draft | undefined {
  const wait = dump.waitOf(view);
  // This very frame is asking for the lock.
  if (self && (at === wait.caller || at === liftedFrame(view, wait))) return undefined;
  const found = evidenceOf(lock, view, at, need, dump);
  if (found === undefined) return undefined;
  // A goroutine that only comes through an object which uses the lock does not wait for itself.
  if (self && !found.inside && !found.past) return undefined;
  const { why, past, tied, reads } = found;
  const score = found.score - restful(view, at, wait, found, self) - (self && need === 'read' && isUpgrade(wait, found) ? 0.15 : 0);
  return { view, score, why, frame: at, self, proof: false, past, tied, reads, recent: false };
}

/** It would have to hold for reading what it wants for writing: that is less common than to read within a read. */
function isUpgrade({ kind }: Wait, { past }: Evidence): boolean {
  return (kind === 'wlock' || kind === 'wlock2') && !past;
}

/** What the source says, beside or in place of what the frames show. */
function claimed(draft: Draft | undefined, claim: Claim, lock: Found, view: View, self: boolean): Draft {
  const one = view.at(claim.frame)?.frame;
  const held = `${inCode(one?.func ?? '')} ${claim.is === 'may' ? 'holds, on some of its paths,' : 'holds'} ${lock.want === undefined ? 'the lock' : `\`${lock.want.name}\``} at line ${one?.line ?? 0}, as its source shows`;
  return {
    view,
    score: claim.same ? scoreOf(claim) : Math.max(scoreOf(claim), Math.min(0.7, draft?.score ?? 0)),
    why: [claim.sure ? held : `${held} in the releases nearest to this one`, ...(draft?.why ?? [])],
    frame: claim.frame,
    self,
    proof: claim.is === 'holds' && claim.same && claim.sure,
    past: claim.is === 'holds',
    // Who waits for the lock and has it only on some paths is most likely on another one, as all that wait beside it.
    tied: (claim.same && !(self && claim.is === 'may')) || draft?.tied === true,
    reads: claim.mode === undefined ? undefined : claim.mode === 'read',
    recent: false,
  };
}

/** A lock that is held for writing has one holder: where the source shows two, it is not the program's, and proves neither. */
function contradict(drafts: readonly Draft[], claims: Claims, need: Need): void {
  const proved = drafts.filter(({ view, proof, reads }) => proof && claims.of.has(view) && (reads !== true || need === 'write'));
  if (proved.length < 2) return;
  for (const draft of proved) {
    draft.proof = false;
    draft.score = Math.min(draft.score, 0.5);
  }
}

/** Words of functions that go round: one of them first or last in a name. */
const loops = new Set('loop run runner serve worker watch watcher listen monitor background gc janitor ticker'.split(' '));

function isLoop(func: string): boolean {
  const name = /([A-Za-z]\w*?)(?:_\w+)?(?:\.func[\d.]+)?$/.exec(func)?.[1] ?? '';
  const words = name.match(/[A-Z]?[a-z]+|[A-Z]+/g)?.map((word) => word.toLowerCase()) ?? [];
  return loops.has(words[0] ?? '') || loops.has(words.at(-1) ?? '');
}

/** Event loops rest in their own entry function, in a select, in a receive or in a condition whose lock they have given back. */
function restful(view: View, at: number, wait: Wait, { past }: Evidence, self: boolean): number {
  const entry = at === view.depth - 1;
  const leaf = at === wait.caller;
  const looks = entry && isLoop(view.at(at)?.frame.func ?? '');
  if (leaf && wait.kind === 'cond') return 0.35;
  if (leaf && wait.kind === 'waitgroup') return 0.05;
  if (past) return 0;
  // No loop keeps a lock from one round to the next.
  if (self) return looks ? 0.25 : 0;
  if (!leaf || !entry || !/^(?:select|chan receive)/.test(view.state)) return looks ? 0.15 : 0;
  return looks || view.state.startsWith('select') ? 0.3 : 0.15;
}

function withTime(draft: Draft, longest: number): void {
  const { view } = draft;
  if (longest === 0 || view.state === 'running' || view.state === 'runnable') return;
  draft.recent = view.minutes + 1 < longest;
  if (view.minutes + 3 >= longest) draft.score += 0.1;
  else if (!draft.proof) {
    draft.score -= 0.15;
    draft.why = [...draft.why, 'but it is blocked for less time than they are'];
  }
}

/** How many times more 0.1 of score is believed: hand-set, checked on dumps whose holders are known. */
const steepness = 6;
/** Score at which a candidate is as likely as somebody who does not show. */
const even = 0.3;

/** Shares of belief: one candidate takes it from the other, unless many may be inside for reading. One that is proved explains all waiting. */
function believed(drafts: readonly Draft[], need: Need, whole: boolean): readonly Candidate[] {
  const weights = drafts.map(({ score }) => Math.exp(steepness * (score - even)));
  const nobody = whole ? 1 : 2.5;
  const sum = (own: (draft: Draft) => boolean): number =>
    weights.reduce((all, weight, at) => (drafts[at] !== undefined && own(drafts[at]) ? all + weight : all), nobody);
  const all = sum(() => true);
  const proved = sum(({ proof }) => proof);
  return drafts
    .map((draft, at): Candidate => {
      const weight = weights[at] ?? 0;
      const against = need !== 'read' ? all : draft.proof ? weight + nobody : weight + proved;
      return { ...draft, belief: weight / against };
    })
    .toSorted((a, b) => b.belief - a.belief || b.view.minutes - a.view.minutes || a.view.index - b.view.index);
}

/** What a goroutine does in an object is told by one lock of it: the more it is believed to hold one, the less another. */
export function shared(all: readonly Named[], dump: Dump): readonly Named[] {
  const most = new Map<View, { readonly lock: Found; readonly belief: number }[]>();
  for (const { lock, candidates } of all)
    if (lock.object !== undefined)
      for (const { view, belief } of candidates.slice(0, maxShared)) {
        const known = most.get(view);
        if (known === undefined) most.set(view, [{ lock, belief }]);
        else known.push({ lock, belief });
      }
  return all.map(({ lock, candidates }) => {
    if (lock.object === undefined) return { lock, candidates };
    let changed = false;
    const drafts = candidates.map((candidate): Draft => {
      let elsewhere = 0;
      if (!candidate.proof)
        for (const one of most.get(candidate.view) ?? [])
          if (one.lock !== lock && one.lock.object?.value === lock.object?.value) elsewhere = Math.max(elsewhere, one.belief);
      if (elsewhere < 0.1) return candidate;
      changed = true;
      return { ...candidate, score: candidate.score - 0.25 * elsewhere };
    });
    return { lock, candidates: changed ? believed(drafts, needOf(lock), dump.whole && !isUntold(lock)) : candidates };
  });
}
