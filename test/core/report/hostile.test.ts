/** Whatever a stranger writes into whatever field, the comment holds no mention, reference, link, picture, HTML or formula that is not ours. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { beforeAll, describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/core/diagnose.ts';
import type { Report } from '../../../src/core/model.ts';
import { codeSpan, fence, inline, logLine, mermaidLabel } from '../../../src/core/report/escape.ts';
import { renderComment } from '../../../src/core/report/markdown.ts';

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly url?: string;
  readonly lang?: string | null;
  readonly children?: readonly Node[];
}

const parser = unified().use(remarkParse).use(remarkGfm);
const nodesOf = (node: Node): readonly Node[] => [node, ...(node.children ?? []).flatMap(nodesOf)];
const parse = (text: string): readonly Node[] => nodesOf(parser.parse(text));

/** What GitHub's filters find in the finished page, outside of code: mentions, references, commits, addresses, formulas, emoji. */
const live: readonly (readonly [string, RegExp])[] = [
  ['a mention', /(?:^|\W)@[a-z\d]/i],
  ['a reference', /(?:^|[^&\w])[\w./-]*#\d/],
  ['a reference by GH', /(?<![a-z\d])GH-\d/i],
  ['a commit', /(?<![a-z\d.])[0-9a-f]{7,40}(?![a-z\d])/i],
  ['an address', /:\/\/|www\./i],
  ['a mail address', /[\w.+-]+@[\w-]+\.\w/],
  ['a formula', /\$/],
  ['an emoji', /:[a-z0-9_+-]+:/i],
];

/** Characters that hide or reorder others. */
const invisible = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]/;

const ownHtml = /^(?:<details><summary>[^<]*<\/summary>|<\/details>)$/;

/** Why a comment is not ours alone; undefined when it is. `links` are the addresses that may be in it. */
function foreign(markdown: string, links: ReadonlySet<string>): string | undefined {
  if (invisible.test(markdown)) return 'an invisible character';
  for (const node of parse(markdown)) {
    switch (node.type) {
      case 'text': {
        const found = live.find(([, pattern]) => pattern.test(node.value ?? ''));
        if (found !== undefined) return `${found[0]}: ${JSON.stringify(node.value)}`;
        break;
      }
      case 'html':
        if (!ownHtml.test(node.value ?? '')) return `HTML: ${JSON.stringify(node.value)}`;
        break;
      case 'link':
        if (!links.has(node.url ?? '')) return `a link to ${node.url}`;
        break;
      case 'code':
        if (![null, undefined, 'text', 'mermaid'].includes(node.lang)) return `a block in ${node.lang}`;
        if (node.lang === 'mermaid' && !mermaid.test(node.value ?? '')) return `Mermaid: ${JSON.stringify(node.value)}`;
        break;
      case 'image':
      case 'imageReference':
      case 'linkReference':
      case 'definition':
      case 'footnoteReference':
      case 'footnoteDefinition':
        return node.type;
      default:
    }
  }
  return undefined;
}

/** Only nodes with quoted labels of a plain alphabet, and arrows. */
const mermaid = /^flowchart (?:LR|TD)\n(?: *n\d+(?:\["[A-Za-z0-9_.,:'*/() <>%-]*"\])?\n?| *n\d+ (?:-->|-\.->)(?:\|\d+%\|)? n\d+\n?)*$/;

