/** Who uses the CPU, in words: the owner and the kind of work. A finding only where somebody complains or a core and more is gone. */
import { cores } from './profile-view.ts';
import { doing, percent, short } from './plain.ts';
import { defineRule } from './rule.ts';

interface Facts {
  readonly cores: number;
  readonly owner: string;
  readonly kind: string;
  readonly share: number;
  readonly funcs: readonly string[];
  readonly idle: boolean;
}

/** Below this the CPU is not the problem. */
const quiet = 0.1;

export const cpuHot = defineRule({
  id: 'cpu-hot',
  about: 'cpu',
  needs: ['cpu'],
  wants: ['sysinfo'],
  see: ({ cpu, complaint }): readonly Facts[] => {
    const used = cores(cpu);
    if (used === undefined || !cpu.symbolized) return [];
    if (used < quiet) return complaint?.cpu === true ? [{ cores: used, owner: '', kind: '', share: 0, funcs: [], idle: true }] : [];
    if (complaint?.cpu !== true && used < 1) return [];
    const [top] = cpu.costs;
    const [heaviest] = cpu.stacks;
    const busiest = cpu.functions.filter(({ func }) => !/^(?:runtime|internal|sync|syscall|net\/http|main)[./]|promhttp|otelhttp|\(\*Command\)\.[cC]all/.test(func)).toSorted((a, b) => b.cum - a.cum).slice(0, 3);
    const owner = top?.owner ?? doing(heaviest?.funcs ?? []).words;
    return [{ cores: used, owner, kind: top?.kind ?? '', share: top?.share ?? heaviest?.share ?? 0, funcs: busiest.map(({ func }) => func), idle: false }];
  },
  say: ({ cores: used, owner, kind, share, funcs, idle }, { cpu, complaint, sysinfo }) => {
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
    return {
      title: `${owner === '' ? 'One part' : owner} uses ${percent(share)} of the CPU${kind === '' || kind === owner ? '' : ` (${kind})`}`,
      effect: `${used.toFixed(1)} cores${of} on average during the profile.${funcs[0] === undefined ? '' : ` Most of it passes through \`${short(funcs[0])}\`.`}`,
      because: 'A profile says where the time goes, not that it is too much: what the node was asked to do decides that.',
      certainty: complaint?.cpu === true ? 'likely' : 'hint',
      weight: 25,
      functions: [...funcs, ...cpu.functions.slice(0, 3).map(({ func }) => func)],
      witnesses: funcs.map((func) => ({ file: cpu.file, row: func })),
      next: ['Compare with a profile from a time when the CPU was fine, or of the version before.'],
    };
  },
});
