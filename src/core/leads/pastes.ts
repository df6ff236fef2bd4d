/** Dumps, profiles and JSON that people paste into posts: fenced, quoted, bare, or spread over several comments. */
import type { Lead, Post } from '../model.ts';

/** What makes a block of text worth reading, and what it is called. */
const signs: readonly (readonly [string, RegExp])[] = [
  ['goroutines', /(?:^|[^\w])goroutine \d+ (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[[^\]\n]{2,80}\]|^goroutine profile: total \d+/m],
  ['profile', /^(?:--- (?:mutex|contention|contentionz)|heap profile: \d+: )/m],
  ['vars', /"memstats"\s*:\s*\{/],
  ['sysinfo', /"diskinfo"\s*:[\s\S]*"runtime"\s*:/],
  ['config', /"Addresses"\s*:[\s\S]*"(?:Bootstrap|Datastore|Swarm)"\s*:/],
  ['version', /(?:go-ipfs|Kubo) version: *\d|"Golang"\s*:\s*"go/i],
];

/** Frames without a header: the part of a dump that begins or goes on in another post. */
const framesOnly = /^\s*[\w./*()[\]{}·%-]+\(.*\)\s*\n\s*\S+\.go:\d+/m;

/** Blocks of all posts; bare frames that follow a dump of the same author continue it. */
export function pastesIn(posts: readonly Post[]): readonly Lead[] {
  const leads: { kind: 'paste'; post: string; label: string; text: string }[] = [];
  for (const post of posts) {
    for (const text of blocksOf(post.body)) {
      const sign = signs.find(([, pattern]) => pattern.test(text));
      const last = leads.at(-1);
      if (sign === undefined) {
        const before = posts[posts.indexOf(post) - 1];
        if (
          last !== undefined &&
          last.label.startsWith('goroutines') &&
          framesOnly.test(text) &&
          (last.post === post.id || (before?.author === post.author && before.id === last.post))
        )
          last.text += `\n${text}`;
        else if (framesOnly.test(text) && text.split('\n').length > 6)
          leads.push({ kind: 'paste', post: post.id, label: `frames pasted in ${where(post)}`, text });
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
  const plain = rest.join('\n').replaceAll(/<\/?(?:details|summary|pre|code|br)[^>]*>/gi, '');
  if (signs.some(([, pattern]) => pattern.test(plain))) blocks.push(plain);
  return blocks;
}