const nasty: readonly string[] = [
  [
    '@ipfs/maintainers',
    '(@admin)',
    'a@b.example',
    'mailto:a@b.example',
    'xmpp:a@b.example',
    '@admin`',
    '`@admin',
    '``@admin`',
    '&commat;admin',
    '&#64;admin',
    'x\n@admin',
  ],
  ['#1', 'ipfs/kubo#1', 'GH-1', 'fixes #1', '(#1)', '`#1', '#1`x`#2', 'ipfs/kubo@deadbeef', 'deadbeefcafe', '1234567', 'https://github.com/ipfs/kubo/issues/1'],
  [
    'http://evil.example/',
    'www.evil.example',
    '<http://evil.example>',
    '[x](http://evil.example)',
    '[x]: http://evil.example',
    '[x][y]',
    '![x](http://evil.example/a.png)',
    'ftp://evil.example',
    '//evil.example',
  ],
  [
    '<img src=x onerror=alert(1)>',
    '<script>',
    '</details>',
    '<!-- pprof-triage:v1 a/b#1 x y -->',
    '-->',
    '<a href="http://evil.example">',
    '<details open>',
    '&lt;b&gt;',
    '<!--',
    '<?php',
    '<![CDATA[x]]>',
    '</code>',
  ],
  [
    '[^1]',
    '[^1]: note',
    '[!WARNING]',
    '> [!CAUTION]\n> x',
    '- [ ] task',
    '***',
    '---',
    '===',
    '# heading',
    '1. one',
    '+ plus',
    '* star',
    '    code',
    '\tcode',
    '| a | b |',
    'a|b',
    '|---|',
    '\\|',
    '\\',
    '\\`',
    'x\\',
  ],
  [
    '```',
    '````',
    '~~~',
    '```mermaid\ngraph LR',
    '`',
    '``',
    '`` ` ``',
    ' ` ',
    '` `',
    '`a`b`c',
    'a`',
    '`a',
    '\n```\n@admin\n```\n',
    '\r\n\r\n@admin',
    '\u2028@admin',
    '\u0085@admin',
  ],
  [
    '$x$',
    '$$x$$',
    '$`x`$',
    '\\(x\\)',
    ':tada:',
    ':+1:',
    '~~x~~',
    '**x**',
    '__x__',
    '_x_',
    '"] --> evil["x',
    '"]; click n0 "http://evil.example"',
    '%%{init: {}}%%',
    'end',
    'n0["x"]',
    '#quot;',
  ],
  [
    '\u202etxet',
    '\u200b@\u200badmin',
    '@\u200dadmin',
    '\ufeff',
    '\u0000',
    '\u001b[31m',
    'a\u00adb',
    '\ud800',
    '\udfff x',
    '🏴\u{e0067}',
    '｀@admin',
    '＠admin',
    'ａ',
  ],
  [
    '/lgtm',
    '/close',
    'bors r+',
    '',
    ' ',
    '\n',
    '\n\n',
    'x'.repeat(5000),
    '`'.repeat(400),
    '@a '.repeat(500),
    '|'.repeat(300),
    '<'.repeat(300),
    '['.repeat(300),
    '\\'.repeat(301),
  ],
].flat();

const pieces = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...nasty) },
  { weight: 1, arbitrary: fc.string({ maxLength: 30, unit: 'binary' }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 30, unit: 'grapheme-ascii' }) },
);
const hostile = fc.array(pieces, { minLength: 1, maxLength: 4 }).chain((parts) => fc.constantFrom('', ' ', '\n').map((glue) => parts.join(glue)));

describe('each way into the comment', () => {
  const none: ReadonlySet<string> = new Set();
  test('words', () => {
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        for (const text of [
          inline(a),
          `${inline(a)} ${inline(b)}`,
          `- ${inline(a)}\n- ${inline(b)}`,
          `### ${inline(a)}`,
          `> ${inline(a)}`,
          `**x** ${inline(a)}, ${inline(b)}.`,
        ])
          expect(foreign(text, none)).toBeUndefined();
        const cells = parse(`| a | b |\n|---|---|\n| ${inline(a)} | ${codeSpan(b)} |`);
        expect(cells.filter(({ type }) => type === 'tableCell')).toHaveLength(4);
      }),
      { numRuns: 500 },
    );
  });

  test('code spans are one code span each', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const nodes = parse(`before ${codeSpan(text)} after`);
        expect(nodes.filter(({ type }) => type === 'inlineCode')).toHaveLength(1);
        expect(foreign(`before ${codeSpan(text)} after`, none)).toBeUndefined();
        // As everywhere in a comment, it stands in a line: at the beginning of a block, `]:` would make a definition of it.
        expect(parse(`in [${codeSpan(text)}](https://ours.example/x)`).filter(({ type }) => type === 'link')).toHaveLength(1);
      }),
      { numRuns: 500 },
    );
  });

  test('fences are one block each, also inside a list', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const block of [fence(text), fence(text, 'text'), `- x\n${fence(text).replaceAll(/^/gm, '  ')}`]) {
          expect(parse(`${block}\n\nafter`).filter(({ type }) => type === 'code')).toHaveLength(1);
          expect(foreign(`${block}\n\nafter`, none)).toBeUndefined();
        }
      }),
      { numRuns: 500 },
    );
  });

  test('labels of diagrams', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(mermaidLabel(text)).toMatch(/^(?:[A-Za-z0-9_.,:'*/() -]|<br\/>)+$/);
      }),
      { numRuns: 500 },
    );
  });

  test('lines of a log command no runner', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom('::set-output name=a::b', '##[error]x', '::add-mask::', 'x'), (text, command) => {
        const line = logLine(`${text}${command}`);
        expect(line).not.toMatch(/[\r\n]|::|##\[/);
      }),
    );
  });
});

