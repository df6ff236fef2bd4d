/** Reports of the race detector as goroutines: who read, who wrote, and who made them. */

const access = /^(?:Previous )?(?:[Aa]tomic )?(?:[Rr]ead|[Ww]rite) at 0x[0-9a-f]+ by (?:goroutine (\d+)|main goroutine):$/;
const birth = /^Goroutine (\d+) \((running|finished)\) created at:$/;
const call = /^ {2}(\S.*\))$/;
const place = /^ {6}(\S.*:\d+(?: \+0x[0-9a-f]+)?)$/;

/** The report in the form of a dump, so that one scanner reads both; undefined when it is none. */
export function raceAsDump(text: string): string | undefined {
  if (!text.includes('WARNING: DATA RACE')) return undefined;
  const goroutines = new Map<string, { readonly frames: string[]; readonly created: string[]; state: string }>();
  let into: string[] | undefined;
  for (const raw of text.split('\n')) {
    const line = raw.trimEnd();
    const by = access.exec(line);
    const born = birth.exec(line);
    if (by !== null || born !== null) {
      const id = born?.[1] ?? by?.[1] ?? '1';
      const known = goroutines.get(id);
      const one = known ?? { frames: [], created: [], state: 'running' };
      one.state = born?.[2] ?? one.state;
      goroutines.set(id, one);
      // The same goroutine twice in one file: the first report stands for it.
      into = born !== null ? (one.created.length === 0 ? one.created : undefined) : known === undefined ? one.frames : undefined;
    } else if (line === '' || line.startsWith('====')) into = undefined;
    else into?.push(line);
  }
  if (goroutines.size === 0) return undefined;
  const out = ['WARNING: DATA RACE', ''];
  for (const [id, { frames, created, state }] of goroutines) {
    out.push(`goroutine ${id} [${state}]:`);
    for (const line of frames) {
      const [, func] = call.exec(line) ?? [];
      const [, where] = place.exec(line) ?? [];
      out.push(func ?? (where === undefined ? line : `\t${where}`));
    }
    const func = call.exec(created[0] ?? '')?.[1]?.replace(/\([^()]*\)$/, '');
    const where = place.exec(created[1] ?? '')?.[1];
    if (func !== undefined && where !== undefined) out.push(`created by ${func}`, `\t${where}`);
    out.push('');
  }
  return out.join('\n');
}
