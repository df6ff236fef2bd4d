/** Whether data that came out of the sandbox is a report, by the schema that we promise (docs/report.schema.json). */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import type { Report } from '../core/model.ts';

const folder = dirname(fileURLToPath(import.meta.url));
const name = 'report.schema.json';

/** Beside the Action's bundle, or in docs. */
const path = [join(folder, name), join(folder, '..', '..', 'docs', name)].find((one) => existsSync(one)) ?? name;
/** Compiled when the server starts: it takes a tenth of a second, in which no webhook would be answered. */
const validate: ValidateFunction<Report> = new Ajv({ strict: false }).compile<Report>(JSON.parse(readFileSync(path, 'utf8')));

export function isReport(value: unknown): value is Report {
  return validate(value);
}
