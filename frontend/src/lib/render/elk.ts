/** The layered drawing of a graph, by elkjs: in a worker of its own, and fetched only where a network has branches. */

import type { ELK, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api';

import type { Point } from './curves';
import { COLUMN_GAP, type Drawing, type Graph } from './graph';

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.spacing.nodeNodeBetweenLayers': String(COLUMN_GAP),
  'elk.spacing.nodeNode': '40',
  'elk.spacing.edgeNode': '24',
  'elk.layered.spacing.edgeNodeBetweenLayers': '24',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  // The order of the list is the order data flows.
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
};

let elk: Promise<ELK> | null = null;

export async function drawGraph(graph: Graph): Promise<Drawing> {
  elk ??= load();
  const network: ElkNode = {
    id: 'network',
    layoutOptions: OPTIONS,
    children: graph.boxes.map((box) => ({ ...box })),
    edges: graph.arrows.map(({ id, from, to }) => ({ id, sources: [from], targets: [to] })),
  };
  const drawn: ElkNode = await (await elk).layout(network);
  const boxes = (drawn.children ?? []).map(({ id, x = 0, y = 0 }) => [id, { x, y }] as const);
  const arrows = (drawn.edges ?? []).map((edge) => [edge.id, cornersOf(edge)] as const);
  return { boxes: new Map(boxes), arrows: new Map(arrows), width: drawn.width ?? 0, height: drawn.height ?? 0 };
}

function cornersOf({ sections = [] }: ElkExtendedEdge): Point[] {
  return sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint]);
}

async function load(): Promise<ELK> {
  const [{ default: Elk }, { default: Worker }] = await Promise.all([
    import('elkjs/lib/elk-api'),
    import('elkjs/lib/elk-worker.min.js?worker'),
  ]);
  return new Elk({ workerFactory: () => new Worker() });
}
