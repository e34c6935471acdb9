import { describe, expect, it } from '@jest/globals';
import { compareSizes } from './sizes.ts';

describe('sizes', () => {
  it('stand as on a rail: letters, then numbers, then the rest', () => {
    const sizes = ['One size', '40 × 40 cm', 'XL', '8', 'S', '10', 'Double', 'M', '9,5', 'XXS'];
    expect(sizes.toSorted(compareSizes)).toEqual([
      'XXS',
      'S',
      'M',
      'XL',
      '8',
      '9,5',
      '10',
      '40 × 40 cm',
      'Double',
      'One size',
    ]);
  });
});
