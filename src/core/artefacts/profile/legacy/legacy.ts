/** Legacy formats. */
import type { Parsed } from '../parse.ts';
export function parseLegacy(_bytes: Uint8Array): Parsed | undefined {
  return undefined;
}
