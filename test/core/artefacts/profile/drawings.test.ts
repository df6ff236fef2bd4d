/** Flame page, speedscope's JSON and the call graph: whole, escaped, within their limits. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { ProfileBuilder } from '../../../../src/core/artefacts/profile/build.ts';
import type { Profile } from '../../../../src/core/artefacts/profile/columns.ts';
import { encodeProfile } from '../../../../src/core/artefacts/profile/encode.ts';
import { flameHtml } from '../../../../src/core/artefacts/profile/flame/page.ts';
import { script } from '../../../../src/core/artefacts/profile/flame/script.ts';
import type { FlameTree } from '../../../../src/core/artefacts/profile/flame/tree.ts';
import { mermaidGraph } from '../../../../src/core/artefacts/profile/mermaid.ts';
import { parseProfile } from '../../../../src/core/artefacts/profile/parse.ts';
import { defaults } from '../../../../src/core/artefacts/profile/report/options.ts';
import { makeReport } from '../../../../src/core/artefacts/profile/report/report.ts';
import { speedscopeJson } from '../../../../src/core/artefacts/profile/speedscope.ts';
import { dotToSvg } from '../../../../src/world/graphviz.ts';

function profileOf(file: string): Profile {
  const parsed = parseProfile(readFileSync(`fixtures/profile/${file}`));
  if (parsed.is !== 'fine') throw new Error(parsed.is);
  return parsed.profile;
}

function real(): Profile {
  return profileOf('real/prometheus-3.5.3.cpu.pprof');
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

test("speedscope's own schema accepts it", () => {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(readFileSync('fixtures/profile/speedscope-schema.json', 'utf8')));
  for (const file of ['real/prometheus-3.5.3.cpu.pprof', 'own/heap.go126.pb.gz', 'own/mutex.go126.txt', 'legacy/cppbench.cpu']) {
    const made: unknown = JSON.parse(speedscopeJson(profileOf(file), file));
    expect(validate(made), JSON.stringify(validate.errors)).toBe(true);
  }
});

/** A profile whose every text is hostile. */
function hostile(): Profile {
  const text = `</title><script>alert(1)</script>"'&\u2028<img src=x onerror=alert(2)>\\`;
  const builder = new ProfileBuilder();
  const func = builder.func({ name: text, systemName: text, file: `/x/${text}`, startLine: 0 });
  builder.mappings.push({
    id: 1,
    start: 0n,
    limit: 9n,
    offset: 0n,
    file: '/bin/x" URL="javascript:alert(3)" y="',
    buildId: text,
    hasFunctions: true,
    hasFilenames: true,
    hasLineNumbers: true,
    hasInlineFrames: false,
  });
  builder.sample([builder.location(1n, 0, [{ func, line: 1, column: 0 }]), builder.location(2n, 0, [])], [5], [{ key: '" URL="javascript:alert(4)', text }]);
  return builder.done({ sampleTypes: [{ type: text, unit: 'count' }], comments: [text] });
}

describe('the flame page', () => {
  test('hostile names stay text', () => {
    const page = flameHtml(hostile(), '<b>x</b>');
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('<img');
    expect(page).not.toContain('<b>x');
    expect(page.match(/<script/g)?.length).toBe(2);
    expect(page.match(/<\/script/g)?.length).toBe(2);
  });
  test('nothing but its own script may run there, and that one makes no markup and asks for nothing', () => {
    const page = flameHtml(real(), 'cpu');
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    expect(policy).toContain(`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`);
    expect(policy).toContain("default-src 'none'");
    expect(page).toContain(`<script>${script}</script>`);
    expect(() => new Script(script)).not.toThrow();
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|Function\(|fetch\(|XMLHttp|import\(|\.src\b|\.href\b/);
    expect(page).not.toMatch(/https?:\/\/(?!example)[a-z]+\.[a-z]+[^"]*"(?: |>)/);
  });
  test('every sample type with values has a tree whose boxes fit into their parents', () => {
    const page = flameHtml(profileOf('own/heap.go126.pb.gz'), 'heap');
    const data: {
      readonly types: readonly { readonly name: string; readonly total: number; readonly tree: FlameTree }[];
      readonly names: readonly string[];
      readonly first: number;
    } = JSON.parse(/id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? '');
    expect(data.types.map(({ name }) => name)).toEqual(['alloc_objects', 'alloc_space', 'inuse_objects', 'inuse_space']);
    expect(data.types[data.first]?.name).toBe('inuse_space');
    for (const { tree, total } of data.types) {
      const inside = tree.value.map(() => 0);
      for (let at = 1; at < tree.parent.length; at += 1) {
        const parent = tree.parent[at] ?? 0;
        expect(parent).toBeLessThan(at);
        inside[parent] = (inside[parent] ?? 0) + (tree.value[at] ?? 0);
        expect(data.names[tree.frame[at] ?? -1]).toBeDefined();
      }
      for (const [at, sum] of inside.entries()) expect(sum + (tree.self[at] ?? 0)).toBeLessThanOrEqual(tree.value[at] ?? 0);
      expect(tree.value[0]).toBe(total);
    }
  });
  test('without samples it says so', () => {
    expect(flameHtml(new ProfileBuilder().done({ sampleTypes: [{ type: 'cpu', unit: 'nanoseconds' }] }), 'x')).toContain('No samples.');
  });
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

describe('the drawing', () => {
  test('has every node', async () => {
    const svg = await dotToSvg(makeReport(real(), { ...defaults, format: 'dot', drawn: true }).text, 60);
    expect(svg).toContain('</svg>');
    expect(svg).toContain('goschedImpl');
    expect(svg).toContain('Helvetica');
  });
  test('the legend is as wide as its lines', async () => {
    const svg = await dotToSvg(makeReport(real(), { ...defaults, format: 'dot', drawn: true }).text, 60);
    const [left, right] = (/<polygon fill="#f8f8f8" stroke="black" points="([\d.]+),[-\d.]+ ([\d.]+),/.exec(svg)?.slice(1) ?? [])
      .map(Number)
      .toSorted((a, b) => a - b);
    const longest = Math.max(...[...svg.matchAll(/font-size="16.00">([^<]*)</g)].map(([, line = '']) => line.length));
    expect(longest).toBeGreaterThan(40);
    // Letters and digits of Helvetica are half as wide as the font is high, on average; those of Times a tenth less.
    expect((right ?? 0) - (left ?? 0)).toBeGreaterThan(longest * 7.5);
  });
  test('hostile names stay text: no links, no markup', async () => {
    for (const granularity of ['functions', 'files', 'addresses'] as const) {
      const svg = await dotToSvg(makeReport(hostile(), { ...defaults, format: 'dot', granularity, drawn: true }).text, 60);
      expect(svg).not.toMatch(/[ :]href=|<script|<img/);
      expect(svg).toContain('</svg>');
    }
  });
  test('one that takes too long is stopped with a sentence', async () => {
    const edges = Array.from({ length: 4000 }, (_, at) => `n${(at * 7919) % 503} -> n${(at * 104_729) % 499}`);
    await expect(dotToSvg(`digraph { ${edges.join('\n')} }`, 1)).rejects.toThrow(/not done within 1 s and was stopped: ask for fewer nodes/);
  });
  test('what is no graph is told', async () => {
    await expect(dotToSvg('digraph {', 60)).rejects.toThrow(/Graphviz/);
  });
});
