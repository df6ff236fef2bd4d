/** Thread → what it complains about: a word list over title, opening post and the fields of the bug form. */
import type { Complaint, Thread } from './model.ts';

const hangs =
  /\b(?:hangs?|hung|hanging|stuck|stall(?:s|ed|ing)?|freez(?:es|ing)|frozen?|deadlock(?:s|ed)?|block(?:s|ed) (?:forever|indefinitely)|never (?:returns?|finish(?:es)?|completes?|ends?)|not respond(?:ing)?|unresponsive|does(?: not|n't) (?:respond|return|answer|finish|stop|shut ?down|start)|lock(?:s|ed) up|livelock|time(?:s|d)? ?out forever|waits? forever|goroutine leaks?|too many goroutines|takes forever)\b/i;
const cpus =
  /\b(?:(?:high|huge|excessive|100 ?%|full|too much|constant|heavy|crazy) ?(?:cpu|processor)|cpu (?:usage|load|spike|at|is|consumption|hog|utili[sz]ation)|\d{2,4} ?% ?(?:of )?cpu|busy ?loop|spin(?:s|ning)\b)/i;
const memories =
  /\b(?:memory (?:leak|usage|grow\w*|consumption|footprint|keeps|spike|hog)|leak(?:s|ing)? memory|(?:high|huge|too much|excessive|lots? of|all (?:the |my |available )?) ?(?:memory|ram)|out of memory|oom(?:[- ]?kill\w*)?|ram usage|rss|heap (?:grows|usage)|cannot allocate memory|gigabytes? of (?:ram|memory)|\d+ ?gi?b (?:of )?(?:ram|memory))\b/i;
const crashes =
  /\b(?:crash(?:es|ed|ing)?|panic(?:s|ked|king)?|segfault\w*|sigsegv|segmentation (?:fault|violation)|fatal error|stack ?trace|core dump|concurrent map|nil pointer)\b/i;
const dead =
  /\b(?:api (?:does(?: not|n't)|is not|isn't|stops?|stopped|never|no longer|won't) ?(?:respond\w*|answer\w*|work\w*|reply\w*)?|curl (?:hangs?|times? out|returned nothing|gives? nothing)|(?:0|zero|no) bytes? (?:received|returned)|(?:pprof|debug endpoint) (?:hangs?|does(?: not|n't))|before (?:the )?(?:api|daemon) is (?:up|ready))/i;
const socket = /\/unix\/|\bunix (?:domain )?socket\b|api\.sock\b/i;
const subject = /\b(?:kubo|go-ipfs|ipfs|daemon|bitswap|libp2p|mfs|gateway|pins?|pinning|node|repo)\b/i;
const wish = /^\s*(?:\[?(?:feature|feat|request|proposal|docs?|question|rfc|meta|chore|tracking|release|discussion)\b)/i;

/** Reads titles and people's posts; our own posts and bots are not read. Nothing of it is shown. */
export function complaint(thread: Thread): Complaint {
  const people = thread.posts.filter((post) => !post.own && !post.authorIsBot && post.minimized !== true);
  const opening = people.find(({ id }) => id === 'issue') ?? people[0];
  const body = opening === undefined ? '' : words(opening.body);
  const fromAuthor = people
    .filter((post) => post.author === thread.author)
    .map((post) => words(post.body))
    .join('\n');
  const text = `${thread.title}\n${fromAuthor === '' ? body : fromAuthor}`;
  const raw = opening?.body ?? '';
  const kinds = { hang: hangs.test(text), cpu: cpus.test(text), memory: memories.test(text), crash: crashes.test(text) };
  const request =
    wish.test(thread.title) || thread.labels.some((label) => /^(?:kind\/)?(?:feature|enhancement|documentation|docs|test|architecture)$/i.test(label));
  const performance = kinds.hang || kinds.cpu || kinds.memory || kinds.crash;
  return {
    ...kinds,
    version: versionOf(raw, text),
    os: osOf(raw),
    ...(dead.test(text) ? { apiDead: true } : {}),
    ...(socket.test(raw) ? { unixSocket: true } : {}),
    onTopic: performance && !request && subject.test(`${text}\n${thread.ref.repo}`),
  };
}

/** Prose alone: no code blocks, quotes, comments, links' addresses, checklists. */
function words(body: string): string {
  return withoutFences(withoutComments(body.slice(0, 200_000)))
    .replace(/^(?:>| {4}|\t).*$/gm, ' ')
    .replace(/^- \[[ xX]\].*$/gm, ' ')
    .replace(/\]\([^)\n]{0,300}\)/g, ']')
    .replace(/https?:\/\/\S+/g, ' ')
    .replace(/_No response_/g, ' ');
}

/** As a pattern it would go over the rest of the text once for each beginning. */
function withoutComments(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at <= text.length;) {
    const from = text.indexOf('<!--', at);
    const to = from < 0 ? -1 : text.indexOf('-->', from);
    parts.push(text.slice(at, to < 0 ? undefined : from));
    if (to < 0) break;
    at = to + 3;
  }
  return parts.join(' ');
}

