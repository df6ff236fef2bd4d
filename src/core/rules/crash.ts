/** The dump is of a crash: panic, fatal error or signal, and where. */
import { failedIn, row } from './dump-view.ts';
import { clean, quoted, short } from './plain.ts';
import { defineRule } from './rule.ts';

interface Facts {
  readonly what: string;
  readonly text: string;
  readonly id?: number;
  readonly at?: string;
  readonly funcs: readonly string[];
}

const machinery = /^(?:runtime|panic|sync|internal|reflect|testing)(?:[./]|$)|^panic$/;

export const crash = defineRule({
  id: 'crash',
  about: 'crash',
  needs: ['dump'],
  see: ({ dump }): readonly Facts[] => {
    const said = dump.dump.preamble;
    if (said === undefined || said.what === 'SIGQUIT' || said.what === 'SIGABRT') return [];
    const id = failedIn(dump.dump);
    const frames = id === undefined ? [] : dump.frames(id).map(({ func }) => func);
    const own = frames.filter((func) => !machinery.test(clean(func)));
    return [{ what: said.what, text: said.text, id, at: own[0], funcs: own.slice(0, 8) }];
  },
  say: ({ what, text, id, at, funcs }, { dump }) => {
    const memory = /out of memory|cannot allocate/i.test(text);
    const race = /concurrent map/i.test(text);
    const place = at === undefined ? '' : ` in \`${short(at)}\``;
    return {
      title: memory
        ? 'The daemon died because the system gave it no more memory'
        : race
          ? `The daemon died of unsynchronised access to a map${place}: a bug in the program`
          : what === 'signal'
            ? `The daemon died of a memory fault${place}`
            : `The daemon crashed${place}`,
      effect: `It said: \`${quoted(text)}\``,
      because: memory
        ? 'Where it happened to ask for memory is not who filled it; only a heap profile from before tells that.'
        : 'The first goroutine of a crash is the one that failed.',
      certainty: 'certain',
      weight: 90,
      goroutines: id === undefined ? [] : [id],
      functions: funcs,
      witnesses: [{ file: dump.dump.file, goroutine: id }],
      next: memory
        ? ['Send a heap profile taken when memory is already high, and what the machine or container may use.']
        : ['Update if this is not the newest release, and send the whole output from the first line of the crash on.'],
      rows: id === undefined ? undefined : [row(dump, 'failed', [id], 3)],
      explains: id === undefined ? [] : [id],
    };
  },
});
