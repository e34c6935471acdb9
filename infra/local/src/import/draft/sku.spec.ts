import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cleanSku, deriveOtherSku, deriveSku, isSku } from './sku.ts';

const handle = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,254}$/);
const values = fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { maxLength: 3 });

describe('a derived sku', () => {
  it('is a sku, and always the same, whatever the options are called', () => {
    fc.assert(
      fc.property(handle, values, (name, options) => {
        for (const derive of [deriveSku, deriveOtherSku]) {
          expect([derive(name, options), isSku(derive(name, options))]).toEqual([
            derive(name, options),
            true,
          ]);
        }
        expect(deriveOtherSku(name, options)).not.toBe(deriveSku(name, options));
      }),
      { examples: [['a', ['İ ']]] },
    );
  });

  it('is made of the handle and the options', () => {
    expect(deriveSku('kit', [])).toBe('kit');
    expect(deriveSku('sol-tee', ['Rose Gold', '7.5'])).toBe('sol-tee-rose-gold-7.5');
  });

  it('is one though the small form of a letter has a sign that no sku may have', () => {
    expect(isSku(deriveSku('kap', ['İstanbul']))).toBe(true);
    expect(isSku(deriveOtherSku('kap', ['İstanbul']))).toBe(true);
  });

  it('tells options apart that only differ in signs, and ends that are cut off', () => {
    expect(deriveSku('mug', ['A+'])).not.toBe(deriveSku('mug', ['A*']));
    const long = 'x'.repeat(100);
    expect(deriveSku(long, ['S'])).not.toBe(deriveSku(long, ['M']));
  });
});

it('a sku sheds the apostrophe by which spreadsheets keep its zeros', () => {
  expect(cleanSku("'00735 ")).toBe('00735');
});
