import { describe, expect, it } from '@jest/globals';
import { toCategory } from './category.ts';

describe('the category of a type', () => {
  it.each([
    ['', 'Other'],
    [' - ', 'Other'],
    ['Bags', 'Bags'],
    ['tank tops', 'Tank tops'],
    ['Mens', "Men's"],
    ["women's coats & jackets", "Women's > Coats & jackets"],
    ['Womens dresses', "Women's > Dresses"],
    ['unisex button ups', 'Unisex > Button ups'],
    ['Clothing > women’s  tops', 'Clothing > Women’s tops'],
    ['Womenswear', 'Womenswear'],
    ['Mensch', 'Mensch'],
  ])('%p is %p', (type, category) => {
    expect(toCategory(type)).toBe(category);
  });
});
