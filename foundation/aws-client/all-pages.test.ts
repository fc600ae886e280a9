import { expect, it } from 'vitest';
import { allPages } from './all-pages.ts';

it.each(['NextToken', 'NextMarker'] as const)('follows %s to the last page', async (mark) => {
  const pages = new Map<string | undefined, { items?: number[]; NextToken?: string; NextMarker?: string }>([
    [undefined, { items: [1, 2], [mark]: 'a' }],
    ['a', { [mark]: 'b' }],
    ['b', { items: [3], [mark]: '' }],
  ]);
  const asked = async ({ NextToken, Marker }: { NextToken?: string; Marker?: string }) =>
    pages.get(mark === 'NextToken' ? NextToken : Marker) ?? {};
  expect(await allPages(asked, ({ items }) => items)).toEqual([1, 2, 3]);
});
