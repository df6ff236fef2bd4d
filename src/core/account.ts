/** Captures and findings as the report: the plain data that is promised in docs/report.schema.json. */
import { maxGroupIds } from './limits.ts';
import { frameKey } from './link/source-links.ts';
import { comparable, grown, scaleOf } from './rules/growth.ts';
import { earlierOf } from './rules/judge.ts';
import { memoryParts } from './rules/memory-parts.ts';
import type {
  Capture,
  Finding,
  Frame,
  Gap,
  GoroutineDump,
  InventoryItem,
  ProfileArtefact,
  Refusal,
  Report,
  ReportCapture,
  ReportDump,
  ReportFrame,
  ReportMemory,
  ReportProfile,
} from './model.ts';

/** What the rules said about all captures together. */
export interface Judged {
  readonly headline: string;
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
  readonly quiet: readonly string[];
}

export interface Accounted {
  readonly captures: readonly Capture[];
  readonly judged: Judged;
  readonly inventory: readonly InventoryItem[];
  readonly refusals: readonly Refusal[];
}

export function account({ captures, judged, inventory, refusals }: Accounted): Report {
  return {
    schema: 1,
    headline: judged.headline,
    captures: captures.map((capture) => captureOf(capture, earlierOf(capture, captures))),
    findings: judged.findings,
    gaps: judged.gaps,
    inventory,
    refusals,
    quiet: judged.quiet,
  };
}

function captureOf(capture: Capture, earlier: Capture | undefined): ReportCapture {
  return {
    files: capture.files,
    at: capture.at,
    program: capture.program,
    dumps: capture.dumps.map((dump) => dumpOf(dump, capture.links)),
    profiles: capture.profiles.map((profile) => profileOf(profile, capture.links, earlier)),
    memory: memoryOf(capture),
    binary: capture.verdict,
  };
}

/** Rows of growth that are shown. */
const maxGrown = 5;

function profileOf(profile: ProfileArtefact, links: Capture['links'], earlier: Capture | undefined): ReportProfile {
  const linked = <T extends { readonly func: string }>(row: T): T & { readonly url?: string } => ({ ...row, url: links[row.func]?.url });
  const before = earlier?.profiles.find((other) => comparable(other, profile));
  const rows = before === undefined ? [] : grown(before, profile).slice(0, maxGrown).map(linked);
  return {
    ...profile.shown,
    top: profile.shown.top.map(linked),
    grew: before === undefined || rows.length === 0 ? undefined : { since: before.file, before: before.total * scaleOf(before, profile), rows },
  };
}

function dumpOf(dump: GoroutineDump, links: Capture['links']): ReportDump {
  return {
    file: dump.file,
    dialect: dump.dialect,
    goroutines: dump.count,
    unread: dump.unread,
    truncated: dump.truncated,
    notes: dump.notes,
    groups: dump.groups.map((group) => {
      const stack = dump.stacks[group.stack];
      return {
        fingerprint: group.fingerprint,
        state: group.state,
        class: group.class,
        count: group.count,
        minutes: group.minutes ?? null,
        hung: group.hung,
        idle: group.idle,
        rest: group.rest,
        frames: (stack?.frames ?? []).map((frame) => linked(frame, links)),
        createdBy: stack?.createdBy === undefined ? undefined : { ...stack.createdBy, url: links[frameKey(stack.createdBy)]?.url },
        goroutines: group.goroutines.slice(0, maxGroupIds),
      };
    }),
    locks: dump.locks.map(({ kind, name, wantedIn, waiters, writers, holders, nobody, settles }) => ({
      kind,
      name,
      wantedIn,
      waiters,
      writers,
      holders: holders.map(({ goroutine, certainty, why }) => ({ goroutine, certainty, why })),
      nobody,
      settles,
    })),
    cycles: dump.cycles,
  };
}

/** A frame with its link. */
function linked(frame: Frame, links: Capture['links']): ReportFrame {
  const found = links[frameKey(frame)];
  return found === undefined ? frame : { ...frame, url: found.url, ...(found.likely ? { urlLikely: true } : {}) };
}

function memoryOf({ vars }: Capture): ReportMemory | undefined {
  if (vars === undefined) return undefined;
  const { HeapInuse = 0, HeapIdle = 0, HeapReleased = 0, Sys = 0, GCCPUFraction = 0 } = vars.memstats;
  return { heapInuse: HeapInuse, heapIdle: HeapIdle, heapReleased: HeapReleased, sys: Sys, gcFraction: GCCPUFraction, parts: memoryParts(vars.memstats) };
}
