import { describe, expect, it } from 'vitest';

import { loss, r2 } from './format';

describe('figures of a run that blew up', () => {
  it('keep their size and lose their digits', () => {
    expect(loss(4.2e11)).toBe('4.2·10¹¹');
    expect(r2(-3_077_392_802)).toBe('−3.1·10⁹');
    expect(r2(-2637.4)).toBe('−2637');
  });

  it('are written out where they say something', () => {
    expect(loss(0.0412)).toBe('0.041');
    expect(r2(-2.637)).toBe('−2.637');
    expect(r2(0.98765)).toBe('0.988');
    expect(r2(null)).toBe('–');
  });
});
