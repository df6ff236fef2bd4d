/** A page that shows the double's issues as GitHub would, and takes a bundle as a new issue. */
import { createServer } from 'node:http';
import rehypeStringify from 'rehype-stringify';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import { maxDownloadBytes } from '../../src/core/limits.ts';
import { html } from '../../src/core/report/escape.ts';
import { dotToSvg } from '../../src/world/graphviz.ts';
import type { GitHubDouble } from '../double/github.ts';

/** Starts the page's server; its address. */
export async function servePage(double: GitHubDouble): Promise<string> {
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      const chunks: Buffer[] = [];
      let size = 0;
      request.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= maxDownloadBytes) chunks.push(chunk);
      });
      request.on('end', () => {
        const name = decodeURIComponent(String(request.headers['x-filename'] ?? 'bundle.zip')).replaceAll(/[^\w. -]/g, '_');
        void double
          .openIssue({
            title: `My node: ${name}`,
            body: 'My kubo node hangs or is slow. The files are attached.',
            attachments: [{ name, bytes: Buffer.concat(chunks) }],
          })
          .then(() => response.writeHead(204).end());
      });
      return;
    }
    page(double).then(
      (text) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
}

/** A flowchart of Mermaid as a drawing: the few forms that comments use, laid out by Graphviz. */
async function drawn(source: string): Promise<string> {
  const lines = source.split('\n').map((line) => line.trim());
  const nodes = lines.flatMap((line) => {
    const [, id, text] = /^(\w+)\["(.*)"\]$/.exec(line) ?? [];
    return id === undefined || text === undefined ? [] : [`${id} [label="${text.replaceAll('<br/>', '\\n').replaceAll('"', '')}"]`];
  });
  const edges = lines.flatMap((line) => {
    const [, from, style, text, to] = /^(\w+) (-->|-\.->|==>)(?:\|"?([^|"]*)"?\|)? ?(\w+)$/.exec(line) ?? [];
    return from === undefined || to === undefined ? [] : [`${from} -> ${to} [label="${text ?? ''}"${style === '-.->' ? ' style=dashed' : ''}]`];
  });
  const direction = /^flowchart (\w\w)/.exec(source)?.[1] === 'LR' ? 'LR' : 'TB';
  const dot = `digraph { rankdir=${direction}; bgcolor=transparent; node [shape=box style="rounded" fontname="sans-serif" fontsize=12 color="#8b949e" fontcolor="#8b949e"]; edge [color="#8b949e" fontcolor="#8b949e" fontsize=10 fontname="sans-serif"]; ${[...nodes, ...edges].join('; ')} }`;
  const svg = await dotToSvg(dot);
  return `<div class="drawn">${svg.slice(svg.indexOf('<svg'))}</div>`;
}

/** Markdown as GitHub renders it: GFM, `<details>` and Mermaid kept, all other HTML dropped. */
export async function rendered(markdown: string): Promise<string> {
  const text = markdown.replaceAll(/<!--[\s\S]*?-->/g, '');
  const blocks = text.split(/^(<details><summary>[^<]*<\/summary>|<\/details>|```mermaid\n[\s\S]*?\n```)$/m);
  const parts: string[] = [];
  for (const block of blocks) {
    if (block.startsWith('```mermaid\n')) parts.push(await drawn(block.slice(11, -4)));
    else
      parts.push(
        /^<\/?details/.test(block) ? block : String(await unified().use(remarkParse).use(remarkGfm).use(remarkRehype).use(rehypeStringify).process(block)),
      );
  }
  return parts.join('\n');
}

async function page(double: GitHubDouble): Promise<string> {
  const issues = await Promise.all(
    [...double.issues.values()].toReversed().map(async (issue) => {
      const posts = [{ user: issue.user, body: issue.body }, ...issue.comments];
      const boxes = await Promise.all(
        posts.map(
          async ({ user, body }) => `<article><header><b>${html(user)}</b> commented</header><div class="body">${await rendered(body)}</div></article>`,
        ),
      );
      const waiting = issue.reactions.some(({ content }) => content === 'eyes') ? '<p class="eyes">👀 reading …</p>' : '';
      return `<section><h1>${html(issue.title)} <small>#${issue.number}</small></h1>${boxes.join('')}${waiting}</section>`;
    }),
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Issues of the demo</title><style>${style}</style></head><body>
<div id="drop">Drop an ipfs-profile.zip here, or <label>choose one<input type="file" hidden></label>: it becomes an issue of its own.</div>
<main>${issues.join('<hr>')}</main>
<script>
const send = async (file) => { await fetch('/', { method: 'POST', body: file, headers: { 'x-filename': encodeURIComponent(file.name) } }); refresh(); };
const drop = document.getElementById('drop');
document.addEventListener('dragover', (e) => e.preventDefault());
document.addEventListener('drop', (e) => { e.preventDefault(); if (e.dataTransfer.files[0]) send(e.dataTransfer.files[0]); });
drop.querySelector('input').addEventListener('change', (e) => e.target.files[0] && send(e.target.files[0]));
let last = '';
const refresh = async () => { const text = await (await fetch('/')).text(); const main = new DOMParser().parseFromString(text, 'text/html').querySelector('main').innerHTML; if (main !== last) { last = main; document.querySelector('main').innerHTML = main; } };
setInterval(refresh, 1500);
</script></body></html>`;
}

const style = `
:root{color-scheme:light dark;--fg:#1f2328;--bg:#fff;--line:#d1d9e0;--soft:#f6f8fa;--accent:#0969da}
@media (prefers-color-scheme:dark){:root{--fg:#e6edf3;--bg:#0d1117;--line:#3d444d;--soft:#151b23;--accent:#4493f8}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--fg);font:14px/1.5 -apple-system,system-ui,sans-serif}
main{max-width:56rem;margin:0 auto;padding:1rem}h1{font-size:1.5rem}small{opacity:.6}
#drop{position:sticky;top:0;background:var(--soft);border-bottom:1px solid var(--line);padding:.8rem 1rem;text-align:center;z-index:1}label{color:var(--accent);cursor:pointer}
article{border:1px solid var(--line);border-radius:6px;margin:1rem 0}header{background:var(--soft);padding:.5rem 1rem;border-bottom:1px solid var(--line);border-radius:6px 6px 0 0}.body{padding:1rem;overflow-wrap:anywhere}
table{border-collapse:collapse;display:block;overflow-x:auto;max-width:100%}td,th{overflow-wrap:normal;border:1px solid var(--line);padding:.35rem .7rem;text-align:left}
svg{max-width:100%;height:auto}.drawn{overflow-x:auto;margin:1rem 0}
pre{background:var(--soft);padding:1rem;border-radius:6px;overflow-x:auto}code{font:85% ui-monospace,monospace;background:var(--soft);padding:.2em .4em;border-radius:6px}pre code{padding:0;background:none}a{color:var(--accent)}
`;
