/** The programs of fixtures/binary: one of nine Go releases with dump and profiles, and one small one in every container. */
import { readFileSync } from 'node:fs';

/** Folders go<release>: built with -trimpath by Go 1.13 to 1.27. */
export const releases = ['113', '115', '116', '119', '121', '124', '125', '126', '127'] as const;

/** Address and `file:line` as Go's own disassembler shows them. */
type Places = readonly (readonly [address: string, place: string])[];

const lines: Readonly<Record<string, Places>> = JSON.parse(readFileSync(new URL('../../../../fixtures/binary/tiny/lines.json', import.meta.url), 'utf8'));

/** fixtures/binary/tiny/tiny-<name>.gz. */
export const tinyPrograms = Object.entries(lines).map(([name, places]) => ({ name, places }));
