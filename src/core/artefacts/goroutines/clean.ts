/** One line of a damaged dump without what a terminal or a page put into it. */

const escapes = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-Za-z]|[=>])/g;
/** What stands for a tab where it could not be printed: rsyslog, `cat -T`, an escaped string. */
const tabNames = /#011|\^I|\\t/g;
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', amp: '&', Tab: '\t', lpar: '(', rpar: ')', colon: ':' };

/** Bytes as latin1 in, the same out: without terminal colours, carriage returns, no-break spaces, zero-width characters and entities of a page. */
export function clean(line: string): string {
  let text = line.endsWith('\r') ? line.replace(/\r+$/, '') : line;
  if (text.includes('\x1b')) text = text.replaceAll(escapes, '');
  if (text.includes('&')) text = decoded(decoded(text));
  // No-break space, zero-width space and marks, ellipsis, as UTF-8.
  if (text.includes('\xc2\xa0')) text = text.replaceAll('\xc2\xa0', ' ');
  if (text.includes('\xe2\x80')) text = text.replaceAll(/\xe2\x80[\x8b-\x8f\xaa-\xae]/g, '').replaceAll('\xe2\x80\xa6', '...');
  return text;
}

/** Tabs where their names stand: at the start, and all over a debug=1 frame. */
export function withTabs(line: string): string {
  if (!line.includes('#011') && !line.includes('^I') && !line.includes('\\t')) return line;
  if (/^#(?:#011|\^I|\\t)/.test(line)) return line.replaceAll(tabNames, '\t');
  return line.replace(/^(?:#011|\^I|\\t)+/, (names) => '\t'.repeat(names.match(tabNames)?.length ?? 1));
}

function decoded(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|(\w{2,6}));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return entities[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return code === 160 ? ' ' : code > 0 && code < 128 ? String.fromCharCode(code) : whole;
  });
}
