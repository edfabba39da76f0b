/** Clusters over two axes: every row as the mark of its cluster, one cluster against the rest, centres by number. */
import type { Clustering } from '../schema.gen';
import type { Palette } from './colors';
import { placer, WHOLE_PLANE, type Domain } from './outputmap';
import { marking, traceMark } from './points';
import { prepare } from './surface';

const RADIUS = 3;
const MARGIN = 0.06;
/** An ellipse is drawn at as many standard deviations: about 86 % of a cloud's points lie inside. */
const DEVIATIONS = 2;

/** A square that holds every row, on the plane the plane itself. */
export function domainOf({ axes, positions }: Clustering): Domain {
  if (axes[0] === 'x1') return WHOLE_PLANE;
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [x, y] of positions) {
    [left, right, bottom, top] = [Math.min(left, x), Math.max(right, x), Math.min(bottom, y), Math.max(top, y)];
  }
  const half = (Math.max(right - left, top - bottom) / 2 || 1) * (1 + MARGIN);
  const [x, y] = [(left + right) / 2, (bottom + top) / 2];
  return [x - half, x + half, y - half, y + half];
}

export class ClusterMap {
  constructor(private readonly canvas: HTMLCanvasElement) {}

  draw(found: Clustering, chosen: number, palette: Palette): void {
    const surface = prepare(this.canvas);
    if (!surface) return;
    const { context, width, height } = surface;
    const domain = domainOf(found);
    const place = placer(domain, width, height);
    const scale = width / (domain[1] - domain[0]);
    const marks = marking({ task: 'classification', classes: Array<string>(Math.max(3, found.clusters.length)) }, chosen, 0, 1);
    context.lineWidth = 1;
    context.strokeStyle = palette.theme === 'dark' ? palette.bg : palette.card;
    // The chosen cluster last, above the others.
    for (const isChosen of [false, true]) {
      found.positions.forEach(([x, y], row) => {
        const cluster = found.assignments[row] ?? 0;
        if ((cluster === chosen) !== isChosen) return;
        traceMark(context, marks.shape(cluster), ...place(x, y), RADIUS);
        context.fillStyle = palette.ramp.css(marks.tone(cluster));
        context.fill();
        context.stroke();
      });
    }
    found.clusters.forEach(({ centre, ellipse }, number) => {
      const [x, y] = place(...centre);
      if (ellipse) this.#ellipse(context, x, y, ellipse.half_axes, ellipse.turn, scale, number === chosen, palette);
      this.#number(context, number + 1, x, y, number === chosen, palette);
    });
  }

  #ellipse(
    context: CanvasRenderingContext2D,
    x: number,
    y: number,
    [long, short]: readonly [number, number],
    turn: number,
    scale: number,
    isChosen: boolean,
    palette: Palette,
  ): void {
    context.beginPath();
    // Angles of a canvas run with the clock.
    context.ellipse(x, y, DEVIATIONS * long * scale, DEVIATIONS * short * scale, -turn, 0, 2 * Math.PI);
    context.lineWidth = isChosen ? 2 : 1;
    context.strokeStyle = isChosen ? palette.ink : palette.ink3;
    context.stroke();
  }

  #number(context: CanvasRenderingContext2D, number: number, x: number, y: number, isChosen: boolean, palette: Palette): void {
    context.beginPath();
    context.arc(x, y, 9, 0, 2 * Math.PI);
    context.fillStyle = palette.card;
    context.fill();
    context.lineWidth = isChosen ? 2 : 1;
    context.strokeStyle = isChosen ? palette.accent : palette.line3;
    context.stroke();
    context.fillStyle = palette.ink;
    context.font = `600 11px ${palette.font}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(String(number), x, y + 0.5);
    context.textAlign = 'start';
    context.textBaseline = 'alphabetic';
  }
}

/** The mark of one cluster, as a key beside its row. */
export function drawMark(canvas: HTMLCanvasElement, cluster: number, isChosen: boolean, palette: Palette): void {
  const surface = prepare(canvas);
  if (!surface) return;
  const { context, width, height } = surface;
  traceMark(context, cluster, width / 2, height / 2, 4);
  context.fillStyle = palette.ramp.css(isChosen ? 0.9 : -0.65);
  context.fill();
}
