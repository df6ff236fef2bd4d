/** Dumps, profiles and JSON that people paste into posts: fenced, quoted, bare, or spread over several comments. */
import type { Lead, Post } from '../model.ts';

type Sign = (text: string) => boolean;

const has =
  (pattern: RegExp): Sign =>
  (text) =>
    pattern.test(text);

/** One and somewhere behind it the other: as one pattern it would look for the other from every one. */
const then =
  (first: RegExp, other: RegExp): Sign =>
  (text) => {
    const at = text.search(first);
    return at >= 0 && other.test(text.slice(at));
  };

/** What makes a block of text worth reading, and what it is called. Posts are strangers': no pattern may go over a text more than once. */
const signs: readonly (readonly [string, Sign])[] = [
  ['goroutines', has(/(?:^|[^\w])goroutine \d+ (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[[^\]\n]{2,80}\]|^goroutine profile: total \d+/m)],
  ['profile', has(/^(?:--- (?:mutex|contention|contentionz)|heap profile: \d+: )/m)],
  ['vars', has(/"memstats"\s*:\s*\{/)],
  ['sysinfo', then(/"diskinfo"\s*:/, /"runtime"\s*:/)],
  ['config', then(/"Addresses"\s*:/, /"(?:Bootstrap|Datastore|Swarm)"\s*:/)],
  ['version', has(/(?:go-ipfs|Kubo) version: *\d|"Golang"\s*:\s*"go/i)],
];

/** Frames without a header: the part of a dump that begins or goes on in another post. */
function framesIn(text: string): boolean {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.some((line, at) => line.endsWith(')') && /^[\w./*()[\]{}·%-]+\(/.test(line) && /^\S+\.go:\d/.test(lines[at + 1] ?? ''));
}

/** Blocks of all posts; bare frames that follow a dump of the same author continue it. */
export function pastesIn(posts: readonly Post[]): readonly Lead[] {
  const leads: { kind: 'paste'; post: string; label: string; text: string }[] = [];
  for (const post of posts) {
    for (const text of blocksOf(post.body)) {
      const sign = signs.find(([, sign]) => sign(text));
      const last = leads.at(-1);
      if (sign === undefined) {
        const before = posts[posts.indexOf(post) - 1];
        if (
          last !== undefined &&
          last.label.startsWith('goroutines') &&
          framesIn(text) &&
          (last.post === post.id || (before?.author === post.author && before.id === last.post))
        )
          last.text += `\n${text}`;
        else if (framesIn(text) && text.split('\n').length > 6) leads.push({ kind: 'paste', post: post.id, label: `frames pasted in ${where(post)}`, text });
        continue;
      }
      leads.push({ kind: 'paste', post: post.id, label: `${sign[0]} pasted in ${where(post)}`, text });
    }
  }
  return leads;
}

function where(post: Post): string {
  return post.id === 'issue' ? 'the issue' : `comment ${post.id}`;
}

/** Fenced blocks, then what is left between them, with quotes taken off where every line has one. */
function blocksOf(body: string): readonly string[] {
  const blocks: string[] = [];
  const rest: string[] = [];
  let fence: string | undefined;
  let inside: string[] = [];
  for (const line of body.replaceAll('\r\n', '\n').split('\n')) {
    const mark = /^\s{0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined && mark !== undefined) {
      fence = mark;
      inside = [];
    } else if (fence !== undefined && mark !== undefined && mark.startsWith(fence) && line.trim() === mark) {
      blocks.push(inside.join('\n'));
      fence = undefined;
      rest.push('');
    } else if (fence === undefined) rest.push(line);
    else inside.push(line);
  }
  if (fence !== undefined) blocks.push(inside.join('\n'));
  const plain = rest.join('\n').replaceAll(/<\/?(?:details|summary|pre|code|br)[^>]{0,200}>/gi, '');
  if (signs.some(([, sign]) => sign(plain))) blocks.push(plain);
  return blocks;
}
