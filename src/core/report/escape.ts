/** The only ways in which a text of an input may enter an output. */
import { masked } from './mask.ts';

// Zero-width, bidirectional and control characters change what a reader sees (Unicode TR 36).
// oxlint-disable-next-line no-control-regex -- these are the characters to remove
const invisible = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Text without characters that hide or reorder others, and without what says whose machine it was. */
export function visible(text: string): string {
  return masked(text.toWellFormed().replaceAll(invisible, ''));
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

/** Words for Markdown in which only `code in backticks` is markup; all else is literal: no links, mentions, references, HTML. */
export function inline(text: string): string {
  const clean = visible(text).replaceAll(/\s+/g, ' ');
  const parts = clean.split('`');
  // An odd number of backticks: the last one is a character like others.
  const closed = parts.length % 2 === 1 ? parts : [...parts.slice(0, -2), `${parts.at(-2)} ${parts.at(-1)}`];
  return closed.map((part, at) => (at % 2 === 1 ? codeSpan(part) : literal(part))).join('');
}

/** Backslash before Markdown's own characters; zero-width joiners would be invisible to copy, so mentions and references are cut by an entity. */
function literal(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll(/[\\*_[\]<>|~]/g, (mark) => (mark === '<' ? '&lt;' : mark === '>' ? '&gt;' : `\\${mark}`))
    .replaceAll(/#(?=\d)/g, '&#35;')
    .replaceAll(/@(?=\w)/g, '&#64;')
    .replaceAll(/\bGH-(?=\d)/gi, 'GH&#45;')
    .replaceAll(/:\/\//g, '&#58;//')
    .replaceAll(/\bwww\./gi, 'www&#46;')
    .replaceAll(/^(\s*)([-+=]|#{1,6}(?=\s)|\d+[.)])/g, (_, space: string, mark: string) => `${space}${mark.slice(0, -1)}\\${mark.slice(-1)}`)
    .replaceAll('!\\[', '\\!\\[');
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

/** Text for HTML elements and quoted attributes. */
export function html(text: string): string {
  return visible(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

/** One line for a log of GitHub Actions, which reads `::command::` at the start of lines. */
export function logLine(text: string): string {
  return visible(text).replaceAll(/\s+/g, ' ').replaceAll('::', ':\u2009:').slice(0, 500);
}
