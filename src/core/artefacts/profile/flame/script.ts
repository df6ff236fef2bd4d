/**
 * Script of the flame page. It reads the trees from the page's data block and only ever sets text, never markup: names of functions are strangers'.
 * Its digest stands in the page's policy (page.ts), so that nothing else can run there.
 */
export const script = String.raw`'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const $ = (id) => document.getElementById(id);
const chart = $('chart'), main = $('main'), find = $('find');
const paint = data.names.map((name) => {
  if (/^runtime[./]|^internal\/runtime\//.test(name)) return { kind: 'r', hue: 0 };
  const owner = name.replace(/^(.*\/)?([^/]*?)\..*$/s, '$1$2');
  let hash = 7;
  for (let at = 0; at < owner.length; at += 1) hash = (hash * 33 + owner.charCodeAt(at)) % 3600;
  const isGo = /^[^./]+(\/[^.]*)?$/.test(owner) && owner !== 'main' && !/^0x/.test(name);
  return { kind: isGo ? 's' : '', hue: hash / 10 };
});
let type = data.first, view = 'flame', tree, zoom = 0, now = 0, words = '';

function label(value, unit) {
  const pick = (steps) => {
    const step = steps.find(([least]) => Math.abs(value) >= least) || steps[steps.length - 1];
    const scaled = value / step[0];
    return (Math.abs(scaled) >= 100 ? Math.round(scaled) : Number(scaled.toPrecision(3))) + ' ' + step[1];
  };
  if (unit === 'nanoseconds') return pick([[3.6e12, 'h'], [6e10, 'min'], [1e9, 's'], [1e6, 'ms'], [1e3, 'µs'], [1, 'ns']]);
  if (unit === 'bytes') return pick([[2 ** 40, 'TB'], [2 ** 30, 'GB'], [2 ** 20, 'MB'], [2 ** 10, 'kB'], [1, 'B']]);
  return value.toLocaleString('en-US') + (unit === 'count' || unit === '' ? '' : ' ' + unit);
}
const percent = (value, of) => (of === 0 ? '0' : ((value / of) * 100).toFixed(value / of < 0.1 ? 2 : 1)) + ' %';

/** Children of each node, widest first. */
function linked(nodes) {
  nodes.kids = nodes.parent.map(() => []);
  nodes.depth = [0];
  for (let at = 1; at < nodes.parent.length; at += 1) {
    nodes.kids[nodes.parent[at]].push(at);
    nodes.depth[at] = nodes.depth[nodes.parent[at]] + 1;
  }
  for (const list of nodes.kids) list.sort((a, b) => nodes.value[b] - nodes.value[a] || a - b);
  return nodes;
}

/** The same stacks from the inside: who calls what is at the end of stacks. */
function inverted(from) {
  const nodes = { parent: [0], frame: [-1], value: [from.value[0]], self: [0] };
  const known = new Map();
  for (let at = 1; at < from.parent.length; at += 1) {
    const weight = from.self[at];
    if (weight === 0) continue;
    let node = 0;
    for (let up = at; up > 0; up = from.parent[up]) {
      const key = node + ' ' + from.frame[up];
      let next = known.get(key);
      if (next === undefined) {
        next = nodes.parent.length;
        known.set(key, next);
        nodes.parent.push(node);
        nodes.frame.push(from.frame[up]);
        nodes.value.push(0);
        nodes.self.push(0);
      }
      nodes.value[next] += weight;
      if (node === 0) nodes.self[next] += weight;
      node = next;
    }
  }
  return nodes;
}

const cache = new Map();
function treeOf() {
  const key = type + view;
  if (!cache.has(key)) {
    const own = data.types[type].tree;
    cache.set(key, linked(view === 'inverted' ? inverted(own) : { ...own }));
  }
  return cache.get(key);
}
const nameOf = (node) => (tree.frame[node] < 0 ? 'all' : data.names[tree.frame[node]]);
const isHit = (name) => words !== '' && name.toLowerCase().includes(words);

function draw() {
  tree = treeOf();
  if (view === 'table') return table();
  const width = chart.clientWidth, row = parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--row'));
  const boxes = document.createDocumentFragment();
  let deepest = 0;
  const box = (node, left, share, up) => {
    const pixels = share * width;
    if (pixels < 0.6) return false;
    const own = document.createElement('div'), name = nameOf(node), frame = tree.frame[node];
    own.className = 'b' + (frame < 0 ? ' root' : paint[frame].kind === '' ? '' : ' ' + paint[frame].kind) + (up ? ' up' : '') + (pixels < 24 ? ' n' : '') + (node === now ? ' now' : '') + (words === '' ? '' : isHit(name) ? ' hit' : ' miss');
    if (frame >= 0) own.style.setProperty('--h', paint[frame].hue);
    own.style.left = left * 100 + '%';
    own.style.width = 'calc(' + share * 100 + '% - ' + (pixels > 3 ? 1 : 0) + 'px)';
    own.style.top = 'calc(var(--row) * ' + tree.depth[node] + ')';
    if (pixels >= 24) own.textContent = frame < 0 ? 'all, ' + label(tree.value[0], data.types[type].unit) : data.shorts[frame];
    own.dataset.node = node;
    deepest = Math.max(deepest, tree.depth[node]);
    boxes.append(own);
    return true;
  };
  const path = [];
  for (let node = zoom; node > 0; node = tree.parent[node]) path.push(node);
  path.push(0);
  for (const node of path.slice(1)) box(node, 0, 1, true);
  const stack = [[zoom, 0, 1]];
  while (stack.length > 0) {
    const [node, left, share] = stack.pop();
    if (!box(node, left, share, false)) continue;
    let at = left;
    for (const kid of tree.kids[node]) {
      const part = (share * tree.value[kid]) / tree.value[node];
      stack.push([kid, at, part]);
      at += part;
    }
  }
  chart.replaceChildren(boxes);
  chart.style.height = (deepest + 1) * row + 'px';
  tell();
}

function table() {
  const own = linked({ ...data.types[type].tree }), self = new Map(), all = new Map();
  for (let at = 1; at < own.parent.length; at += 1) {
    const frame = own.frame[at];
    self.set(frame, (self.get(frame) || 0) + own.self[at]);
    let up = own.parent[at];
    while (up > 0 && own.frame[up] !== frame) up = own.parent[up];
    if (up === 0) all.set(frame, (all.get(frame) || 0) + own.value[at]);
  }
  const rows = [...all.keys()].filter((frame) => words === '' || isHit(data.names[frame])).sort((a, b) => self.get(b) - self.get(a) || all.get(b) - all.get(a)).slice(0, 300);
  const whole = own.value[0], unit = data.types[type].unit, made = document.createElement('table'), head = made.createTHead().insertRow();
  for (const text of ['self', 'with calls', 'function']) head.append(Object.assign(document.createElement('th'), { textContent: text }));
  const body = made.createTBody();
  for (const frame of rows) {
    const line = body.insertRow(), cell = [line.insertCell(), line.insertCell(), line.insertCell()], bar = document.createElement('i'), go = document.createElement('button');
    cell[0].textContent = label(self.get(frame), unit) + ', ' + percent(self.get(frame), whole);
    cell[1].textContent = percent(all.get(frame), whole);
    bar.className = 'w';
    bar.style.width = 'calc(' + (all.get(frame) / whole) * 100 + '% - 8px)';
    go.textContent = data.names[frame];
    go.title = data.files[frame];
    go.addEventListener('click', () => { find.value = data.names[frame]; search(); show('flame'); });
    cell[2].append(bar, go);
  }
  chart.style.height = 'auto';
  chart.replaceChildren(made);
  tell();
}

/** The node that is looked at, in full, below. */
function tell() {
  const { unit, total } = data.types[type], frame = tree.frame[now];
  $('name').textContent = frame < 0 ? (view === 'inverted' ? 'all, by the innermost function' : 'all') : data.names[frame];
  const parts = [label(tree.value[now], unit) + ', ' + percent(tree.value[now], total) + ' of all'];
  if (zoom > 0 && now !== zoom) parts.push(percent(tree.value[now], tree.value[zoom]) + ' of what is shown');
  if (frame >= 0 && tree.self[now] > 0) parts.push(label(tree.self[now], unit) + ' itself');
  if (frame >= 0 && data.files[frame] !== '') parts.push(data.files[frame]);
  $('about').textContent = parts.join(' · ');
}

function search() {
  words = find.value.trim().toLowerCase();
  let sum = 0;
  if (words !== '') {
    const own = linked({ ...data.types[type].tree }), stack = [0];
    while (stack.length > 0) {
      const node = stack.pop();
      if (own.frame[node] >= 0 && isHit(data.names[own.frame[node]])) sum += own.value[node];
      else stack.push(...own.kids[node]);
    }
  }
  const count = words === '' ? 0 : data.names.filter(isHit).length;
  $('found').textContent = words === '' ? '' : count === 0 ? 'nothing found' : count + (count === 1 ? ' function, ' : ' functions, ') + percent(sum, data.types[type].total);
  draw();
}

function look(node) {
  now = node;
  for (const own of chart.querySelectorAll('.now')) own.classList.remove('now');
  const own = chart.querySelector('[data-node="' + node + '"]');
  if (own) { own.classList.add('now'); own.scrollIntoView({ block: 'nearest' }); }
  tell();
}

function enter(node) {
  zoom = node === zoom ? tree.parent[node] : node;
  now = zoom;
  draw();
}

function show(next) {
  view = next;
  zoom = now = 0;
  for (const button of document.querySelectorAll('.views button')) button.setAttribute('aria-pressed', String(button.dataset.view === view));
  main.scrollTop = 0;
  draw();
}

chart.addEventListener('click', (event) => { const own = event.target.closest('.b'); if (own) { enter(Number(own.dataset.node)); } });
chart.addEventListener('mouseover', (event) => { const own = event.target.closest('.b'); if (own) { const kept = now; now = Number(own.dataset.node); tell(); now = kept; } });
chart.addEventListener('mouseleave', tell);
for (const button of document.querySelectorAll('.views button')) button.addEventListener('click', () => show(button.dataset.view));
find.addEventListener('input', search);
$('type').addEventListener('change', (event) => { type = Number(event.target.value); zoom = now = 0; search(); });
$('reset').addEventListener('click', () => { find.value = ''; zoom = now = 0; search(); });
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === find) { if (event.key === 'Escape') { find.value = ''; search(); find.blur(); } return; }
  if (event.target.tagName === 'SELECT') return;
  const kids = tree.kids[now] || [], peers = tree.kids[tree.parent[now]] || [], at = peers.indexOf(now);
  const keys = {
    '/': () => find.focus(), Escape: () => { zoom = now = 0; draw(); }, Backspace: () => { zoom = now = tree.parent[zoom]; draw(); },
    f: () => show('flame'), i: () => show('inverted'), t: () => show('table'),
    ArrowDown: () => kids.length > 0 && look(kids[0]), ArrowUp: () => now > 0 && look(tree.parent[now]),
    ArrowLeft: () => at > 0 && look(peers[at - 1]), ArrowRight: () => at >= 0 && at + 1 < peers.length && look(peers[at + 1]),
    Enter: () => event.target.tagName !== 'BUTTON' && enter(now),
  };
  const act = view === 'table' && !['/', 'f', 'i', 't', 'Escape'].includes(event.key) ? undefined : keys[event.key];
  if (!act) return;
  if (event.key !== 'Enter' || event.target.tagName !== 'BUTTON') event.preventDefault();
  act();
});
let resized;
new ResizeObserver(() => { cancelAnimationFrame(resized); resized = requestAnimationFrame(draw); }).observe(main);
`;
