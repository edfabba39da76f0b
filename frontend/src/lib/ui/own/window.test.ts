import { expect, test } from 'vitest';

import { lastWindow } from './window';

test('the end of a text is read as tokens, where it is long enough and known', () => {
  const vocabulary = [' ', 'a', 'b', 'other'];
  expect(lastWindow('ab ab', 3, vocabulary)).toEqual([0, 1, 2]);
  expect(lastWindow('aXb', 3, vocabulary)).toEqual([1, 3, 2]);
  expect(lastWindow('aXb', 3, vocabulary.slice(0, 3))).toBeNull();
  expect(lastWindow('ab', 3, vocabulary)).toBeNull();
  expect(lastWindow('a🙂', 2, ['a', '🙂'])).toEqual([0, 1]);
});
