/** The register of artefact kinds, in the order in which they are asked. */
import type { Kind } from '../model.ts';
import { binaryKind } from './binary/kind.ts';
import { configKind } from './config.ts';
import { goroutinesKind } from './goroutines/kind.ts';
import { logKind } from './log.ts';
import { namedKind } from './named.ts';
import { profileKind } from './profile/kind.ts';
import { sysinfoKind } from './sysinfo.ts';
import { varsKind } from './vars.ts';
import { versionKind } from './version.ts';

export const kinds: readonly Kind[] = [namedKind, binaryKind, goroutinesKind, profileKind, varsKind, sysinfoKind, versionKind, configKind, logKind];
