/** One goroutine for a terminal: all frames with their arguments, as Go prints them. */
import type { Scanned } from '../core/artefacts/goroutines/scanned.ts';
import { plainWords } from '../core/golang/wait-reasons.ts';
import { minutes } from '../core/report/words.ts';
import { folded, line } from './terminal.ts';

/** The goroutine at an index of the dump; ends with a line feed. */
export function goroutineText(scanned: Scanned, index: number): string {
  const { frames = [], createdBy, elidedAfter } = scanned.stacks[scanned.stackOf[index] ?? -1] ?? {};
  const args = scanned.allArgsOf(index);
  const state = scanned.stateNames[scanned.states[index] ?? -1] ?? '';
  const words = plainWords(state);
  const label = scanned.labels.get(index);
  const alike = scanned.stackOf.reduce((count, stack) => count + (stack === scanned.stackOf[index] ? 1 : 0), 0) - 1;
  return `${[
    line(['bold', scanned.file], `: goroutine ${scanned.ids[index]}, ${[state, waited(scanned, index)].filter((part) => part !== '').join(', ')}`),
    ...(words === undefined ? [] : folded(words.split(' '), '  ')).map((one) => line(one)),
    ...(label === undefined ? [] : folded(label.split(' '), '  labels ')).map((one) => line(one)),
    ...(alike > 0 ? [line(`  ${alike.toLocaleString('en-US')} more with the same stack`)] : []),
    '',
    ...frames.flatMap(({ func, file, line: number }, at) => [
      ...folded(`${func}${args[at] === undefined ? '' : `(${args[at]})`}`.split(/(?<=,) /), '    ', '      ').map((one) => line(one)),
      ...(file === '' ? [] : [line('        ', ['dim', `${file}:${number}`])]),
      ...(at === elidedAfter ? [line('    ', ['dim', '… frames that Go left out …'])] : []),
    ]),
    ...(createdBy === undefined
      ? []
      : [line(`    created by ${createdBy.func}${parentOf(scanned, index)}`), line('        ', ['dim', `${createdBy.file}:${createdBy.line}`])]),
  ].join('\n')}\n`;
}

/** ` in goroutine 12 (select, 5 min)`: where the dump has the starter, with what it does now. */
function parentOf(scanned: Scanned, index: number): string {
  const parent = scanned.creators[index] ?? -1;
  if (parent < 0) return '';
  const at = scanned.ids.indexOf(parent);
  if (at < 0) return ` in goroutine ${parent} (it has ended)`;
  const state = scanned.stateNames[scanned.states[at] ?? -1] ?? '';
  return ` in goroutine ${parent} (${[state, waited(scanned, at)].filter((part) => part !== '').join(', ')})`;
}

function waited(scanned: Scanned, index: number): string {
  const figure = scanned.minutes[index] ?? -1;
  return figure < 0 ? '' : minutes([figure, figure]);
}
