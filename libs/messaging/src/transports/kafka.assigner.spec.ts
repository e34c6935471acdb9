import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { shareOut } from './kafka.assigner.ts';

const eight = (topic: string): { topic: string; partition: number }[] =>
  Array.from({ length: 8 }, (_, partition) => ({ topic, partition }));

const stock = 'payments.stock';
const watermarks = 'payments.watermarks';

describe('the shares of a group', () => {
  it('give each partition to one member, and to each about as many', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 9 }), (ids) => {
        const members = ids.map((id) => ({ id, topics: [stock] }));
        const sizes = [...shareOut(members, eight(stock)).values()].map((s) => s[stock] ?? []);
        expect(sizes.flat().toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
        const lengths = sizes.map(({ length }) => length);
        expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('give watermarks to every member', () => {
    const members = ['a', 'b'].map((id) => ({ id, topics: [stock, watermarks] }));
    const shares = shareOut(members, [...eight(stock), { topic: watermarks, partition: 0 }]);
    expect([...shares.values()].map((share) => share[watermarks])).toEqual([[0], [0]]);
  });

  it('give nothing of a topic to a version that does not read it', () => {
    const members = [
      { id: 'old', topics: [stock] },
      { id: 'new', topics: [stock, 'payments.orders'] },
    ];
    const shares = shareOut(members, [...eight('payments.orders'), ...eight(stock)]);
    expect(shares.get('old')).toEqual({ [stock]: [1, 3, 5, 7] });
    expect(shares.get('new')?.['payments.orders']).toHaveLength(8);
  });
});
