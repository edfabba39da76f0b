/** Which weight or bias lies under the pointer, and where each of them is drawn. Pure geometry. */
import type { CellPlace } from '../state/cells';
import { pointOn, type Curve, type Point } from './curves';
import type { Card, Tile } from './layout';
import type { GapLinks, Link } from './links';

export const placeOf = ({ from, to }: Link): CellPlace => ({ layer: to.layer, unit: to.unit, source: from.unit });

/** Side of the square that stands for a bias. */
export const BIAS_SIDE = 4;

/** Its middle, or null where a neighbouring line leaves it no room. */
export function biasPoint(card: Card, tile: Tile): Point | null {
  if (card.list || card.lines > 1) return null;
  return { x: tile.x - tile.size / 2 - 6, y: tile.y + tile.size / 2 - 3 };
}

const SEGMENTS = 24;

/** The nearest link within `reach`. */
export function linkAt(gaps: readonly GapLinks[], x: number, y: number, reach: number): Link | null {
  let [nearest, least]: [Link | null, number] = [null, reach];
  for (const { form, links } of gaps) {
    if (form !== 'links') continue;
    for (const link of links) {
      if (!mayReach(link.curve, x, y, least)) continue;
      const distance = distanceTo(link.curve, x, y);
      if (distance < least) [nearest, least] = [link, distance];
    }
  }
  return nearest;
}

/** A curve stays within the box of its control points. */
function mayReach(curve: Curve, x: number, y: number, reach: number): boolean {
  const inside = (value: number, a: number, b: number): boolean => value > Math.min(a, b) - reach && value < Math.max(a, b) + reach;
  return inside(x, curve[0], curve[6]) && inside(y, curve[1], curve[7]);
}

function distanceTo(curve: Curve, x: number, y: number): number {
  let least = Infinity;
  let from = pointOn(curve, 0);
  for (let step = 1; step <= SEGMENTS; step++) {
    const to = pointOn(curve, step / SEGMENTS);
    least = Math.min(least, toSegment(x, y, from, to));
    from = to;
  }
  return least;
}

function toSegment(x: number, y: number, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - a.x) * dx + (y - a.y) * dy) / length));
  return Math.hypot(x - a.x - share * dx, y - a.y - share * dy);
}
