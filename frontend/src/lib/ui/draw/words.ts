/** What the board says of itself. Pure. */
import { measure, plural, whole } from '../format';
import { FEWEST, SPACING, type DrawnTask, type Point, type Tool } from '../../state/strokes';

const BY_POINTER: Record<Tool, string> = {
  draw: `Click for a point; drag for one every ${SPACING}`,
  move: 'Drag a point to another place',
  erase: 'Drag over the points to erase',
};
const BY_KEYS: Record<Tool, string> = {
  draw: 'Enter draws',
  move: 'Enter takes a point and lets it go',
  erase: 'Enter erases',
};

/** What is missing before this can be learned from, or what it lacks then; null where nothing does. */
export function lack(points: readonly Point[], task: DrawnTask, limit: number): string | null {
  if (points.length < FEWEST) {
    const missing = plural(FEWEST - points.length, 'more point');
    return `Draw ${missing}; until then the network learns from what was there before`;
  }
  if (points.length >= limit) return `There is room for ${whole(limit)}; erase some to draw on`;
  const first = points[0]?.[2];
  if (task === 'classification' && points.every(([, , label]) => label === first)) {
    return 'All points are of one class; draw some of another, so that there is something to tell apart';
  }
  return null;
}

export const hint = (tool: Tool): string => BY_POINTER[tool];

export function keysHint(tool: Tool, task: DrawnTask): string {
  const digits = task === 'classification' ? 'digits choose the class' : '1 to 9 choose a value from −1 to 1';
  return `Arrows move the cross-hair, with Shift further; ${BY_KEYS[tool]}, Delete erases, ${digits}, Escape leaves`;
}

/** Where the cross-hair is and what is below it. */
export function spoken([x1, x2]: readonly [number, number], under: Point | null, task: DrawnTask, names: readonly string[]): string {
  const there = under === null ? 'nothing here' : task === 'regression' ? `a point of ${measure(under[2])}` : `a point of ${names[under[2]]}`;
  return `x1 ${measure(x1)}, x2 ${measure(x2)}: ${there}`;
}
