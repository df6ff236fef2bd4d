/** Style of the flame page: light and dark, desk and phone. */
export const style = `
:root{color-scheme:light dark;--fg:#1f2328;--dim:#59636e;--bg:#fff;--pane:#f6f8fa;--line:#d1d9e0;--accent:#0969da;--hit:#cf222e;--ink:#1b1f24;--row:22px;--l:76%;--s:60%;--grey:#c9d1d9;--std:#b6c7db}
@media (prefers-color-scheme:dark){:root{--fg:#e6edf3;--dim:#9198a1;--bg:#0d1117;--pane:#151b23;--line:#3d444d;--accent:#4493f8;--hit:#ff7b72;--ink:#f0f6fc;--l:32%;--s:38%;--grey:#3a424d;--std:#33465c}}
@media (pointer:coarse){:root{--row:30px}}
*{box-sizing:border-box}
html,body{height:100%}
body{margin:0;display:flex;flex-direction:column;background:var(--bg);color:var(--fg);font:14px/1.45 system-ui,-apple-system,"Segoe UI",sans-serif}
header{padding:12px 16px 10px;border-bottom:1px solid var(--line);background:var(--pane)}
h1{font-size:15px;margin:0;font-weight:600;overflow-wrap:anywhere;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
.sum{margin:2px 0 10px;color:var(--dim)}
.bar{display:flex;flex-wrap:wrap;gap:8px;align-items:center}
select,input,button{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--line);border-radius:6px;padding:4px 10px;min-height:32px}
button{cursor:pointer}
button:hover{border-color:var(--dim)}
:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
.views{display:inline-flex}
.views button{border-radius:0;margin-left:-1px}
.views button:first-child{border-radius:6px 0 0 6px;margin-left:0}
.views button:last-child{border-radius:0 6px 6px 0}
.views button[aria-pressed=true]{background:var(--accent);border-color:var(--accent);color:#fff}
#find{flex:1 1 12rem;max-width:26rem;min-width:0}
#found{color:var(--dim);min-width:0}
main{flex:1;overflow:auto;position:relative}
#chart{position:relative;margin:6px 8px;outline-offset:-2px}
.b{position:absolute;height:calc(var(--row) - 1px);overflow:hidden;white-space:nowrap;padding:0 4px;border-radius:2px;cursor:pointer;color:var(--ink);font:12px/calc(var(--row) - 1px) ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:hsl(var(--h) var(--s) var(--l));user-select:none}
.b.n{padding:0}
.b.r{background:var(--grey)}
.b.s{background:hsl(var(--h) calc(var(--s) * .45) var(--l))}
.b.root{background:var(--pane);border:1px solid var(--line);line-height:calc(var(--row) - 3px)}
.b.up{opacity:.6}
.b.miss{opacity:.28}
.b.hit{box-shadow:inset 0 0 0 2px var(--hit)}
.b:hover,.b.now{filter:brightness(.92) saturate(1.25);z-index:1}
.b.now{outline:2px solid var(--accent);outline-offset:0}
@media (prefers-color-scheme:dark){.b:hover,.b.now{filter:brightness(1.25)}}
footer{border-top:1px solid var(--line);background:var(--pane);padding:8px 16px;min-height:60px}
footer b{font:600 13px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere;display:block}
footer span{color:var(--dim);overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}
th{position:sticky;top:0;background:var(--bg);text-align:left;font-weight:600;padding:6px 8px;border-bottom:1px solid var(--line)}
td{padding:3px 8px;border-bottom:1px solid var(--line)}
td:nth-child(-n+2),th:nth-child(-n+2){text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;width:1%}
td:last-child{font:12px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere;position:relative}
td button{all:unset;cursor:pointer;position:relative}
td button:hover{text-decoration:underline}
td button:focus-visible{outline:2px solid var(--accent)}
i.w{position:absolute;left:4px;top:2px;bottom:2px;background:var(--std);opacity:.45;border-radius:2px}
kbd{font:11px ui-monospace,monospace;border:1px solid var(--line);border-radius:4px;padding:0 4px;background:var(--bg)}
.keys{margin-left:auto;color:var(--dim);font-size:12px}
@media (max-width:640px){header{padding:8px 10px}.bar{gap:6px}select{max-width:7rem}select,.bar button{padding:4px 8px}.sum{margin-bottom:6px}.keys{display:none}#find{order:9;flex-basis:100%;max-width:none}footer{padding:6px 10px}}
@media print{footer,.bar{display:none}}
`;
