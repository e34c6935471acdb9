import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCategory } from './category.ts';

describe('a category', () => {
  it('is a path of slugs with a title for each level', () => {
    expect(parseCategory('Home & Garden >  Crème  Pots > Men’s')).toEqual({
      path: 'home-garden/creme-pots/mens',
      paths: ['home-garden', 'home-garden/creme-pots', 'home-garden/creme-pots/mens'],
      titles: ['Home & Garden', 'Crème Pots', 'Men’s'],
    });
  });

  it.each(['', '>', 'Clothing >', '> Shirts', '!!!', 'a > b > c > d > e > f > g'])(
    'is refused where it is %p',
    (text) => {
      expect(parseCategory(text)).toHaveProperty('fault');
    },
  );

  it('has slugs that stay what they are, however often they are made into slugs', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (title) => {
        const once = parseCategory(title);
        if ('fault' in once) return;
        const again = parseCategory(once.path.replaceAll('/', ' > '));
        expect(again).toHaveProperty('path', once.path);
        expect(once.path).toMatch(/^[\p{L}\p{N}]+([-/][\p{L}\p{N}]+)*$/u);
      }),
    );
  });
});
