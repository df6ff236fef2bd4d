/** Thread → Lead[]: where in the posts bytes may be: attachments, links, pasted blocks, unfinished uploads. */
import { pastesIn } from './leads/pastes.ts';
import type { Lead, LinkHost, Post, Thread } from './model.ts';

/** In reading order, each address once; what this App wrote is left out. */
export function leads(thread: Thread): readonly Lead[] {
  const found: Lead[] = [];
  const seen = new Set<string>();
  for (const post of thread.posts) {
    if (post.own) continue;
    for (const lead of [...linksIn({ ...post, body: withoutOrder(post) }), ...uploadsIn(post)]) {
      const key = lead.kind === 'link' ? lead.url : `${lead.kind} ${lead.label}`;
      if (seen.has(key)) continue;
      seen.add(key);
      found.push(lead);
    }
  }
  return [...found, ...pastesIn(thread.posts.filter((post) => !post.own))];
}

/** What is to be compared with is not evidence of this thread. */
function withoutOrder({ body }: Post): string {
  return /^\s*\/triage\s+compare\b/.test(body) ? body.replace(/^\s*\/triage[^\n]*/, '') : body;
}

/** The file that an order names, as an address or as a link of GitHub's editor. */
export function linkOf(text: string): Extract<Lead, { kind: 'link' }> | undefined {
  return linksIn({ id: 'order', body: text })[0];
}

/** `#12` or the address of an issue of the same repository. */
export function issueNumberOf(text: string, { owner, repo }: Thread['ref']): number | undefined {
  const found =
    /^#(\d{1,9})$/.exec(text)?.[1] ??
    (text.toLowerCase().startsWith(`https://github.com/${owner}/${repo}/issues/`.toLowerCase())
      ? /\/issues\/(\d{1,9})(?:[#?].*)?$/.exec(text)?.[1]
      : undefined);
  return found === undefined ? undefined : Number(found);
}

/** `[Uploading profile.zip…]()`: the person sent the post before the upload had ended. */
function uploadsIn(post: Post): readonly Lead[] {
  return [...post.body.matchAll(/!?\[Uploading ([^\]]{1,200}?)(?:…|\.\.\.)\]\(\)/g)].map((found) => ({
    kind: 'unfinished upload',
    post: post.id,
    label: found[1] ?? 'a file',
  }));
}

/** Longer ones are no link that a person wrote. Patterns over posts are bounded: posts are strangers', and are read where webhooks are answered. */
const maxAddress = 2000;

function linksIn(post: Pick<Post, 'id' | 'body'>): readonly Extract<Lead, { kind: 'link' }>[] {
  const links: Extract<Lead, { kind: 'link' }>[] = [];
  const taken = new Set<string>();
  const add = (label: string, address: string): void => {
    if (address.length > maxAddress) return;
    const url = address.replace(/[).,;:!?'"*_`]+$/, '');
    if (taken.has(url)) return;
    const host = hostOf(url);
    if (host === undefined) return;
    taken.add(url);
    links.push({ kind: 'link', post: post.id, label: nameOf(label, url), url, host });
  };
  for (const found of post.body.matchAll(/!?\[([^\]\n]{0,300})\]\(\s{0,9}<?(https?:\/\/[^\s)>]{1,2000})>?(?:\s{1,9}"[^"]{0,300}")?\s{0,9}\)/g))
    add(found[1] ?? '', found[2] ?? '');
  for (const found of post.body.matchAll(/<img[^>]{0,500}?\bsrc="(https?:\/\/[^"\s]{1,2000})"/gi)) add('', found[1] ?? '');
  for (const found of post.body.matchAll(/https?:\/\/[^\s<>()[\]"'`|\\]+/g)) add('', found[0]);
  return links;
}

/** Whose link it is; undefined when it leads to no file that anybody could mean. */
function hostOf(address: string): LinkHost | undefined {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return undefined;
  }
  const host = url.hostname.toLowerCase().replace(/^www\./, '');
  const path = url.pathname;
  if (host === 'github.com') {
    if (/^\/user-attachments\/files\/\d+\/[^/]+$/.test(path) || /^\/[\w.-]+\/[\w.-]+\/files\/\d+\/[^/]+$/.test(path)) return 'attachment';
    if (path.startsWith('/user-attachments/assets/') || /^\/[\w.-]+\/[\w.-]+\/assets\/\d+\//.test(path)) return 'image';
    return undefined;
  }
  if (/^(?:private-)?user-images\.githubusercontent\.com$/.test(host)) return 'image';
  if (host === 'gist.github.com' || host === 'gist.githubusercontent.com') return 'gist';
  if (
    /(?:^|\/)(?:ipfs|ipns)\/[A-Za-z0-9]{20,}/.test(path) ||
    /#.*\b(?:Qm[1-9A-HJ-NP-Za-km-z]{44}|bafy[a-z2-7]{50,})/.test(url.hash) ||
    /^(?:Qm|bafy|bafk)[A-Za-z0-9]{20,}\.ipfs\./.test(host)
  )
    return 'ipfs';
  if (
    /^(?:drive|docs)\.google\.com$|(?:^|\.)dropbox\.com$|^(?:1drv\.ms|onedrive\.live\.com|we\.tl|wetransfer\.com|mega\.nz|pastebin\.com)$|(?:^|\.)notion\.(?:so|site)$/.test(
      host,
    )
  )
    return 'viewer';
  // Other hosts only when the address itself says that it is such a file.
  return /\.(?:zip|tgz|gz|tar|xz|zst|7z|pprof|prof|stacks|heap|cpuprof|pb|log|txt|debug|dump)$/i.test(path) ? 'other' : undefined;
}

/** The address's own file name: labels are free text and may say anything. */
function nameOf(label: string, address: string): string {
  const last = new URL(address).pathname.split('/').at(-1) ?? '';
  let name = last;
  try {
    name = decodeURIComponent(last);
  } catch {
    // A percent sign that escapes nothing: the name as it stands.
  }
  const clean = (name === '' ? label : name).replaceAll(/[\u0000-\u001f\u007f-\u009f/\\]/g, '').slice(0, 120);
  return clean === '' ? 'a file' : clean;
}
