/** What is added to a comment beside its stories: leaked secrets, other threads with the same stack, answers to orders. */
import type { Answer, Report, ReportFrame, Similar } from '../model.ts';
import { codeSpan, inline } from './escape.ts';
import { place, shortName } from './words.ts';

/** One line; the links do not write into the other threads' timelines. */
export function similarLines({ similar = [] }: Pick<Report, 'similar'>): readonly string[] {
  if (similar.length === 0) return [];
  return [`The same stack was seen in ${similar.slice(0, 3).map(seen).join(' and ')}.`];
}

function seen({ number, state, fixedIn, url }: Similar): string {
  const address = url.replace(/^https:\/\/github\.com\//, 'https://redirect.github.com/');
  return `[issue ${number}](${address}) (${[state, ...(fixedIn === undefined ? [] : [`fixed in ${inline(fixedIn)}`])].join(', ')})`;
}

/** Shown above everything: whoever published a key must learn it first. */
export function secretLines({ secrets = [] }: Pick<Report, 'secrets'>): readonly string[] {
  if (secrets.length === 0) return [];
  const places = secretPlaces(
    secrets,
    (kind, path) => `${inline(kind)} in ${path.startsWith('the text of') || path.startsWith('comment ') ? inline(path) : codeSpan(path)}`,
  );
  return [`> **This thread shows ${places}.** Replace it now: whoever read it can use it. Then delete it here, its history as well (⋯ next to *edited*).`];
}

/** The same at the desk, where nothing may be published yet: plain words, or undefined. */
export function secretWarning({ secrets = [] }: Pick<Report, 'secrets'>): string | undefined {
  if (secrets.length === 0) return undefined;
  return `Shown here: ${secretPlaces(secrets, (kind, path) => `${kind} in ${path}`)}. Take it out before you pass this on; where others could read it already, replace it.`;
}

function secretPlaces(secrets: NonNullable<Report['secrets']>, one: (kind: string, path: string) => string): string {
  const more = secrets.length > 5 ? ` and ${secrets.length - 5} more` : '';
  return `${secrets
    .slice(0, 5)
    .map(({ kind, path }) => one(kind, path))
    .join(', ')}${more}`;
}

/** Folded, because only the person who asked looks for it. */
export function answerBlocks({ answers = [] }: Pick<Report, 'answers'>): readonly string[] {
  if (answers.length === 0) return [];
  // Inside of HTML nothing is code: only words of our own may stand there.
  const names = answers.map(({ asked }) => /^(?:explain \d+|help)$/.exec(asked)?.[0] ?? 'compare').join(', ');
  return [[`<details><summary>Asked: ${names}</summary>`, ...answers.flatMap(block), '</details>'].join('\n\n')];
}

function block({ asked, said, frames = [] }: Answer): readonly string[] {
  const lines = asked === 'help' ? said.map((line, at) => (at === 0 ? inline(line) : `- ${inline(line)}`)) : [said.map(inline).join(' ')];
  return [`**${inline(asked)}** ${lines.join('\n')}`, ...(frames.length === 0 ? [] : [frames.map(row).join('\n')])];
}

function row(frame: ReportFrame, at: number): string {
  const where = place(frame);
  const linked =
    where === ''
      ? ''
      : frame.url === undefined
        ? ` ${codeSpan(where)}`
        : ` [${codeSpan(where)}](${frame.url}${frame.urlLikely === true ? ' "likely this line"' : ''})`;
  return `${at + 1}. ${codeSpan(shortName(frame.func))}${linked}`;
}