describe('whole reports', () => {
  const reports: Report[] = [];
  let links: ReadonlySet<string>;
  beforeAll(async () => {
    for (const name of ['gc-behind-pin', 'memory', 'files-hang']) {
      const { report } = await diagnose([{ name: 'ipfs-profile.zip', bytes: readFileSync(`fixtures/cases/${name}/ipfs-profile.zip`) }], {
        questions: { explain: [1, 2], compare: [], help: true },
      });
      const similar = [{ number: 3, state: 'closed' as const, fixedIn: '0.43.0', url: 'https://github.com/ipfs/kubo/issues/3', functions: ['f'] }];
      const secrets = [
        { path: 'the text of the issue', kind: 'a private key' },
        { path: 'a.zip/config', kind: 'a token' },
      ];
      reports.push({
        ...report,
        similar,
        secrets,
        refusals: [...report.refusals, { path: 'x', reason: 'y' }],
        gaps: [{ need: 'binary', why: 'why', command: 'ipfs version' }],
      });
    }
    // Addresses in the data are made by our own code, and so are those of our pages and issues.
    const inData = [...JSON.stringify(reports).matchAll(/"url":"([^"]+)"/g)].map((found) => found[1] ?? '');
    const inText = reports.flatMap((report) =>
      parse(renderComment(report) ?? '').flatMap(({ type, url }) => (type === 'link' && url !== undefined ? [url] : [])),
    );
    links = new Set([...inData, ...inText]);
    expect(links.size).toBeGreaterThan(5);
  }, 120_000);

  /** Fields whose values the schema fixes, and addresses that only our own code makes. */
  const schema: { readonly properties: object; readonly $defs: Readonly<Record<string, object>> } = JSON.parse(readFileSync('docs/report.schema.json', 'utf8'));

  /** The same report with other texts wherever the schema lets a text stand. */
  function spoilt(value: unknown, rule: unknown, text: () => string): unknown {
    const at = (name: string): unknown => (typeof rule === 'object' && rule !== null ? Reflect.get(rule, name) : undefined);
    const reference = at('$ref');
    if (typeof reference === 'string') return spoilt(value, schema.$defs[reference.replace('#/$defs/', '')], text);
    if (typeof value === 'string') return at('enum') !== undefined || at('const') !== undefined || at('pattern') !== undefined ? value : text();
    if (Array.isArray(value)) return value.map((one: unknown) => spoilt(one, at('items'), text));
    if (typeof value !== 'object' || value === null) return value;
    const rules = at('properties');
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]: [string, unknown]) => [
        name,
        spoilt(inner, typeof rules === 'object' && rules !== null ? Reflect.get(rules, name) : undefined, text),
      ]),
    );
  }

  test('the comments themselves are ours alone', () => {
    for (const report of reports) expect(foreign(renderComment(report) ?? '', links)).toBeUndefined();
  });

  test('texts of strangers in every field', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(hostile, { minLength: 8, maxLength: 40 }), (which, texts) => {
        let next = 0;
        const report = reports[which % reports.length];
        // The schema says what may be there: whatever passes it may be rendered.
        const other = spoilt(report, schema, () => texts[next++ % texts.length] ?? '') as Report;
        const comment = renderComment(other) ?? '';
        expect(comment.length).toBeLessThanOrEqual(60_000);
        expect(foreign(comment, links)).toBeUndefined();
      }),
      { numRuns: 250 },
    );
  }, 240_000);
});
