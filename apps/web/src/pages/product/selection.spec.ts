import { describe, expect, it } from '@jest/globals';
import { product, variant } from '../../../test/builders.ts';
import { select } from './selection.ts';

const state = (asked: Record<string, string>, name: string, value: string): string | undefined =>
  select(product(), asked)
    .choices.find((choice) => choice.name === name)
    ?.values.find((each) => each.value === value)?.state;

describe('choosing', () => {
  it('shows a colour that is there, and asks for the size', () => {
    const { options, missing, variant: chosen } = select(product(), {});
    expect(options).toEqual({ Colour: 'Indigo' });
    expect(missing).toEqual(['Size']);
    expect(chosen).toBeUndefined();
  });

  it('comes to one variant when all is chosen', () => {
    expect(select(product(), { Colour: 'Indigo', Size: 'M' }).variant?.sku).toBe('IN-M');
  });

  it('lets her look at what is sold out, and marks it', () => {
    expect(state({}, 'Colour', 'Chalk')).toBe('sold_out');
    expect(state({ Colour: 'Chalk' }, 'Size', 'M')).toBe('sold_out');
    expect(state({ Colour: 'Indigo' }, 'Size', 'M')).toBe('available');
    expect(select(product(), { Colour: 'Chalk', Size: 'S' }).variant?.sku).toBe('CH-S');
  });

  it('marks what is not made at all', () => {
    const some = product({ variants: [variant({ options: { Colour: 'Indigo', Size: 'M' } })] });
    const size = select(some, { Colour: 'Indigo' }).choices[1];
    expect(size?.values.map((each) => each.state)).toEqual(['not_made', 'available']);
  });

  it('ignores what this product does not have', () => {
    const { options } = select(product(), { Colour: '<script>', Length: 'Long' });
    expect(options).toEqual({ Colour: 'Indigo' });
  });

  it('needs no choice where there is one variant', () => {
    const plain = product({
      options: [{ name: 'Size', values: ['One size'] }],
      variants: [variant({ sku: 'ONE', options: { Size: 'One size' } })],
    });
    const selection = select(plain, {});
    expect(selection.variant?.sku).toBe('ONE');
    expect(selection.choices).toEqual([]);
    const none = product({ options: [], variants: [variant({ sku: 'ONLY', options: {} })] });
    expect(select(none, {}).variant?.sku).toBe('ONLY');
  });

  it('shows the pictures of the chosen colour, and those of no colour', () => {
    const ids = select(product(), { Colour: 'Indigo' }).images.map(({ alt }) => alt);
    expect(ids).toEqual(['Picture b', 'Picture c']);
  });
});
