import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Collection } from '../account/collection.ts';
import { pageOf } from './pages.ts';

const collectionOf = (createds: readonly number[]): Collection<{ id: string; created: number }> => {
  const collection = new Collection<{ id: string; created: number }>();
  for (const [i, created] of createds.entries()) collection.put({ id: `x_${i}`, created });
  return collection;
};
const idsOf = (page: { items: readonly { id: string }[] }): string[] =>
  page.items.map(({ id }) => id);

describe('a list', () => {
  it('shows every item once, newest first, whatever the size of its pages', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.integer({ min: 1, max: 7 }), (count, limit) => {
        const collection = collectionOf(Array.from({ length: count }, (_, i) => i));
        const seen: string[] = [];
        for (let more = count > 0, last: string | undefined; more;) {
          const asked = { limit, ...(last !== undefined && { starting_after: last }) };
          const page = pageOf(collection, asked);
          seen.push(...idsOf(page));
          last = seen.at(-1);
          more = page.hasMore;
        }
        expect(seen).toEqual(Array.from({ length: count }, (_, i) => `x_${count - 1 - i}`));
      }),
    );
  });

  it('goes back to newer ones with ending_before', () => {
    const collection = collectionOf([1, 2, 3, 4, 5]);
    const page = pageOf(collection, { limit: 2, ending_before: 'x_1' });
    expect(idsOf(page)).toEqual(['x_3', 'x_2']);
    expect(page.hasMore).toBe(true);
  });

  it('keeps to a range of time', () => {
    const collection = collectionOf([1, 2, 2, 3, 4]);
    expect(idsOf(pageOf(collection, { limit: 9, created: { gte: 2, lt: 4 } }))).toEqual([
      'x_3',
      'x_2',
      'x_1',
    ]);
    expect(idsOf(pageOf(collection, { limit: 9, created: 2 }))).toEqual(['x_2', 'x_1']);
  });

  it('refuses to go on after what it does not have', () => {
    expect(() => pageOf(collectionOf([1]), { limit: 1, starting_after: 'x_9' })).toThrow('No such');
  });
});
