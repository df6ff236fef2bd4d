/** The report as one comment: cause, effect, what to do, proof; everything else folded. */
import { maxCommentCharacters } from '../limits.ts';
import type { Finding, Gap, Report, StoryRow } from '../model.ts';
import { answerBlocks, secretLines, similarLines } from './beside.ts';
import { codeSpan, fence, inline, mermaid, mermaidLabel } from './escape.ts';
import { more } from './more.ts';
import { counted, ended, minutes, place, programLine, sentence, shortName, unbroken } from './words.ts';

/** Where a reader learns how to read the comment. */
const docs = 'https://github.com/pprof-triage/pprof-triage/blob/main/docs';

/** Markdown of the comment without its marker; undefined when there is nothing worth saying. */
export function renderComment(report: Report): string | undefined {
  const looked = report.captures.some((capture) => capture.dumps.length + capture.profiles.length > 0 || capture.memory !== undefined);
  const told = [...secretLines(report), ...answerBlocks(report)];
  // A log alone is no profile: it is spoken of only where it leaves no doubt.
  if (!looked && report.gaps.length === 0 && told.length === 0 && !report.findings.some(({ certainty }) => certainty === 'certain')) return undefined;
  const stories = report.findings.filter((finding) => finding.certainty !== 'hint').slice(0, 2);
  const parts = [
    ...secretLines(report),
    ...(stories.length > 0 ? stories.flatMap((finding) => story(finding)) : nothing(report, looked)),
    ...unread(report, looked),
    ...similarLines(report),
    ...answerBlocks(report),
  ];
  const rest = looked ? more(report, stories) : [];
  const end = [...asks(report.gaps), footer(report)];
  const whole = [...parts, ...rest, ...end].join('\n\n');
  if (whole.length <= maxCommentCharacters) return whole;
  return shortened(parts, ['_The tables are too long for a comment: run `pprof-triage` on the same files for all of them._', ...end]);
}

/** Whole blocks are left out: a cut inside of one would let its text out of its code span. */
function shortened(parts: readonly string[], end: readonly string[]): string {
  const kept: string[] = [];
  let room = maxCommentCharacters - end.join('\n\n').length;
  for (const part of parts) {
    room -= part.length + 2;
    if (room < 0) break;
    kept.push(part);
  }
  return [...kept, ...end].join('\n\n');
}

function story(finding: Finding): readonly string[] {
  const [first, ...others] = finding.next;
  return [
    `### ${inline(finding.title)}`,
    ...(finding.known === undefined
      ? []
      : [`Known problem: [${plain(finding.known.title)}](${finding.known.url}). ${inline(sentence(finding.known.verdict))}`]),
    ...(finding.effect === undefined ? [] : [inline(finding.effect)]),
    ...(first === undefined ? [] : [`**What you can do now**: ${[first, ...others].map((step) => inline(sentence(step))).join(' ')}`]),
    ...diagram(finding),
    ...table(finding.rows ?? []),
    ...(finding.because === undefined ? [] : [`${certaintyWords[finding.certainty]}: ${inline(ended(finding.because))}`]),
  ];
}

const certaintyWords: Readonly<Record<Finding['certainty'], string>> = {
  certain: 'Certain',
  'very likely': '**Very likely**',
  likely: '**Likely**',
  hint: 'Only a hint',
};

/** Link texts come from our own registers; brackets would end them. */
function plain(text: string): string {
  return inline(text.replaceAll(/[[\]]/g, ''));
}

function diagram({ chain }: Finding): readonly string[] {
  if (chain === undefined || chain.edges.length === 0) return [];
  const ids = new Map(chain.nodes.map((node, at) => [node.id, `n${at}`]));
  const nodes = chain.nodes.map((node) => `  ${ids.get(node.id)}["${mermaidLabel(node.text)}"]`);
  const edges = chain.edges.flatMap(([from, to]) => (ids.has(from) && ids.has(to) ? [`  ${ids.get(from)} --> ${ids.get(to)}`] : []));
  const drawn = mermaid(['flowchart LR', ...nodes, ...edges].join('\n'));
  return drawn === undefined ? [] : [drawn];
}

