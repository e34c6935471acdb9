import { describe, expect, it } from '@jest/globals';
import { toPictureOptions } from './pictures.ts';
import type { Variant } from './variants.ts';

const options = [
  { name: 'Color', values: ['Navy', 'Red'] },
  { name: 'Size', values: ['S', 'M'] },
  { name: 'Material', values: ['Linen', 'Wool'] },
];

const variant = (Color: string, Size: string, Material: string, picture: string): Variant => ({
  line: 2,
  sku: `${Color}-${Size}`,
  options: { Color, Size, Material },
  price: { amount: '1', currency: 'EUR' },
  onHand: 1,
  picture,
});

const optionsOf = (src: string, ...variants: Variant[]) => toPictureOptions(src, variants, options);

describe('what a photo shows', () => {
  it('is the colour of the variants that it is the picture of', () => {
    const variants = [
      variant('Navy', 'S', 'Linen', 'navy.jpg'),
      variant('Navy', 'M', 'Linen', 'navy.jpg'),
      variant('Red', 'S', 'Linen', 'red.jpg'),
    ];
    expect(optionsOf('navy.jpg', ...variants)).toEqual({ Color: 'Navy' });
  });

  it('is the colour, also where only one of its sizes has the picture', () => {
    const variants = [
      variant('Navy', 'S', 'Linen', 'navy.jpg'),
      variant('Navy', 'M', 'Linen', ''),
      variant('Red', 'S', 'Linen', 'red.jpg'),
    ];
    expect(optionsOf('navy.jpg', ...variants)).toEqual({ Color: 'Navy' });
  });

  it('is several options where only they together tell photos apart', () => {
    const variants = [
      variant('Navy', 'S', 'Linen', 'a.jpg'),
      variant('Navy', 'S', 'Wool', 'b.jpg'),
      variant('Red', 'S', 'Linen', 'c.jpg'),
    ];
    expect(optionsOf('a.jpg', ...variants)).toEqual({ Color: 'Navy', Material: 'Linen' });
  });

  it('is never a size', () => {
    const variants = [
      variant('Navy', 'S', 'Linen', 's.jpg'),
      variant('Navy', 'M', 'Linen', 'm.jpg'),
    ];
    expect(optionsOf('s.jpg', ...variants)?.['Size']).toBeUndefined();
  });

  it('is nothing in particular where all variants share it, or none has it', () => {
    const variants = [
      variant('Navy', 'S', 'Linen', 'all.jpg'),
      variant('Red', 'M', 'Wool', 'all.jpg'),
    ];
    expect(optionsOf('all.jpg', ...variants)).toBeUndefined();
    expect(optionsOf('none.jpg', ...variants)).toBeUndefined();
  });
});
