/** The register of artefact kinds, in the order in which they are asked. */
import type { Kind } from '../model.ts';

export const kinds: readonly Kind[] = [];