function table(rows: readonly StoryRow[]): readonly string[] {
  if (rows.length === 0) return [];
  const lines = rows.slice(0, 10).map((row) => {
    const who = `${row.goroutine}${row.more > 0 ? ` and ${row.more} more` : ''}`;
    const where = row.frames.slice(0, 2).map((frame) => `${codeSpan(shortName(frame.func))}${linkedPlace(frame)}`);
    return `| ${inline(row.role)} | ${who} | ${unbroken(minutes(row.minutes))} | ${where.join(' ← ')} |`;
  });
  return [['| | goroutine | since | where |', '|---|---|---|---|', ...lines].join('\n')];
}

function linkedPlace(frame: StoryRow['frames'][number]): string {
  const at = place(frame);
  if (at === '') return '';
  return frame.url === undefined ? ` ${codeSpan(at)}` : ` [${codeSpan(at)}](${frame.url}${frame.urlLikely === true ? ' "likely this line"' : ''})`;
}

/** A healthy bundle: what was looked at, and what to send when it happens again. A thread without files: only the ask. */
function nothing(report: Report, looked: boolean): readonly string[] {
  if (!looked) return [`### ${inline(report.headline)}`];
  const seen = report.captures.flatMap((capture) => [
    ...capture.dumps.map((dump) => counted(dump.goroutines, 'goroutine')),
    ...capture.profiles.map((profile) => `${profile.kind} profile`),
  ]);
  return [
    `### ${inline(report.headline)}`,
    `Looked at: ${[...new Set(seen)].slice(0, 8).map(inline).join(', ')}. ${report.quiet.map((line) => inline(sentence(line))).join(' ')}`.trim(),
  ];
}

/** Lines of files that could not be read, above the fold: only the reporter can mend those. */
const maxUnread = 4;

function unread({ refusals, inventory }: Report, looked: boolean): readonly string[] {
  // Beside files that were read, a stray file or picture is no news.
  const stray = new Set(inventory.filter(({ kind }) => kind === 'unknown' || kind === 'image').map(({ path }) => path));
  const reasons = Map.groupBy(
    refusals.filter(({ path, reason }) => !looked || (!stray.has(path) && !reason.startsWith('a picture'))),
    ({ reason }) => reason,
  );
  const lines = [...reasons].slice(0, maxUnread).map(([reason, paths]) => {
    const named = [...new Set(paths.map(({ path }) => path))];
    return `- ${named.slice(0, 3).map(codeSpan).join(', ')}${named.length > 3 ? ` and ${named.length - 3} more` : ''}: ${inline(ended(reason))}`;
  });
  if (lines.length === 0) return [];
  return [`**Could not be read**\n\n${lines.join('\n')}${reasons.size > maxUnread ? `\n- ${counted(reasons.size - maxUnread, 'more reason')} below` : ''}`];
}

function asks(gaps: readonly Gap[]): readonly string[] {
  if (gaps.length === 0) return [];
  const lines = gaps.map((gap) => `- ${inline(sentence(gap.why))}\n${indent(fence(gap.command))}`);
  return [`**${gaps.length === 1 ? 'This would help' : 'These would help'}**\n\n${lines.join('\n')}`];
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

function footer(report: Report): string {
  const programs = [...new Set(report.captures.map((capture) => programLine(capture.program)).filter((line) => line !== ''))].slice(0, 2).map(inline);
  const all = report.inventory.length;
  const read = report.inventory.filter(
    (item) => item.kind !== 'unknown' && !report.refusals.some((refusal) => refusal.path === item.path && refusal.reason === item.note),
  ).length;
  const page = report.findings.find((finding) => finding.certainty !== 'hint')?.page ?? 'docs/findings/README.md';
  return [
    ...programs,
    ...(all === 0 ? [] : [`read: ${read} of ${counted(all, 'file')}`]),
    `[how to read this](${docs.replace(/\/docs$/, '')}/${page})`,
    'wrong or useless? react with 👎',
    '`/triage help`',
  ].join(' · ');
}
