/** Bytes of a small text artefact as a string: UTF-8, or the UTF-16 that PowerShell's `>` writes. */

/** Texts over this size are no vars, sysinfo, version or config: the largest real one is 60 kB. */
export const maxSmallText = 8_000_000;

/** Decodes by byte order mark; undefined when it is no text (NUL bytes) or longer than `maxSmallText`. */
export function smallText(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0 || bytes.length > maxSmallText) return undefined;
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes.subarray(0, 4096).includes(0)) return undefined;
  return new TextDecoder().decode(bytes).replaceAll('\r\n', '\n');
}

/** The first JSON object in a text, whole or between other words (a paste, a fence); undefined when there is none. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  const from = text.indexOf('{');
  const to = text.lastIndexOf('}');
  if (from < 0 || to <= from) return undefined;
  try {
    return asRecord(JSON.parse(text.slice(from, to + 1)));
  } catch {
    return undefined;
  }
}

/** The value as a record when it is a JSON object. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : undefined;
}

/** The value as a finite number. */
export function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The value as a string that is not empty. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
