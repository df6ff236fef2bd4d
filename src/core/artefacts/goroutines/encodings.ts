/** Text as UTF-8 bytes with plain line feeds, whatever the shell or editor made of it. */

/** UTF-8 bytes of a text that may be UTF-16 (PowerShell's `>`); the same bytes when it is not. Undefined when it is no text. */
export function asUtf8(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly was?: 'UTF-16' } | undefined {
  const label = utf16(bytes);
  if (label !== undefined) return { bytes: new TextEncoder().encode(new TextDecoder(label).decode(bytes)), was: 'UTF-16' };
  if (bytes.subarray(0, 1024).includes(0)) return undefined;
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { bytes: withLineFeeds(bytes.subarray(3)) };
  return { bytes: withLineFeeds(bytes) };
}

/** Lines that end with carriage returns alone (old editors, terminals) end with line feeds. */
function withLineFeeds(bytes: Uint8Array): Uint8Array {
  const head = bytes.subarray(0, 16_384);
  if (!head.includes(13) || head.includes(10)) return bytes;
  return bytes.map((byte) => (byte === 13 ? 10 : byte));
}

/** By byte order mark, or by the zero bytes that ASCII leaves in UTF-16. */
function utf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes.length < 4) return undefined;
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const head = bytes.subarray(0, 64);
  let even = 0;
  let odd = 0;
  for (let i = 0; i < head.length; i++) {
    if (head[i] !== 0) continue;
    if (i % 2 === 0) even++;
    else odd++;
  }
  if (odd >= head.length / 4 && even === 0) return 'utf-16le';
  if (even >= head.length / 4 && odd === 0) return 'utf-16be';
  return undefined;
}

/** A copy without carriage returns at line ends. */
export function withoutCarriageReturns(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  let to = 0;
  let from = 0;
  for (let at = bytes.indexOf(13); at >= 0; at = bytes.indexOf(13, at + 1)) {
    let end = at;
    while (bytes[end] === 13) end++;
    if (bytes[end] !== 10 && end < bytes.length) {
      at = end - 1;
      continue;
    }
    out.set(bytes.subarray(from, at), to);
    to += at - from;
    from = end;
    at = end - 1;
  }
  out.set(bytes.subarray(from), to);
  return out.subarray(0, to + bytes.length - from);
}
