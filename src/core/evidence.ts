/** What a comment was made of, as short sums: tells whether anything new was sent since. */
import type { Lead } from './model.ts';

/** More are not told apart: a marker stays short. */
const maxKeys = 40;

/** One sum for each lead, by its address or its pasted text: what it says, not whether it could be fetched today. */
export function evidenceOf(leads: readonly Lead[]): readonly string[] {
  return [...new Set(leads.map((lead) => sum(lead.kind === 'link' ? lead.url : lead.kind === 'paste' ? lead.text : lead.label)))].slice(0, maxKeys);
}

/** FNV-1a, 32 bits, twice; ten or so characters of [0-9a-z]. */
function sum(text: string): string {
  let [low, high] = [0x811c9dc5, 0x01234567];
  for (let at = 0; at < text.length; at += 1) {
    low = Math.imul(low ^ text.charCodeAt(at), 0x01000193) >>> 0;
    high = Math.imul(high ^ low, 0x01000193) >>> 0;
  }
  return `${low.toString(36)}${high.toString(36)}`;
}
