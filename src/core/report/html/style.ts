/** Style of the report page: one accent, system fonts, both colour schemes. */
export const style = `
:root{color-scheme:light dark;--fg:#1f2328;--bg:#fff;--dim:#59636e;--line:#d1d9e0;--soft:#f6f8fa;--warn:#9a6700;--hot:#cf222e;--accent:#0969da}
@media (prefers-color-scheme:dark){:root{--fg:#e6edf3;--bg:#0d1117;--dim:#9198a1;--line:#3d444d;--soft:#151b23;--warn:#d29922;--hot:#f85149;--accent:#4493f8}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.2rem;margin-top:2rem;border-bottom:1px solid var(--line);padding-bottom:.3rem}h3{font-size:1rem;margin:1.5rem 0 .5rem;overflow-wrap:anywhere}
a{color:var(--accent)}code,pre{font:.87em/1.45 ui-monospace,monospace}code{background:var(--soft);padding:.1em .3em;border-radius:4px;overflow-wrap:anywhere}
pre{background:var(--soft);padding:.8rem;border-radius:6px;overflow-x:auto;white-space:pre-wrap}
.known,.secret{border-left:3px solid var(--warn);padding-left:.8rem}.secret{border-color:var(--hot)}.next{background:var(--soft);border-radius:6px;padding:.8rem 1rem}.next ul{margin:.3rem 0 0;padding-left:1.2rem}
.quiet,.sure,.ids{color:var(--dim)}
.chain{display:flex;flex-wrap:wrap;align-items:center;gap:.6rem;margin:1rem 0}.column{display:flex;flex-direction:column;gap:.4rem}.box{border:1px solid var(--line);border-radius:6px;background:var(--soft);padding:.5rem .8rem;max-width:16rem}.column:last-of-type .box{border-color:var(--hot)}.arrow::after{content:"→";color:var(--dim)}.ring{color:var(--hot)}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{text-align:left;padding:.35rem .6rem;border-top:1px solid var(--line);vertical-align:top}th{font-weight:600;border:0}.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.heat{height:3px;background:var(--hot);border-radius:2px;margin-top:.2rem}
details{border-top:1px solid var(--line);padding:.3rem 0}summary{cursor:pointer;overflow-wrap:anywhere}details.hung summary b{color:var(--hot)}details details{padding-left:1rem}details.idle>summary{color:var(--dim)}ol{margin:.3rem 0;padding-left:1.6rem;overflow-wrap:anywhere}
.bar{display:flex;height:1.4rem;border-radius:6px;overflow:hidden}.bar span{min-width:2px}.legend{display:flex;flex-wrap:wrap;gap:.2rem 1rem;list-style:none;padding:0;margin:.5rem 0}.legend i{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.4em}
.m0{background:#cf222e}.m1{background:#e16f24}.m2{background:#bf8700}.m3{background:#4d9b57}.m4{background:#0969da}.m5{background:#8250df}
@media (max-width:40rem){.chain{flex-direction:column;align-items:stretch}.box{max-width:none}.arrow{text-align:center}.arrow::after{content:"↓"}h1{font-size:1.25rem}}
`;
