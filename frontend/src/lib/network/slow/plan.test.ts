import { describe, expect, it } from 'vitest';

import type { LayerModel } from '../../render/model';
import { chain, modelOf } from './fixtures';
import { allAfter, allBefore, inOrder, isBehindUpdate, needs, needsAfter, planOf, type SlowStep } from './plan';

const all = (): boolean => true;
const short = ({ phase, part, layer }: SlowStep): string => `${phase} ${part === 'layer' ? layer : part}`;

describe('the plan of one update', () => {
  it('goes forward, to the loss, back from the last layer to the first, and through the update', () => {
    const { steps } = planOf(chain('a', 'b'), [], all);
    expect(steps.map(short)).toEqual([
      'forward a', 'forward b', 'forward output', 'loss output', 'backward output', 'backward b', 'backward a',
      'update batch', 'update a', 'update b', 'update output', 'update outcome',
    ]);
    expect(steps.map(({ number }) => number)).toEqual(steps.map((_, index) => index + 1));
  });

  it('updates only what learns', () => {
    const { steps, learning } = planOf(chain('pool', 'b'), [], (name) => name !== 'pool');
    expect(learning).toEqual(['b', 'output']);
    expect(steps.filter(({ phase }) => phase === 'update').map(short)).toEqual(['update batch', 'update b', 'update output', 'update outcome']);
    expect(planOf(chain('a'), [], () => false).steps.some(({ phase }) => phase === 'update')).toBe(false);
  });

  it('visits the ends of a folded run and says how many it passes by', () => {
    const { steps } = planOf(chain('a', 'b', 'c', 'd'), [['a', 'b', 'c', 'd']], all);
    expect(steps.filter(({ phase }) => phase === 'forward').map(({ layer }) => layer)).toEqual(['a', 'd', 'output']);
    const passed = steps.flatMap((step) => ('passed' in step && step.passed > 0 ? [[step.phase, step.layer, step.passed]] : []));
    expect(passed).toEqual([['forward', 'd', 2], ['backward', 'a', 2]]);
  });

  it('leaves out what is on the board and does not train yet', () => {
    const [x, a, output] = chain('a');
    const drafted = [x, { ...a, fresh: true }, output] as LayerModel[];
    expect(planOf(drafted, [], all).layers.map(({ name }) => name)).toEqual(['output']);
  });

  it('puts every layer behind all that it reads, whatever order they are written in', () => {
    const models = [modelOf('x', []), modelOf('sum', ['left', 'right']), modelOf('right', ['left']), modelOf('left', ['x']), modelOf('output', ['sum'])];
    expect(inOrder(models).map(({ name }) => name)).toEqual(['x', 'left', 'right', 'sum', 'output']);
    const drafted = [modelOf('x', []), modelOf('a', ['gone']), modelOf('output', ['a'])];
    expect(inOrder(drafted)).toHaveLength(3);
  });

  it('asks for the slopes of what a layer sends on to, never for those of the data', () => {
    const models = [modelOf('x', []), modelOf('left', ['x']), modelOf('sum', ['left', 'x']), modelOf('output', ['sum'])];
    const plan = planOf(models, [], all);
    const back = plan.steps.find((step) => step.phase === 'backward' && step.layer === 'sum') as SlowStep;
    expect(needs(back, plan)).toEqual(['inside/sum', 'backward/sum', 'backward/left']);
  });

  it('knows all there is to know before the update, each stream once, and all after it', () => {
    const plan = planOf(chain('pool', 'b'), [], (name) => name !== 'pool');
    const before = allBefore(plan);
    expect(new Set(before).size).toBe(before.length);
    expect([...before].sort()).toEqual([
      'backward/b', 'backward/output', 'backward/pool', 'inside/b', 'inside/output', 'inside/pool', 'update/b', 'update/output',
    ]);
    expect([...allAfter(plan)].sort()).toEqual(['after/b', 'after/output', 'again/output']);
    expect(plan.steps.every((step) => needsAfter(step).length === 0 || isBehindUpdate(step))).toBe(true);
  });

  it('has the engine take the update only behind the step that tells of the batch', () => {
    const { steps } = planOf(chain('a'), [], all);
    const first = steps.findIndex(isBehindUpdate);
    expect(steps[first - 1]).toMatchObject({ phase: 'update', part: 'batch' });
    expect(steps.slice(first).every(isBehindUpdate)).toBe(true);
  });
});
