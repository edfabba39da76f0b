import { describe, expect, it } from 'vitest';

import { readFormula } from '../state/formula';
import { extentsOf, formulaMap } from './formulamap';

function read(text: string, columns: string[]) {
  const formula = readFormula(text, columns);
  if (formula.kind === 'error') throw new Error(formula.message);
  return formula;
}

describe('the map of a formula', () => {
  it('runs over the plane, scaled by its largest value there', () => {
    const extents = extentsOf(['x1', 'x2'], null, true);
    const map = formulaMap(read('x2 * 100', ['x1', 'x2']), extents ?? new Map());
    expect(map.axes).toEqual(['x1', 'x2']);
    expect(map.value(0.3, 0.5)).toBeCloseTo(0.5 / (23 / 24), 6);
    expect(map.value(-1, -0.5)).toBeCloseTo(-map.value(1, 0.5), 6);
  });

  it('over a table runs over the columns it reads and holds the others at their mean', () => {
    const rows = { inputs: Float32Array.of(0, 10, 1, 4, 20, 3), targets: Float32Array.of(0, 1), columns: 3, count: 2 };
    const extents = extentsOf(['a', 'b', 'c'], rows, false);
    expect(extents?.get('b')).toEqual({ low: 10, high: 20, mean: 15 });
    const map = formulaMap(read('c + b', ['a', 'b', 'c']), extents ?? new Map());
    expect(map.axes).toEqual(['c', 'b']);
    expect(map.value(1, 1) / map.value(-1, -1)).toBeCloseTo(23 / 11, 6);
    const all = formulaMap(read('a + b + c', ['a', 'b', 'c']), extents ?? new Map());
    expect(all.value(1, 1) / all.value(-1, -1)).toBeCloseTo((4 + 20 + 2) / (0 + 10 + 2), 6);
  });

  it('of a constant is flat, not a division by zero', () => {
    const map = formulaMap(read('0', ['x1', 'x2']), extentsOf(['x1', 'x2'], null, true) ?? new Map());
    expect(map.value(0.2, -0.4)).toBe(0);
  });
});
