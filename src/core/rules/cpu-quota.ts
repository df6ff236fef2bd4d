/** More threads than the container may use: Go runs on all cores of the machine and the kernel throttles it. */
import { cores } from './profile-view.ts';
import { defineRule } from './rule.ts';

interface Facts {
  readonly cores: number;
  readonly gomaxprocs: number;
  readonly numcpu: number;
}

export const cpuQuota = defineRule({
  id: 'cpu-quota',
  about: 'cpu',
  needs: ['cpu', 'sysinfo'],
  see: ({ cpu, sysinfo, capture }): readonly Facts[] => {
    const { gomaxprocs, numcpu } = sysinfo.runtime;
    const used = cores(cpu);
    const minor = Number(/^go1\.(\d+)/.exec(capture.program.go ?? '')?.[1] ?? 0);
    // Go reads the container's quota itself from 1.25 on.
    if (gomaxprocs === undefined || numcpu === undefined || used === undefined || minor >= 25 || gomaxprocs < 8) return [];
    const whole = Math.round(used);
    const flat = whole >= 1 && Math.abs(used - whole) < 0.06;
    return flat && used < gomaxprocs / 3 ? [{ cores: used, gomaxprocs, numcpu }] : [];
  },
  say: ({ cores: used, gomaxprocs }, { cpu }) => ({
    title: `The node seems to run into a CPU limit of ${Math.round(used)} ${Math.round(used) === 1 ? 'core' : 'cores'}`,
    effect: `It uses ${used.toFixed(2)} cores with GOMAXPROCS ${gomaxprocs}: with a container's quota this means pauses, which look like hangs.`,
    because: 'Use that stops at a whole number of cores is typical for a quota; the files do not show the quota itself.',
    certainty: 'hint',
    weight: 15,
    functions: [],
    witnesses: [{ file: cpu.file }],
    next: [`If there is a quota, start the daemon with \`GOMAXPROCS=${Math.round(used)}\`; Go 1.25 and newer does it by itself.`],
  }),
});
