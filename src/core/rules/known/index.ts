/** The register of known problems: only the list. */
import { bitswap } from './bitswap.ts';
import { filesAndPins } from './files-and-pins.ts';
import { memoryAndDisk } from './memory-and-disk.ts';
import { network } from './network.ts';
import type { KnownProblem } from './problem.ts';
import { routing } from './routing.ts';

/** Every known problem, by the part of kubo that has it. */
export const knownProblems: readonly KnownProblem[] = [...filesAndPins, ...bitswap, ...network, ...routing, ...memoryAndDisk];
