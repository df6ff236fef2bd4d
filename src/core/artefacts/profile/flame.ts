/** A flame graph as one self-contained page: no network, light and dark, phone and keyboard. */
import type { Profile } from './columns.ts';
import { sampleIndex } from './report/values.ts';
import { scaledLabel } from './report/units.ts';
import { shorten } from './report/dot.ts';
import { weightedStacks } from './stacks.ts';

interface Box {
  readonly name: string;
  readonly value: number;
  readonly children: readonly Box[];
}

/** Narrower boxes than a two-thousandth cannot be seen. */
const leastShare = 1 / 2000;

/** HTML of the page. `type` as of -sample_index. */
export function flameHtml(profile: Profile, title: string, type = ''): string {
  const index = sampleIndex(profile, type);
  const { frames, stacks, unit, total } = weightedStacks(profile, index);
  const root = boxOf(
    'all',
    total,
    stacks.map(({ frames: own, weight }) => ({ own, weight })),
    0,
    frames,
    total,
  );
  const depth = depthOf(root);
  const kind = profile.sampleTypes[index]?.type ?? '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${html(title)}</title><style>${style}</style></head>
<body><header><h1>${html(title)}</h1><p>${html(kind)}, ${html(scaledLabel(total, unit, 'auto'))} in all. Click or press Enter on a box to zoom, Escape to go back.</p>
<input id="find" type="search" placeholder="find a function" aria-label="find a function"><output id="said"></output></header>
<main id="flame" style="--depth:${depth}">${draw(root, 0, 0, total, unit)}</main>
<script>${script}</script></body></html>
`;
}

interface Rest {
  readonly own: readonly number[];
  readonly weight: number;
}

function boxOf(name: string, value: number, rests: readonly Rest[], depth: number, frames: readonly { readonly name: string }[], total: number): Box {
  const groups = new Map<number, Rest[]>();
  for (const rest of rests) {
    const next = rest.own[depth];
    if (next === undefined) continue;
    const group = groups.get(next);
    if (group === undefined) groups.set(next, [rest]);
    else group.push(rest);
  }
  const children = [...groups]
    .map(([frame, group]) => ({ frame, group, sum: group.reduce((all, { weight }) => all + weight, 0) }))
    .filter(({ sum }) => sum >= total * leastShare)
    .sort((a, b) => b.sum - a.sum || a.frame - b.frame)
    .map(({ frame, group, sum }) =>
      depth > 300 ? { name: frames[frame]?.name ?? '', value: sum, children: [] } : boxOf(frames[frame]?.name ?? '', sum, group, depth + 1, frames, total),
    );
  return { name, value, children };
}

function depthOf(box: Box): number {
  return 1 + box.children.reduce((most, child) => Math.max(most, depthOf(child)), 0);
}

function draw(box: Box, level: number, left: number, total: number, unit: string): string {
  const share = total === 0 ? 0 : (box.value / total) * 100;
  const text = `${box.name} ${scaledLabel(box.value, unit, 'auto')} (${share.toFixed(1)}%)`;
  const own = `<button class="c${colour(box.name)}" style="--l:${left.toFixed(3)};--w:${share.toFixed(3)};--y:${level}" data-l="${left.toFixed(3)}" data-w="${share.toFixed(3)}" title="${html(text)}">${html(shorten(box.name))}</button>`;
  let at = left;
  return (
    own +
    box.children
      .map((child) => {
        const drawn = draw(child, level + 1, at, total, unit);
        at += total === 0 ? 0 : (child.value / total) * 100;
        return drawn;
      })
      .join('')
  );
}

/** Runtime, standard library and everybody else by package, so that neighbours differ. */
function colour(name: string): number {
  if (/^runtime[./]/.test(name)) return 0;
  const owner = name.replace(/\.[^/]*$/, '');
  let sum = 0;
  for (let at = 0; at < owner.length; at += 1) sum = (sum * 31 + owner.charCodeAt(at)) % 7;
  return sum + 1;
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

const style = `
:root{color-scheme:light dark;--fg:#1f2328;--bg:#fff}@media (prefers-color-scheme:dark){:root{--fg:#e6edf3;--bg:#0d1117}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--fg);font:14px/1.4 system-ui,sans-serif}header{padding:.8rem 1rem}h1{font-size:1.1rem;margin:0;overflow-wrap:anywhere}p{margin:.2rem 0 .6rem;opacity:.75}input{font:inherit;padding:.3rem .6rem;width:min(24rem,100%)}output{margin-left:.6rem}
main{position:relative;height:calc(var(--depth)*22px + 8px);margin:0 4px;overflow:hidden}
button{position:absolute;left:calc(var(--l)*1%);width:calc(var(--w)*1%);top:calc(var(--y)*22px);height:21px;border:0;border-right:1px solid var(--bg);padding:0 3px;font:12px ui-monospace,monospace;text-align:left;white-space:nowrap;overflow:hidden;text-overflow:ellipsis;color:#111;cursor:pointer;border-radius:2px}
button:focus-visible{outline:2px solid #0969da;z-index:1}button.hit{outline:2px solid #d1242f;z-index:1}button.off{visibility:hidden}button.dim{opacity:.55}
.c0{background:#b7bdc5}.c1{background:#f2b179}.c2{background:#edc464}.c3{background:#a8cf8e}.c4{background:#8ecfc0}.c5{background:#93bff0}.c6{background:#b9a9ec}.c7{background:#eda1b8}
`;

const script = `
const boxes=[...document.querySelectorAll('button')];const said=document.getElementById('said');
const zoom=(l,w)=>{for(const b of boxes){const bl=+b.dataset.l,bw=+b.dataset.w;const inside=bl>=l-1e-6&&bl+bw<=l+w+1e-6;const over=bl<=l+1e-6&&bl+bw>=l+w-1e-6;b.classList.toggle('off',!inside&&!over);b.classList.toggle('dim',over&&!inside);b.style.setProperty('--l',over?0:(bl-l)/w*100);b.style.setProperty('--w',over?100:bw/w*100)}};
for(const b of boxes)b.addEventListener('click',()=>{zoom(+b.dataset.l,+b.dataset.w);said.textContent=b.title});
document.addEventListener('keydown',e=>{if(e.key==='Escape'){zoom(0,100);said.textContent=''}});
document.getElementById('find').addEventListener('input',e=>{const t=e.target.value.toLowerCase();let n=0;for(const b of boxes){const hit=t!==''&&b.title.toLowerCase().includes(t);b.classList.toggle('hit',hit);n+=hit}said.textContent=t===''?'':n+' found'});
`;
