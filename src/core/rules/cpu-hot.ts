/** Who uses the CPU, in words: the owner and the kind of work. A finding only where somebody complains or a core and more is gone. */
import { doing } from './doing.ts';
import { cores } from './profile-view.ts';
import { capital, percent, short } from './plain.ts';
import { defineRule } from './rule.ts';

interface Facts {
  readonly cores: number;
  /** Who uses most, its share, and in which kinds of work. */
  readonly owner: string;
  readonly share: number;
  readonly kinds: readonly string[];
  /** For which command, request or own work. */
  readonly drive?: string;
  readonly driveShare: number;
  readonly funcs: readonly string[];
  readonly idle: boolean;
}

/** Below this the CPU is not the problem. */
const quiet = 0.1;
/** Collecting while nobody wants the CPU costs nobody anything. */
const free = 'GC, idle time';
/** A driver of less than this part is not named. */
const named = 0.25;

export const cpuHot = defineRule({
  id: 'cpu-hot',
  about: 'cpu',
  needs: ['cpu'],
  wants: ['sysinfo'],
  see: ({ cpu, complaint }): readonly Facts[] => {
    const used = cores(cpu);
    if (used === undefined || !cpu.symbolized) return [];
    if (used < quiet) return complaint?.cpu === true ? [{ cores: used, owner: '', share: 0, kinds: [], driveShare: 0, funcs: [], idle: true }] : [];
    if (complaint?.cpu !== true && used < 1) return [];
    const wanted = cpu.costs.filter(({ kind }) => kind !== free);
    const owners = sums(wanted.map(({ owner, share }) => [owner, share]));
    const [owner = '', share = 0] = owners[0] ?? [];
    const kinds = wanted
      .filter((cost) => cost.owner === owner)
      .slice(0, 2)
      .map(({ kind }) => kind);
    const [drive, driveShare = 0] = sums(cpu.stacks.map(({ funcs, share: part }) => [words(funcs), part])).find(([text]) => text !== '') ?? [];
    const busiest = cpu.functions
      .filter(({ func }) => !/^(?:runtime|internal|sync|syscall|net\/http|main)[./]|promhttp|otelhttp|\(\*Command\)\.[cC]all/.test(func))
      .toSorted((a, b) => b.cum - a.cum)
      .slice(0, 3);
    return [
      { cores: used, owner, share, kinds, drive: driveShare >= named ? drive : undefined, driveShare, funcs: busiest.map(({ func }) => func), idle: false },
    ];
  },
  say: ({ cores: used, owner, share, kinds, drive, driveShare, funcs, idle }, { cpu, complaint, sysinfo }) => {
    if (idle) {
      return {
        title: 'This CPU profile was taken while the node was idle',
        effect: `${(used * 100).toFixed(0)} % of one core: it does not show what was complained about.`,
        certainty: 'likely',
        weight: 20,
        functions: [],
        witnesses: [{ file: cpu.file }],
        next: ['Take `ipfs diag profile` again while the CPU is high.'],
      };
    }
    const of = sysinfo?.runtime.gomaxprocs === undefined ? '' : ` of ${sysinfo.runtime.gomaxprocs}`;
    const load = drive === undefined ? '' : ` ${percent(driveShare)} of it is for ${drive}.`;
    const who = owner === 'Go runtime' ? "Go's runtime" : /[/.]/.test(owner) ? `\`${owner}\`` : owner;
    return {
      title:
        who === ''
          ? `${capital(drive ?? 'one part')} uses most of the CPU`
          : `${who} uses ${percent(share)} of the CPU${kinds.length === 0 ? '' : ` (${kinds.join('; ')})`}`,
      effect: `${used.toFixed(1)} cores${of} on average during the profile.${load}${funcs[0] === undefined || drive !== undefined ? '' : ` Most of it passes through \`${short(funcs[0])}\`.`}`,
      because:
        used < 0.5
          ? 'That is not much; if the CPU was higher when it was seen, a profile of that time is needed.'
          : 'A profile says where the time goes, not that it is too much: what the node was asked to do decides that.',
      certainty: complaint?.cpu === true ? 'likely' : 'hint',
      weight: 25,
      functions: [...funcs, ...cpu.functions.slice(0, 3).map(({ func }) => func)],
      witnesses: funcs.map((func) => ({ file: cpu.file, row: func })),
      next: ['Compare with a profile from a time when the CPU was fine, or of the version before.'],
    };
  },
});

/** Sums by name, largest first. */
function sums(parts: readonly (readonly [string, number])[]): readonly (readonly [string, number])[] {
  const found = new Map<string, number>();
  for (const [name, share] of parts) found.set(name, (found.get(name) ?? 0) + share);
  return [...found].toSorted((a, b) => b[1] - a[1]);
}

/** For whom a stack works; '' where no command, request or part of kubo shows. */
function words(funcs: readonly string[]): string {
  const found = doing(funcs);
  return found.by === 'code' ? '' : found.words;
}
