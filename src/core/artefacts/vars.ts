/** `ipfs.vars`: what /debug/vars prints (Go's expvar: memstats, cmdline; badger's counters). */
import type { Kind, VarsArtefact } from '../model.ts';
import { asNumber, asRecord, jsonObject, smallText } from './text.ts';

export const varsKind: Kind<VarsArtefact> = {
  name: 'vars',
  recognise({ bytes, path }) {
    const text = smallText(bytes);
    if (text === undefined || !text.includes('"memstats"')) return { is: 'not mine' };
    const object = jsonObject(text);
    const memstats = asRecord(object?.['memstats']);
    if (object === undefined || memstats === undefined) {
      return text.includes('"HeapInuse"') && text.includes('{')
        ? {
            is: 'broken',
            kind: 'vars',
            reason: 'it is the output of /debug/vars, but not whole: fetch it again with `curl -o ipfs.vars localhost:5001/debug/vars`',
          }
        : { is: 'not mine' };
    }
    const numbers = numbersOf(memstats);
    const lastGC = numbers['LastGC'];
    return {
      is: 'fine',
      artefacts: [
        {
          kind: 'vars',
          file: path,
          memstats: numbers,
          cmdline: Array.isArray(object['cmdline']) ? object['cmdline'].filter((word) => typeof word === 'string') : [],
          badger: badgerOf(object),
          lastGC: lastGC !== undefined && lastGC > 1e18 && lastGC < 4e18 ? new Date(lastGC / 1e6).toISOString() : undefined,
        },
      ],
    };
  },
};

function numbersOf(object: Readonly<Record<string, unknown>>): Record<string, number> {
  return Object.fromEntries(Object.entries(object).flatMap(([name, value]) => (asNumber(value) === undefined ? [] : [[name, Number(value)]])));
}

/** Counters that are maps (by level, by path) become their sum: the paths are private, the levels are not needed. */
function badgerOf(object: Readonly<Record<string, unknown>>): Record<string, number> {
  const rows = Object.entries(object).filter(([name]) => name.startsWith('badger_'));
  return Object.fromEntries(
    rows.map(([name, value]) => {
      const map = asRecord(value);
      const sum = map === undefined ? (asNumber(value) ?? 0) : Object.values(numbersOf(map)).reduce((a, b) => a + b, 0);
      return [name, sum];
    }),
  );
}
