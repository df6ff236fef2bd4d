/** What was read, a line an archive; what was not, a line each with its reason. */
import type { InventoryItem, Report } from '../../model.ts';
import { codeSpan, inline } from '../escape.ts';
import { bytes, counted } from '../words.ts';

/** Files named in one line, lines of refused files. */
const maxNamed = 24;
const maxRefused = 10;
/** Notes longer than a count or a duration stand with their table, not here. */
const maxNote = 24;

export function inventory(report: Report): readonly string[] {
  const refused = new Map(report.refusals.map(({ path, reason }) => [path, reason]));
  const read = report.inventory.filter(({ path }) => !refused.has(path));
  const lines = [...Map.groupBy(read, ({ path }) => folderOf(path))].map(([folder, items]) => `- ${folderLine(folder, items)}`);
  const lost = [...refused].slice(0, maxRefused).map(([path, reason]) => `- ${codeSpan(path)}: ${inline(reason)}`);
  const left = refused.size > maxRefused ? [`- and ${counted(refused.size - maxRefused, 'more file')} that could not be read`] : [];
  const all = [...lines, ...lost, ...left];
  return all.length === 0 ? [] : [['**Read**', '', ...all].join('\n')];
}

function folderLine(folder: string, items: readonly InventoryItem[]): string {
  const named = items.slice(0, maxNamed).map((item) => {
    const note = item.note !== undefined && item.note.length <= maxNote ? `, ${inline(item.note)}` : '';
    return `${codeSpan(item.path.slice(folder.length === 0 ? 0 : folder.length + 1))} (${item.kind}${note})`;
  });
  const more = items.length > maxNamed ? ` and ${items.length - maxNamed} more` : '';
  const size = bytes(items.reduce((sum, item) => sum + item.bytes, 0));
  const head = folder === '' ? '' : `${codeSpan(folder)}, ${counted(items.length, 'file')}, ${size}: `;
  return `${head}${named.join(', ')}${more}`;
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}
