/** What a rule is: it names what it needs, sees facts in it, and says them in words; it can read nothing else. */
import type { Certainty, Complaint, Finding, Known, ReportFrame, StoryRow, Witness } from '../model.ts';
import type { Need, Sources } from './sources.ts';

/** The words of one finding. */
interface Said {
  readonly title: string;
  readonly effect?: string;
  readonly because?: string;
  readonly certainty: Certainty;
  /** How harmful, 0..100; decides the order of stories. */
  readonly weight: number;
  readonly goroutines?: readonly number[];
  readonly functions?: readonly string[];
  readonly witnesses?: readonly Witness[];
  readonly next: readonly string[];
  readonly chain?: Finding['chain'];
  readonly rows?: readonly StoryRow[];
  /** Goroutines whose trouble this explains: findings about them alone fold under this one. */
  readonly explains?: readonly number[];
  readonly known?: Known;
  /** Areas that this explains wholly: a `memory` finding of a lesser rule folds under it. */
  readonly settles?: readonly Finding['about'][];
}

/** A finding before it is folded and ordered. */
export interface Story {
  readonly finding: Finding;
  readonly weight: number;
  readonly explains: readonly number[];
  readonly settles: readonly Finding['about'][];
}

type Given<N extends Need, W extends Need> = Pick<Sources, N> & Partial<Pick<Sources, W>> & Pick<Sources, 'capture'> & { readonly complaint?: Complaint };

/** A rule with its types forgotten: what the register holds. */
export interface Rule {
  readonly id: string;
  readonly about: Finding['about'];
  readonly needs: readonly Need[];
  readonly wants: readonly Need[];
  /** Stories of one capture; empty when a need is missing. */
  judge(sources: Partial<Sources>, at: number, complaint: Complaint | undefined): readonly Story[];
}

interface Definition<N extends Need, W extends Need, F extends object> {
  /** Name of the file, of the page in docs/findings and of the finding. */
  readonly id: string;
  readonly about: Finding['about'];
  readonly needs: readonly N[];
  readonly wants?: readonly W[];
  see(given: Given<N, W>): readonly F[];
  say(facts: F, given: Given<N, W>): Said;
}

export function defineRule<N extends Need, W extends Need, F extends object>(rule: Definition<N, W, F>): Rule {
  const wants: readonly W[] = rule.wants ?? [];
  return {
    id: rule.id,
    about: rule.about,
    needs: rule.needs,
    wants,
    judge: (sources, at, complaint) => {
      if (sources.capture === undefined || rule.needs.some((need) => sources[need] === undefined)) return [];
      const allowed = new Set<string>([...rule.needs, ...wants, 'capture']);
      const picked = Object.fromEntries(Object.entries(sources).filter(([name]) => allowed.has(name)));
      // Safe: every need was checked to be there, and only named sources are handed on.
      const given = { ...picked, complaint } as Given<N, W>;
      return rule.see(given).map((facts) => storyOf(rule, facts, rule.say(facts, given), at, sources.capture?.links ?? {}));
    },
  };
}

function storyOf(
  rule: { readonly id: string; readonly about: Finding['about'] },
  facts: object,
  said: Said,
  at: number,
  links: Sources['capture']['links'],
): Story {
  const { weight, explains, settles, goroutines, functions, witnesses, rows, ...words } = said;
  const finding: Finding = {
    rule: rule.id,
    page: `docs/findings/${rule.id}.md`,
    about: rule.about,
    capture: at,
    ...words,
    goroutines: goroutines ?? [],
    functions: [...new Set(functions ?? [])],
    witnesses: witnesses ?? [],
    ...(rows === undefined ? {} : { rows: rows.map((row) => ({ ...row, frames: row.frames.map((frame) => linked(frame, links)) })) }),
    facts: told(facts),
  };
  return { finding, weight, explains: explains ?? [], settles: settles ?? [] };
}

/** Facts for machines and golden files: short ones as they are; ids of crowds, stacks and views stay inside the rules. */
function told(facts: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(facts).filter(
      ([, value]) =>
        value !== undefined &&
        (typeof value !== 'object' ||
          value === null ||
          (Array.isArray(value) && value.length <= 10 && value.every((one) => typeof one !== 'object' || isFlat(one)))),
    ),
  );
}

function isFlat(value: object | null): boolean {
  return value === null || Object.values(value).every((one) => typeof one !== 'object');
}

/** A frame with its link to the source, where the capture knows one. */
function linked(frame: ReportFrame, links: Sources['capture']['links']): ReportFrame {
  const found = links[`${frame.func}\0${frame.file}\0${frame.line}`];
  return found === undefined ? frame : { ...frame, url: found.url, ...(found.likely ? { urlLikely: true } : {}) };
}

/** Surest first. */
export const certainties: readonly Certainty[] = ['certain', 'very likely', 'likely', 'hint'];
