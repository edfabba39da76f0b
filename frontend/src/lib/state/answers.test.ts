import { describe, expect, it } from 'vitest';

import { agreement, lastTarget, likeliest, targetsOf } from './answers';
import { toRows } from './samples.svelte';

const tensor = (shape: number[], data: number[]) => ({ shape, data: Float32Array.from(data), dtype: 'F32' as const });
const rowsOf = (targets: ReturnType<typeof tensor>) =>
  toRows({ metadata: {}, tensors: new Map([['inputs', tensor([2, 3], [0, 1, 2, 3, 4, 5])], ['targets', targets]]) } as never);

describe('answers', () => {
  it('are the likeliest class of every step', () => {
    expect(likeliest([0.1, 0.7, 0.2, 0.5, 0.3, 0.2, 0, 0, 1], 3)).toEqual([1, 0, 2]);
  });

  it('of a row are found whether it has one or one for every step', () => {
    const single = rowsOf(tensor([2], [7, 8]));
    expect([single.answers, lastTarget(single, 1)]).toEqual([1, 8]);
    const each = rowsOf(tensor([2, 3], [1, 2, 3, 4, 5, 6]));
    expect([each.answers, lastTarget(each, 0), [...targetsOf(each, 1)]]).toEqual([3, 3, [4, 5, 6]]);
  });

  it('agree as often as they are the same', () => {
    expect(agreement([1, 2, 3, 4], [1, 0, 3, 4])).toBe(0.75);
    expect(agreement([], [])).toBe(0);
  });
});