/** Closed ones only. */
function withoutFences(text: string): string {
  let fence: string | undefined;
  let inside: string[] = [];
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    const mark = /^(?:`{3,}|~{3,})/.exec(line)?.[0];
    if (fence !== undefined && mark?.startsWith(fence) === true) {
      fence = undefined;
      kept.push(' ');
    } else if (fence === undefined && mark !== undefined) {
      fence = mark;
      inside = [line];
    } else (fence === undefined ? kept : inside).push(line);
  }
  return [...kept, ...(fence === undefined ? [] : inside)].join('\n');
}

/** A field of the bug form: the text under `### Name`. */
function field(body: string, name: string): string | undefined {
  const hit = new RegExp(`^###\\s+${name}\\s*$([\\s\\S]*?)(?=^###\\s|$(?![\\s\\S]))`, 'mi').exec(body.slice(0, 200_000));
  const text = hit?.[1]?.trim();
  return text === undefined || text === '' || text === '_No response_' ? undefined : text;
}

const versionText = /(?:kubo|go-ipfs|ipfs|version|running|on|using|daemon)(?:\s{1,5}(?:version|is|v)){0,3}[:\s-]{0,9}v?(\d+\.\d+\.\d+(?:-rc\d+)?)/i;

function versionOf(raw: string, text: string): string | undefined {
  const form = field(raw, 'Version');
  const bare =
    form === undefined
      ? undefined
      : (/(?:kubo|go-ipfs) version:?\s*v?(\d+\.\d+\.\d+(?:-rc\d+)?)/i.exec(form) ?? /\bv?(0\.\d+\.\d+(?:-rc\d+)?)/.exec(form))?.[1];
  if (bare !== undefined) return bare;
  const said = versionText.exec(raw.slice(0, 20_000))?.[1] ?? versionText.exec(text)?.[1];
  return said !== undefined && said.startsWith('0.') ? said : undefined;
}

function osOf(raw: string): Complaint['os'] {
  const system = field(raw, 'Version') ?? raw.slice(0, 20_000);
  const hit = /\b(?:amd64|arm64|386|arm|x86_64)\/(linux|darwin|windows|freebsd)\b/i.exec(system)?.[1]?.toLowerCase();
  if (hit === 'linux' || hit === 'darwin' || hit === 'windows' || hit === 'freebsd') return hit;
  if (/\b(?:windows (?:1[01]|server|\d)|powershell|win1[01])\b/i.test(raw)) return 'windows';
  if (/\b(?:macos|os x|darwin|macbook)\b/i.test(raw)) return 'darwin';
  if (/\bfreebsd\b/i.test(raw)) return 'freebsd';
  return /\b(?:linux|ubuntu|debian|fedora|arch|centos|docker|systemd|raspberry)\b/i.test(raw) ? 'linux' : undefined;
}
