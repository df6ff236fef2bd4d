/** Flame page, speedscope's JSON and the call graph: whole, escaped, within their limits. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ProfileBuilder } from '../../../../src/core/artefacts/profile/build.ts';
import type { Profile } from '../../../../src/core/artefacts/profile/columns.ts';
import { encodeProfile } from '../../../../src/core/artefacts/profile/encode.ts';
import { flameHtml } from '../../../../src/core/artefacts/profile/flame.ts';
import { mermaidGraph } from '../../../../src/core/artefacts/profile/mermaid.ts';
import { parseProfile } from '../../../../src/core/artefacts/profile/parse.ts';
import { defaults } from '../../../../src/core/artefacts/profile/report/options.ts';
import { makeReport } from '../../../../src/core/artefacts/profile/report/report.ts';
import { speedscopeJson } from '../../../../src/core/artefacts/profile/speedscope.ts';
import { dotToSvg } from '../../../../src/world/graphviz.ts';

function real(): Profile {
  const parsed = parseProfile(readFileSync('fixtures/profile/real/prometheus-3.5.3.cpu.pprof'));
  if (parsed.is !== 'fine') throw new Error(parsed.is);
  return parsed.profile;
}

test('speedscope gets every sample and inlined frames as frames', () => {
  const made: {
    readonly profiles: readonly { readonly weights: readonly number[]; readonly samples: readonly number[][]; readonly endValue: number }[];
    readonly shared: { readonly frames: readonly { readonly name: string }[] };
  } = JSON.parse(speedscopeJson(real(), 'cpu'));
  const cpu = made.profiles[1];
  expect(cpu?.weights.reduce((sum, weight) => sum + weight, 0)).toBe(cpu?.endValue);
  expect(cpu?.endValue).toBe(890_000_000);
  expect(Math.max(...(cpu?.samples ?? []).flat())).toBeLessThan(made.shared.frames.length);
});

test('a hostile function name stays text on the flame page', () => {
  const builder = new ProfileBuilder();
  const func = builder.func({ name: '</title><script>alert(1)</script>"\'&', systemName: '', file: '', startLine: 0 });
  builder.sample([builder.location(1n, -1, [{ func, line: 1, column: 0 }])], [5]);
  const page = flameHtml(builder.done({ sampleTypes: [{ type: 'cpu', unit: 'nanoseconds' }] }), '<b>x</b>');
  expect(page).not.toContain('<script>alert');
  expect(page).not.toContain('<b>x');
  expect(page).toContain('&lt;script&gt;alert(1)');
});

test('the flame page shows the hottest function', () => {
  expect(flameHtml(real(), 'cpu')).toContain('runtime.goschedImpl');
});

test('the call graph keeps to 25 nodes and a plain alphabet', () => {
  const graph = mermaidGraph(real()) ?? '';
  const labels = [...graph.matchAll(/\["(.*?)"\]/g)].map((found) => found[1] ?? '');
  expect(labels.length).toBeGreaterThan(5);
  expect(labels.length).toBeLessThanOrEqual(25);
  for (const label of labels) expect(label).toMatch(/^[A-Za-z0-9_.*/() %<>-]+$/);
});

test('what is written is what was read', () => {
  const again = parseProfile(encodeProfile(real()));
  if (again.is !== 'fine') throw new Error(again.is);
  expect(makeReport(again.profile, defaults).text).toBe(makeReport(real(), defaults).text);
});

test('the drawing has every node', async () => {
  const svg = await dotToSvg(makeReport(real(), { ...defaults, format: 'dot' }).text);
  expect(svg).toContain('</svg>');
  expect(svg).toContain('goschedImpl');
});
