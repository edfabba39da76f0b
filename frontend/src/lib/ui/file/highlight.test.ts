import { describe, expect, it } from 'vitest';

import { highlight } from './highlight';

describe('highlighting', () => {
  it('loses no character', () => {
    const source = 'def f(x):  # a # b\n    """doc\n    def"""\n    return "it\\"s for" if x else \'in\'\n';
    expect(highlight(source).map(({ text }) => text).join('')).toBe(source);
  });

  it('finds words of the language outside of comments and strings only', () => {
    const strong = highlight('for x in format("for"):  # return\n    yield x').filter(({ ink }) => ink === 'strong');
    expect(strong.map(({ text }) => text)).toEqual(['for', 'in', 'yield']);
  });
});
