/** Whether data that came out of the sandbox is a report, by the schema that we promise (docs/report.schema.json). */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import type { Report } from '../core/model.ts';

const folder = dirname(fileURLToPath(import.meta.url));
const name = 'report.schema.json';

let validate: ValidateFunction<Report> | undefined;

/** Compiled once, when the first report comes. */
export function isReport(value: unknown): value is Report {
  if (validate === undefined) {
    // Beside the Action's bundle, or in docs.
    const path = [join(folder, name), join(folder, '..', '..', 'docs', name)].find((one) => existsSync(one)) ?? name;
    validate = new Ajv({ strict: false }).compile<Report>(JSON.parse(readFileSync(path, 'utf8')));
  }
  return validate(value);
}
