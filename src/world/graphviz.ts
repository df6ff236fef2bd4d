/** DOT → SVG with Graphviz as WebAssembly; large graphs are refused before they take minutes. */

/** Layout of more edges takes longer than anybody waits. */
const maxEdges = 2000;

/** Throws a sentence for graphs that are too large. */
export async function dotToSvg(dot: string): Promise<string> {
  const edges = dot.split('\n').filter((line) => line.includes(' -> ')).length;
  if (edges > maxEdges) throw new Error(`a graph of ${edges} edges is not drawn: use -nodecount=80`);
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz');
  const graphviz = await Graphviz.load();
  return graphviz.dot(dot, 'svg');
}
