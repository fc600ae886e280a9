import { expect, it } from 'vitest';
import { adjustCapacity } from './adjust-capacity.ts';

it.each([
  // capacity, percent, least change, after: the rounding of EC2 Auto Scaling and Heat
  [10, 15, 1, 11],
  [10, 29, 1, 12],
  [10, 3, 1, 11],
  [10, 0, 1, 10],
  [10, -3, 1, 9],
  [10, -15, 1, 9],
  [10, -29, 1, 8],
  [10, 100, 1, 20],
  [10, -100, 1, 0],
  [10, -300, 1, 0],
  [0, 50, 1, 0],
  [4, 10, 2, 6],
  [4, -10, 2, 2],
  [4, 0, 2, 4],
  [3, 50, 0, 4],
])('of %i by %i %%, at least %i, is %i (AS-07)', (capacity, amount, leastChange, after) => {
  expect(adjustCapacity(capacity, amount, { adjustment: 'percent', leastChange })).toBe(after);
});

it.each([
  ['change', 3, 8],
  ['change', -3, 2],
  ['change', -9, 0],
  ['change', 0, 5],
  ['change', 1.7, 6],
  ['change', 0.2, 6],
  ['change', -0.2, 4],
  ['exact', 7, 7],
  ['exact', 0, 0],
  ['exact', -1, 0],
] as const)('of 5 by %s %d is %i, whatever the least change of a percentage', (adjustment, amount, after) => {
  expect(adjustCapacity(5, amount, { adjustment, leastChange: 4 })).toBe(after);
});
