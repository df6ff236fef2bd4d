/** The only ways in which a text of an input may enter an output. */
import { masked } from './mask.ts';

// Zero-width, bidirectional and control characters change what a reader sees (Unicode TR 36).
const invisible = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Text without characters that hide or reorder others, escape sequences of a terminal among them; line ends and tabs stay. */
export function printable(text: string): string {
  return text.toWellFormed().replaceAll(invisible, '');
}

/** Printable, and without what says whose machine it was. */
export function visible(text: string): string {
  return masked(printable(text));
}

/** A code span whose fence is longer than any run of backticks inside; safe in tables (GFM 6.1: `|` must be escaped even in code). */
export function codeSpan(text: string): string {
  const clean = visible(text).replaceAll(/\s+/g, ' ').replaceAll('|', '¦').slice(0, 300);
  if (clean.trim() === '') return '`(no name)`';
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map((run) => run[0].length));
  const tick = '`'.repeat(longest + 1);
  const pad = clean.startsWith('`') || clean.endsWith('`') ? ' ' : '';
  return `${tick}${pad}${clean}${pad}${tick}`;
}

/** A fenced block whose fence is longer than any run of backticks inside. */
export function fence(text: string, language = ''): string {
  const clean = visible(text).replaceAll('\r', '');
  const longest = Math.max(2, ...[...clean.matchAll(/`+/g)].map((run) => run[0].length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${language}\n${clean}\n${ticks}`;
}

/** Words for Markdown in which only `code in backticks` is markup; all else is literal: no links, mentions, references, HTML, formulas. */
export function inline(text: string): string {
  const clean = visible(text).replaceAll(/\s+/g, ' ');
  const parts = clean.split('`');
  // An odd number of backticks: the last one is a character like others.
  const closed = parts.length % 2 === 1 ? parts : [...parts.slice(0, -2), `${parts.at(-2)} ${parts.at(-1)}`];
  return closed.map((part, at) => (at % 2 === 1 ? codeSpan(part) : literal(part))).reduce(joined);
}

/** Two code spans side by side would be one. */
function joined(before: string, after: string): string {
  return before.endsWith('`') && after.startsWith('`') ? `${before} ${after}` : before + after;
}

/**
 * What GitHub makes a mention, a reference, a link, a formula or a picture of, wherever it stands outside of code. It looks at the finished page:
 * backslashes and entities are gone by then, only code is safe.
 */
const active = /@\S|#\d|(?<![a-z\d])GH-\d|:\/\/|www\.|\$|:[\w+-]+:|(?<![a-z\d.])[0-9a-f]{7,40}(?![a-z\d])/i;

/** Active words as code, Markdown's own characters with a backslash. */
function literal(text: string): string {
  return text
    .split(' ')
    .map((word) => (active.test(word) ? codeSpan(word) : plainWord(word)))
    .join(' ')
    .replaceAll(/^(\s*)([-+=]|#{1,6}(?=\s)|\d+[.)])/g, (_, space: string, mark: string) => `${space}${mark.slice(0, -1)}\\${mark.slice(-1)}`);
}

function plainWord(word: string): string {
  return word.replaceAll('&', '&amp;').replaceAll(/[\\*_[\]<>|~]/g, (mark) => (mark === '<' ? '&lt;' : mark === '>' ? '&gt;' : `\\${mark}`));
}

/** A label of a Mermaid node: a plain alphabet, at most 60 characters a line; `\n` stays a line break. */
export function mermaidLabel(text: string): string {
  const lines = visible(text.replaceAll('`', ''))
    .split(/\n|\\n/)
    .map((line) =>
      line
        .replaceAll(/[^A-Za-z0-9_.,:'*/() -]/g, ' ')
        .replaceAll(/\s+/g, ' ')
        .trim()
        .slice(0, 60),
    );
  const label = lines.filter((line) => line !== '').join('<br/>');
  return label === '' ? 'frame' : label;
}

/** Lines of a diagram of ours: nodes with quoted labels of that alphabet, arrows with a share. */
const mermaidLine = /^ *(?:flowchart (?:LR|TD)|n\d+\["[A-Za-z0-9_.,:'*/() <>%-]*"\]|n\d+ (?:-->|-\.->)(?:\|\d+%\|)? n\d+)$/;

/** A diagram as a block; undefined when there is anything else in it than nodes and arrows. */
export function mermaid(source: string): string | undefined {
  const lines = source.trimEnd().split('\n');
  return lines.every((line) => mermaidLine.test(line)) ? ['```mermaid', ...lines, '```'].join('\n') : undefined;
}

/** Text for HTML elements and quoted attributes. */
export function html(text: string): string {
  return visible(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

/** One line for a log of GitHub Actions, which reads `::command::` at the start of lines. */
export function logLine(text: string): string {
  return visible(text)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/:(?=:)/g, ':\u2009')
    .replaceAll('##[', '## [')
    .slice(0, 500);
}
